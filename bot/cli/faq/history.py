"""`faq history` and `rollback`: who changed an entry, what, and back again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from bot.cli.opening import opened_database, settings
from bot.cli.signing import by_option, signed
from core.clock import SystemClock

if TYPE_CHECKING:
    from bot.config import Config
    from bot.knowledge.editing import Change

_WIDTH = 60


@click.command()
@click.argument("entry_id", metavar="ID")
@click.option("--json", "is_json", is_flag=True, help="Print a JSON list.")
def history(entry_id: str, is_json: bool) -> None:
    """What was done to an entry, newest first."""
    config = settings()
    from bot.knowledge.editing import entry_history

    with opened_database(config) as engine, engine.connect() as connection:
        changes = entry_history(connection, entry_id)
    if is_json:
        click.echo(json.dumps([_fields(change) for change in changes], ensure_ascii=False, default=str))
        return
    for change in changes:
        _print(change, config)
    if not changes:
        click.echo("it was never changed since it is kept", err=True)


@click.command()
@click.argument("entry_id", metavar="ID")
@click.argument("revision", type=click.IntRange(min=1))
@by_option
def rollback(entry_id: str, revision: int, by: str | None) -> None:
    """Make an entry what it was after REVISION (a number from `history`); that can be taken back as well."""
    config = settings()
    from bot.knowledge.editing import roll_back
    from bot.knowledge.recording import by_whom, record_edit

    now = SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        who = signed(connection, by)
        edited = roll_back(connection, entry_id, revision, by_whom(who), now)
        record_edit(connection, who, "faq_back", edited, now)
    if edited.is_changed:
        click.echo(f"{entry_id} is as it was after revision {revision}; this is revision {edited.revision_id}")
    else:
        click.echo(f"{entry_id} is like that already", err=True)


def _fields(change: Change) -> dict[str, Any]:
    one = change.revision
    return {
        "revision": one.id,
        "act": str(one.act),
        "by": one.by.author or None,
        "source": one.by.source or None,
        "at": one.made_at.isoformat(),
        "changed": {name: {"before": before, "after": after} for name, before, after in change.differences},
    }


def _print(change: Change, config: Config) -> None:
    one = change.revision
    who = f" by {one.by.author}" if one.by.author else ""
    source = f" ({one.by.source})" if one.by.source else ""
    click.echo(f"{one.id}  {one.made_at.astimezone(config.zone):%Y-%m-%d %H:%M}  {one.act}{who}{source}")
    for name, before, after in change.differences:
        click.echo(f"      {name}: {_short(before)} → {_short(after)}" if before else f"      {name}: {_short(after)}")


def _short(value: object) -> str:
    text = " | ".join(map(str, value)) if isinstance(value, tuple) else str(value or "-")
    text = " ".join(text.split())
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


COMMANDS = (history, rollback)
