"""`faq import`, `export`, `match` and `search`."""

from __future__ import annotations

import json
import sys
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.opening import opened_database, settings
from core.clock import SystemClock
from core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.storage.entries import ImportCount
    from faq.entry import Entry

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def faq() -> None:
    """What the bot knows."""


@faq.command("import")
@click.argument("file", type=_FILE)
@click.option("--dry-run", is_flag=True, help="Check the file and count, but change nothing.")
@click.option("--json", "is_json", is_flag=True, help="Print the outcome as JSON.")
def import_(file: Path, dry_run: bool, is_json: bool) -> int:
    """Add and change entries from a CSV, XLSX, YAML or JSONL file: all or nothing.

    Entries are known by their id; those the file does not name stay as they are.
    """
    config = settings()
    from faq.files import read_entries

    try:
        result = read_entries(file)
    except InvalidInput as error:
        if is_json:
            _print_outcome(None, [{"row": None, "column": None, "reason": str(error)}])
        raise
    faults = [{"row": fault.row, "column": fault.column, "reason": fault.reason} for fault in result.errors]
    if faults:
        if is_json:
            _print_outcome(None, faults)
        for fault in faults:
            column = f", {fault['column']}" if fault["column"] else ""
            click.echo(f"row {fault['row']}{column}: {fault['reason']}", err=True)
        raise InvalidInput(f"{file.name}: {len(faults)} faults, nothing was imported; mend them and import again")
    with opened_database(config) as engine:
        count = _import(engine, result.entries, dry_run)
    if is_json:
        _print_outcome(count, [])
    else:
        would = "would be " if dry_run else ""
        click.echo(
            f"{count.imported} entries {would}added, {count.updated} {would}updated, {count.unchanged} unchanged"
        )
    return 0


def _import(engine: Any, entries: Sequence[Entry], dry_run: bool) -> ImportCount:
    from bot.storage.entries import import_entries

    with engine.connect() as connection:
        transaction = connection.begin()
        count = import_entries(connection, entries, SystemClock().now())
        if dry_run:
            transaction.rollback()
        else:
            transaction.commit()
    return count


def _print_outcome(count: ImportCount | None, faults: list[dict[str, Any]]) -> None:
    numbers = {name: getattr(count, name, 0) for name in ("imported", "updated", "unchanged")}
    click.echo(json.dumps({**numbers, "errors": faults}, ensure_ascii=False))


@faq.command()
@click.argument("file", type=_FILE)
def export(file: Path) -> None:
    """Write all entries to a CSV, XLSX, YAML or JSONL file, replacing it."""
    config = settings()
    from bot.storage.entries import load_entries
    from faq.files import write_entries

    with opened_database(config) as engine, engine.connect() as connection:
        entries = load_entries(connection)
    write_entries(file, entries)
    click.echo(f"{len(entries)} entries written to {file}", err=True)


@faq.command()
@click.option("--faq", "faq_file", type=_FILE, required=True, help="A FAQ file of any kind that can be imported.")
@click.option("--queries", type=_FILE, required=True, help='JSONL, one {"id": …, "text": …} a line.')
def match(faq_file: Path, queries: Path) -> None:
    """Answer a file of queries from a FAQ file, one JSON line each; needs no database."""
    from faq.encoder import installed_encoder
    from faq.match import match_file

    today = SystemClock().now().astimezone(UTC).date()
    match_file(faq_file, queries, sys.stdout, today=today, encoder=installed_encoder())


@faq.command()
@click.argument("text")
@click.option("--json", "is_json", is_flag=True, help="Print the outcome as JSON, as `match` does.")
def search(text: str, is_json: bool) -> None:
    """What the bot would make of TEXT, and why."""
    config = settings()
    from bot.storage.entries import load_entries
    from faq.answer import judge
    from faq.index import Index
    from faq.match import describe

    today = SystemClock().now().astimezone(config.zone).date()
    with opened_database(config) as engine, engine.connect() as connection:
        live = {entry.id: entry for entry in load_entries(connection) if entry.is_live(today)}
    verdict = judge(Index.build(list(live.values())), text)
    described = describe(verdict)
    if is_json:
        click.echo(
            json.dumps({"id": None, "text": text, **described, "normal": verdict.matches.normal}, ensure_ascii=False)
        )
        return
    click.echo(f"read as    {verdict.matches.normal or '(nothing to search for)'}")
    click.echo(f"decision   {described['decision']}")
    for number, found in enumerate(verdict.matches, 1):
        entry = live[found.entry_id]
        click.echo(f"{number}. {found.score:6.1%}  {found.entry_id}  {entry.question}")
        if found.phrasing != entry.question:
            click.echo(f"            by the phrasing: {found.phrasing}")
    if not live:
        click.echo("the FAQ has no published entries; add some with: otklik faq import FILE")
