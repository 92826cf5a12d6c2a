"""`review` and `improvement`: conversations looked at, and what was changed told to those who complained."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from bot.cli.opening import opened_database, settings
from bot.cli.signing import by_option, signed
from core.clock import SystemClock
from core.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection


@click.group()
def review() -> None:
    """Conversations looked at by a supervisor against the scorecard."""


@review.command("draw")
@click.option(
    "--week-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="A day of the week; by default today."
)
@by_option
def draw(week_of: datetime | None, by: str | None) -> None:
    """Draw some of a week's conversations of each operator; by default of this week."""
    config = settings()
    from bot.settings.surveys import REVIEWS_EACH, SCORECARD
    from bot.storage.desk.audit import record_change
    from bot.storage.measures.keeping import bring_up_to_date
    from bot.storage.service.settings import load_settings
    from bot.storage.surveys import reviews

    now = SystemClock().now()
    day = week_of.date() if week_of else now.astimezone(config.zone).date()
    with opened_database(config) as engine:
        bring_up_to_date(engine, now, config.zone)
        with engine.begin() as connection:
            who, rules = signed(connection, by), load_settings(connection)
            count = reviews.draw_sample(connection, day, rules[REVIEWS_EACH], rules[SCORECARD], now)
            if count:
                record_change(connection, who, "review.drawn", now, week=reviews.week_of(day), reviews=count)
    click.echo(f"{count} conversations drawn")


@review.command("list")
@click.option("--all", "is_all", is_flag=True, help="Also those that have been marked.")
@click.option("--json", "is_json", is_flag=True, help="Print them as a JSON list.")
def list_(is_all: bool, is_json: bool) -> None:
    """Conversations that wait to be looked at."""
    config = settings()
    from bot.storage.surveys.reviews import list_reviews

    with opened_database(config) as engine, engine.connect() as connection:
        found = list_reviews(connection, is_open=None if is_all else True)
    if is_json:
        click.echo(json.dumps([_fields(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        worth = "" if one.percent is None else f"{one.percent:.0f} %"
        keys = ", ".join(criterion.key for criterion in one.scorecard)
        parts = [str(one.id), one.week, f"#{one.conversation_id}", one.operator, worth or keys, one.words]
        click.echo(" · ".join(filter(None, parts)))
    if not found:
        click.echo("nothing waits to be looked at; draw some with: otklik review draw")


@review.command()
@click.argument("number", type=int)
@click.argument("login")
@click.argument("marks", nargs=-1, required=True, metavar="KEY=0-2...")
@click.option("--note", default="", help="What to tell the operator.")
@by_option
def mark(number: int, login: str, marks: tuple[str, ...], note: str, by: str | None) -> None:
    """What conversation review NUMBER was worth, as LOGIN sees it: 0 not kept, 1 in part, 2 kept.

    What does not apply is left out. All marks are given at once: they take the place of earlier ones.
    """
    config = settings()
    from bot.storage.desk.audit import record_change
    from bot.storage.surveys.reviews import find_review, mark_review, reviewed
    from surveys.quality import left_out

    given: dict[str, int] = {}
    for one in marks:
        key, _, value = one.partition("=")
        if not value.isdecimal():
            raise InvalidInput(f"{one} is no mark: write for example right=2")
        given[key] = int(value)
    now = SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        before = find_review(connection, number)
        who, about = signed(connection, by), reviewed(connection, number)
        worth = mark_review(connection, number, _operator_id(connection, login), given, note, now)
        detail = {"review": number, "who": login.strip().lower(), "percent": round(worth)}
        record_change(connection, who, "review.marked", now, about, **detail)
    click.echo(f"{number} · {worth:.0f} %")
    total = len(before.scorecard)
    if missing := left_out(before.scorecard, given):
        marked = f"{total - len(missing)} of {total} criteria marked"
        click.echo(f"otklik: {marked}; left out as not applying: {', '.join(missing)}", err=True)
    if before.percent is not None:
        had = f"{len(before.marks or {})} of {total} criteria"
        words = " and its note" if before.words else ""
        click.echo(f"otklik: this replaces an earlier {before.percent:.0f} % of {had}{words}", err=True)


@click.group()
def improvement() -> None:
    """What was changed, told to those who complained about it."""


@improvement.command("add")
@click.option("--reason", required=True, help="Of their low scores: slow, unsolved, rude, other.")
@click.option("--ru", default="", metavar="TEXT")
@click.option("--en", default="", metavar="TEXT")
@by_option
def add(reason: str, ru: str, en: str, by: str | None) -> None:
    """Tell what changed to everybody who gave REASON for a low score in the last 180 days; a running bot sends it."""
    config = settings()
    from bot.storage.desk.audit import record_change
    from bot.storage.surveys.improvements import add_improvement

    now = SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        who, number = signed(connection, by), add_improvement(connection, reason, {"ru": ru, "en": en}, now)
        record_change(connection, who, "improvement.added", now, improvement=number, reason=reason)
    click.echo(f"{number} · {reason}")


@improvement.command("list")
def list_improvements() -> None:
    """What was changed, and how many were told."""
    config = settings()
    from bot.storage.surveys.improvements import list_improvements as read

    with opened_database(config) as engine, engine.connect() as connection:
        found = read(connection)
    for one in found:
        click.echo(f"{one.id} · {one.reason} · told {one.told} · {one.in_language(config.language)}")


def _fields(one: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "conversation": one.conversation_id,
        "operator": one.operator,
        "week": one.week,
        "criteria": [criterion.key for criterion in one.scorecard],
        "marks": one.marks,
        "percent": one.percent,
        "note": one.words,
    }


def _operator_id(connection: Connection, login: str) -> int:
    from bot.storage.operators import list_operators

    for profile in list_operators(connection):
        if profile.operator.login == login.strip().lower():
            return profile.operator.id
    raise NotFound(f"there is no operator {login}; see: otklik operator list")


COMMANDS = (review, improvement)
