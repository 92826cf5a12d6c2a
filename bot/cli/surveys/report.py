"""`report`: all measures of a period."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from bot.cli.opening import opened_database, settings
from core.clock import SystemClock
from core.errors import NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.storage.measures.period import Narrowing
    from core.conversation import OperatorId

_DAY = click.DateTime(["%Y-%m-%d"])
_DEFAULT_DAYS = 30


@click.command()
@click.option("--from", "first", type=_DAY, metavar="DATE", help="First day, YYYY-MM-DD.")
@click.option("--to", "last", type=_DAY, metavar="DATE", help="Last day, counted in; by default today.")
@click.option("--channel", help="Only this channel.")
@click.option("--operator", "login", metavar="LOGIN", help="Only what this operator held.")
@click.option("--level", type=click.IntRange(1, 3), help="Only this line of support.")
@click.option("--category", help="Only this subject: a category of the FAQ.")
@click.option("--tag", help="Only what carries this tag.")
@click.option("--json", "is_json", is_flag=True, help="Print it as JSON.")
def report(
    first: datetime | None,
    last: datetime | None,
    channel: str | None,
    login: str | None,
    level: int | None,
    category: str | None,
    tag: str | None,
    is_json: bool,
) -> None:
    """All measures of a period; by default of the last 30 days."""
    config = settings()
    from bot.settings.surveys import SERVICE_LEVEL_WITHIN
    from bot.storage.measures.keeping import bring_up_to_date
    from bot.storage.measures.period import Narrowing, Period
    from bot.storage.measures.reading import load_facts
    from bot.storage.service.settings import load_settings
    from surveys.report import build_report

    tag = tag.strip().lower().lstrip("#") if tag is not None else None
    clock = SystemClock()
    last_day = last.date() if last else clock.now().astimezone(config.zone).date()
    first_day = first.date() if first else _days_before(last_day, _DEFAULT_DAYS - 1)
    period = Period(first_day, last_day, config.zone)
    with opened_database(config) as engine:
        bring_up_to_date(engine, clock.now(), config.zone)
        with engine.connect() as connection:
            operator_id = _operator(connection, login) if login is not None else None
            where = Narrowing(channel, operator_id, level, category, tag)
            _check(connection, where)
            within = load_settings(connection)[SERVICE_LEVEL_WITHIN]
            facts = load_facts(connection, period, where, within)
    built = build_report(facts)
    if is_json:
        click.echo(json.dumps(built, ensure_ascii=False))
        return
    from bot.cli.surveys.table import as_table

    named = {"channel": channel, "operator": login, "level": level, "category": category, "tag": tag}
    narrowed = [f"{name} {value or '(none)'}" for name, value in named.items() if value is not None]
    click.echo(as_table(facts, built, config.zone.key, narrowed))


def _days_before(day: date, count: int) -> date:
    return day - timedelta(days=min(count, (day - date.min).days))


def _operator(connection: Connection, login: str) -> OperatorId:
    from bot.storage.operators import list_operators

    for profile in list_operators(connection):
        if profile.operator.login == login.strip().lower():
            return profile.operator.id
    raise NotFound(f"there is no operator {login}; see: otklik operator list")


def _check(connection: Connection, where: Narrowing) -> None:
    """A channel that does not exist raises NotFound; a subject or tag that nothing has is said on standard error."""
    from bot.storage.measures.pages import choices, unknown
    from channels import registry

    known = {*registry.names(), *choices(connection).channels}
    if where.channel is not None and where.channel not in known:
        told = ", ".join(sorted(known - {"memory"}))  # that one is for tests
        raise NotFound(f"there is no channel {where.channel}; there are: {told}")
    for name, value in unknown(connection, where).items():
        click.echo(f"otklik: nothing has the {name} {value}, so there is nothing to count", err=True)
