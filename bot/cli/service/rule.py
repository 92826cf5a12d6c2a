"""`rule list`, `add`, `dry-run`, `on`, `off` and `remove`: if-then rules as YAML."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import opened_database, settings
from bot.cli.signing import by_option, changed_by, signed
from core.clock import SystemClock
from core.errors import InvalidInput

if TYPE_CHECKING:
    from handoff.service.rules import Rule


@click.group()
def rule() -> None:
    """If-then rules: when a customer waits, scores low, says a word … then say, tag, transfer, alert."""


@rule.command("list")
@click.option("--json", "is_json", is_flag=True, help="Print them as a JSON list.")
def list_(is_json: bool) -> None:
    """Every rule as it can be given to `add`; those that are off say so."""
    config = settings()
    from bot.storage.service.rules import list_rules
    from handoff.service.rules_form import write_rule

    with opened_database(config) as engine, engine.connect() as connection:
        found = list_rules(connection)
    if is_json:
        shown = [{**write_rule(one.rule), "is_active": one.is_active, "changed_by": one.changed_by} for one in found]
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    import yaml

    for one in found:
        if not one.is_active:
            click.echo("# off:")
        click.echo(yaml.safe_dump([write_rule(one.rule)], allow_unicode=True, sort_keys=False, width=10_000), nl=False)
    if not found:
        click.echo("there are none; add one with: otklik rule add FILE", err=True)


@rule.command()
@click.argument("file")
@by_option
def add(file: str, by: str | None) -> None:
    """Add the rules of FILE (YAML; "-": standard input), all or none; a rule of a known name is replaced."""
    config = settings()
    from bot.storage.desk.changes import record_rule
    from bot.storage.service.rules import save_rule

    now = SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        who = signed(connection, by)
        for one in _read(file):
            saved = save_rule(connection, one, changed_by(who), now)
            record_rule(connection, who, "rule.saved", saved.rule.name, now)
            click.echo(f"{saved.rule.name}: looked at when {saved.rule.moment}")


@rule.command("dry-run")
@click.argument("file")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far to look back.")
@click.option("--json", "is_json", is_flag=True, help="Print everything as JSON.")
def dry_run(file: str, days: int, is_json: bool) -> None:
    """What the rules of FILE would have done in past conversations; nothing is done. FILE may be a rule's name."""
    config = settings()
    from bot.storage.service.past import past_moments
    from bot.storage.service.rules import list_rules
    from bot.storage.service.settings import load_settings
    from handoff.service.rehearsal import rehearse

    now = SystemClock().now()
    with opened_database(config) as engine, engine.connect() as connection:
        named = [one.rule for one in list_rules(connection) if one.rule.name == file]
        rules = named or _read(file)
        since = now - timedelta(days=days)
        past = past_moments(connection, since, load_settings(connection), config.timezone)
    played = rehearse(rules, past)
    if is_json:
        click.echo(json.dumps([one.as_json() for one in played], ensure_ascii=False))
        return
    for one in played:
        click.echo(f"{one.rule.name}: {len(one.hits)} times in {len(past)} conversations of {days} days")
        for hit in one.hits[:20]:
            click.echo(f"  #{hit.conversation_id} {hit.at:%Y-%m-%d %H:%M} UTC  {hit.step}: {', '.join(hit.acts)}")
        if len(one.hits) > 20:
            click.echo(f"  … and {len(one.hits) - 20} more")


@rule.command()
@click.argument("name")
@by_option
def on(name: str, by: str | None) -> None:
    """Turn a rule on."""
    _switch(name, by, is_active=True)


@rule.command()
@click.argument("name")
@by_option
def off(name: str, by: str | None) -> None:
    """Turn a rule off; it stays."""
    _switch(name, by, is_active=False)


@rule.command()
@click.argument("name")
@by_option
def remove(name: str, by: str | None) -> None:
    """Delete a rule."""
    config = settings()
    from bot.storage.desk.changes import record_rule
    from bot.storage.service.rules import remove_rule

    with opened_database(config) as engine, engine.begin() as connection:
        who = signed(connection, by)
        remove_rule(connection, name)
        record_rule(connection, who, "rule.removed", name, SystemClock().now())
    click.echo(f"{name} is gone")


def _switch(name: str, by: str | None, *, is_active: bool) -> None:
    config = settings()
    from bot.storage.desk.changes import record_rule
    from bot.storage.service.rules import switch_rule

    now, act = SystemClock().now(), "rule.on" if is_active else "rule.off"
    with opened_database(config) as engine, engine.begin() as connection:
        who = signed(connection, by)
        switch_rule(connection, name, changed_by(who), now, is_active=is_active)
        record_rule(connection, who, act, name, now)
    click.echo(f"{name} is {'on' if is_active else 'off'}")


def _read(file: str) -> list[Rule]:
    from bot.settings.reading import read_rules

    if file == "-":
        text = sys.stdin.read()
    else:
        path = Path(file)
        if not path.is_file():
            raise InvalidInput(f"there is no file, and no rule, named {file[:100]}; see: otklik rule list")
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            raise InvalidInput(f"{file} is not a UTF-8 text; save it as UTF-8") from None
    return read_rules(text)
