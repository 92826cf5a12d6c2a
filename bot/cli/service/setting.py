"""`setting list`, `get` and `set`: business rules, changed while the bot runs."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from bot.cli.opening import opened_database, settings
from bot.cli.signing import by_option, changed_by, signed
from core.clock import SystemClock


@click.group()
def setting() -> None:
    """Business settings: hours, targets, limits; a running bot takes a change up by itself."""


@setting.command("list")
@click.option("--json", "is_json", is_flag=True, help="Print them as a JSON list.")
def list_(is_json: bool) -> None:
    """Every setting, its value, and who changed it."""
    config = settings()
    from bot.storage.service.settings import list_settings

    with opened_database(config) as engine, engine.connect() as connection:
        listed = list_settings(connection)
    if is_json:
        fields = [
            {
                "key": one.key,
                "value": one.value,
                "is_default": one.is_default,
                "form": one.form,
                "meaning": one.meaning,
                "changed_at": one.changed_at.isoformat() if one.changed_at else None,
                "changed_by": one.changed_by,
            }
            for one in listed
        ]
        click.echo(json.dumps(fields, ensure_ascii=False))
        return
    for one in listed:
        when = f"  (by {one.changed_by or 'somebody'}, {one.changed_at:%Y-%m-%d %H:%M} UTC)" if one.changed_at else ""
        click.echo(f"{one.key} = {_shown(one.value)}{when}")
        click.echo(f"    {one.meaning}")


@setting.command()
@click.argument("key")
def get(key: str) -> None:
    """Print the value of KEY as it can be given to `set`."""
    config = settings()
    from bot.settings.catalogue import find_setting
    from bot.storage.service.settings import list_settings

    known = find_setting(key).key
    with opened_database(config) as engine, engine.connect() as connection:
        found = next(one for one in list_settings(connection) if one.key == known)
    click.echo(_shown(found.value))


@setting.command("set")
@click.argument("key")
@click.argument("value", required=False)
@click.option("--default", "is_reset", is_flag=True, help="Back to the default.")
@by_option
def set_(key: str, value: str | None, is_reset: bool, by: str | None) -> None:
    """Set KEY to VALUE, written as YAML or JSON; "-" reads it from standard input."""
    if (value is None) is not is_reset:
        raise click.UsageError("give either a VALUE or --default")
    config = settings()
    from bot.settings.reading import read_yaml
    from bot.storage.desk.changes import record_reset, record_setting
    from bot.storage.service.settings import change_setting, reset_setting

    now = SystemClock().now()
    with opened_database(config) as engine, engine.begin() as connection:
        who = signed(connection, by)
        if value is None:
            reset_setting(connection, key)
            record_reset(connection, who, key, now)
            click.echo(f"{key} has its default again")
            return
        raw = read_yaml(sys.stdin.read() if value == "-" else value)
        stored = change_setting(connection, key, raw, changed_by(who), now)
        record_setting(connection, who, key, stored, now)
    click.echo(f"{key} = {_shown(stored)}")


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
