"""`survey` and `follow-up`: what is asked of customers, and who gets back to the dissatisfied."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.opening import opened_database, settings
from bot.cli.signing import by_option, signed
from core.clock import SystemClock
from core.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.storage.surveys.follow_ups import FollowUp
    from bot.storage.surveys.questionnaires import StoredSurvey

_OUTCOMES = ("settled", "reached", "unreachable", "needless")


@click.group()
def survey() -> None:
    """What customers are asked."""


@survey.command("list")
@click.option("--json", "is_json", is_flag=True, help="Print them as a JSON list.")
def list_(is_json: bool) -> None:
    """Every version of every survey, and what it brought."""
    config = settings()
    from bot.storage.surveys.questionnaires import list_surveys

    with opened_database(config) as engine, engine.connect() as connection:
        stored = list_surveys(connection)
    if is_json:
        click.echo(json.dumps([_fields(one) for one in stored], ensure_ascii=False))
        return
    for one in stored:
        of = one.survey
        state = "in use" if one.is_active else "off"
        counts = f"{one.responses} of {one.invitations} answered"
        click.echo(f"{of.key} · version {of.version} · {of.kind} · {of.plan.occasion} · {state} · {counts}")


@survey.command()
@click.argument("what")
@by_option
def add(what: str, by: str | None) -> None:
    """Take a survey into use: the name of one that comes with Otklik (csat, nps, ces, agree, acsi), or a YAML file.

    If somebody was asked with an older version and a question or scale differs, a new version starts.
    """
    config = settings()
    from bot.storage.desk.changes import record_survey
    from bot.storage.surveys.questionnaires import keep_survey
    from surveys.form import find_builtin, read_file

    is_file = what.endswith((".yaml", ".yml"))
    new = read_file(_read(Path(what))) if is_file else [find_builtin(what)]
    now = SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        who, kept = signed(connection, by), [keep_survey(connection, one, now) for one in new]
        for one in kept:
            record_survey(connection, who, one, now)
    for one in kept:
        click.echo(f"{one.key} · version {one.version} · in use")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is not a UTF-8 text; save it as UTF-8") from None


@survey.command()
@click.argument("key")
@click.option("--on/--off", "is_active", required=True)
@by_option
def switch(key: str, is_active: bool, by: str | None) -> None:
    """Ask it, or ask it no more; what was asked already may still be answered."""
    config = settings()
    from bot.storage.desk.changes import record_switch
    from bot.storage.surveys.questionnaires import switch as switch_survey

    now = SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        who = signed(connection, by)
        switch_survey(connection, key, is_active=is_active, now=now)
        record_switch(connection, who, key, now, is_active=is_active)
    click.echo(f"{key} · {'in use' if is_active else 'off'}")


def _fields(one: StoredSurvey) -> dict[str, Any]:
    from surveys.form import write_survey

    return {
        "key": one.survey.key,
        "version": one.survey.version,
        **write_survey(one.survey),
        "is_active": one.is_active,
        "invitations": one.invitations,
        "responses": one.responses,
    }


@click.group("followup")
def follow_up() -> None:
    """Dissatisfied customers somebody should get back to."""


@follow_up.command("list")
@click.option("--all", "is_all", is_flag=True, help="Also those that have ended.")
@click.option("--json", "is_json", is_flag=True, help="Print them as a JSON list.")
def list_follow_ups(is_all: bool, is_json: bool) -> None:
    """Due first."""
    config = settings()
    from bot.storage.surveys.follow_ups import Wanted
    from bot.storage.surveys.follow_ups import list_follow_ups as read

    with opened_database(config) as engine, engine.connect() as connection:
        found = read(connection, Wanted(None if is_all else True))
    if is_json:
        click.echo(json.dumps([_follow_up(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        number = f"#{one.conversation_id}" if one.conversation_id else "—"
        words = " ".join(one.comment.split())[:80]
        due = one.due_at.astimezone(config.zone)
        parts = [
            str(one.id),
            f"due {due:%Y-%m-%d %H:%M}",
            one.customer_name,
            number,
            f"{one.survey} {one.score}",
            words,
        ]
        click.echo(" · ".join(filter(None, [*parts, one.owner, str(one.outcome or "")])))
    if not found:
        click.echo("nobody waits to be called back")


@follow_up.command()
@click.argument("number", type=int)
@click.argument("login")
@by_option
def take(number: int, login: str, by: str | None) -> None:
    """LOGIN is going to get back to the customer of follow-up NUMBER."""
    config = settings()
    from bot.storage.desk.changes import record_follow_up
    from bot.storage.surveys.follow_ups import hold, take_follow_up

    with opened_database(config) as engine, engine.begin() as connection:
        who, held = signed(connection, by), hold(connection, number)
        take_follow_up(connection, number, _operator_id(connection, login))
        to = login.strip().lower()
        record_follow_up(connection, who, "followup.taken", number, held, SystemClock().now(), to=to)
    click.echo(f"{number} · {login}")


@follow_up.command()
@click.argument("number", type=int)
@click.option("--outcome", type=click.Choice(_OUTCOMES), required=True)
@click.option("--note", default="", help="What was agreed.")
@by_option
def end(number: int, outcome: str, note: str, by: str | None) -> None:
    """What came of follow-up NUMBER."""
    config = settings()
    from bot.storage.desk.changes import record_follow_up
    from bot.storage.surveys.follow_ups import Outcome, end_follow_up, hold

    now = SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        who, held = signed(connection, by), hold(connection, number)
        end_follow_up(connection, number, Outcome(outcome), note, now)
        record_follow_up(connection, who, "followup.ended", number, held, now, outcome=outcome)
    click.echo(f"{number} · {outcome}")


def _follow_up(one: FollowUp) -> dict[str, Any]:
    from dataclasses import asdict

    raw = asdict(one)
    return raw | {name: value.isoformat() for name, value in raw.items() if name.endswith("_at") and value is not None}


def _operator_id(connection: Connection, login: str) -> int:
    from bot.storage.operators import list_operators

    for profile in list_operators(connection):
        if profile.operator.login == login.strip().lower():
            return profile.operator.id
    raise NotFound(f"there is no operator {login}; see: otklik operator list")


COMMANDS = (survey, follow_up)
