"""`faq import`, `export` and `match`."""

from __future__ import annotations

import json
import sys
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.faq.ready import chosen_encoder
from bot.cli.opening import opened_database, settings
from bot.cli.signing import by_option, signed
from core.clock import SystemClock
from core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.storage.entries import ImportCount
    from faq.entry import Entry
    from faq.quality.collisions import Collision

_FILE = click.Path(dir_okay=False, path_type=Path)
_MOST_ASKED = 1500  # wordings that an import is checked with; that takes a few seconds
_MOST_SHOWN = 10


@click.command("import")
@click.argument("file", type=_FILE)
@click.option("--dry-run", is_flag=True, help="Check the file and count, but change nothing.")
@click.option("--json", "is_json", is_flag=True, help="Print the outcome as JSON.")
@by_option
def import_(file: Path, dry_run: bool, is_json: bool, by: str | None) -> int:
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
        count, entries = _import(engine, result.entries, dry_run, file.name, by)
    competing = _competing(entries, count.touched)
    if is_json:
        _print_outcome(count, [], [one._asdict() for one in competing or ()])
        return 0
    would = "would be " if dry_run else ""
    click.echo(f"{count.imported} entries {would}added, {count.updated} {would}updated, {count.unchanged} unchanged")
    missing = sorted({file.name for entry in entries for file in entry.attachments if not file.ref})
    if missing:
        names = ", ".join(missing[:_MOST_SHOWN]) + (" …" if len(missing) > _MOST_SHOWN else "")
        click.echo(f"files that are only named and go with no answer yet: {names}; add them in the console", err=True)
    if competing is None:
        click.echo("so many entries are not held against each other here; do that with: otklik faq check", err=True)
    for one in (competing or ())[:_MOST_SHOWN]:
        click.echo(f"{one.entry_id} and {one.other_id} compete: {one.advice}", err=True)
    if competing and len(competing) > _MOST_SHOWN:
        click.echo(f"(and {len(competing) - _MOST_SHOWN} more; all of them: otklik faq check)", err=True)
    return 0


def _import(
    engine: Any, entries: Sequence[Entry], dry_run: bool, source: str, by: str | None
) -> tuple[ImportCount, Sequence[Entry]]:
    """What was counted, and all entries as they are afterwards."""
    from bot.knowledge.recording import record_import
    from bot.storage.entries import import_entries, load_entries

    now = SystemClock().now()
    with engine.connect() as connection:
        transaction = connection.begin()
        who = signed(connection, by)
        count = import_entries(connection, entries, now, source, who.login)
        record_import(connection, who, count, source, now)
        after = load_entries(connection)
        if dry_run:
            transaction.rollback()
        else:
            transaction.commit()
    return count, after


def _competing(entries: Sequence[Entry], touched: Collection[str]) -> list[Collision] | None:
    """Entries that want the same questions as those just imported; None when that would take too long."""
    from faq.index import Index
    from faq.quality.collisions import collisions

    wanted = set(touched)
    if sum(len(entry.wordings) for entry in entries if entry.id in wanted) > _MOST_ASKED:
        return None
    return collisions(Index.build(entries), wanted) if wanted else []


def _print_outcome(
    count: ImportCount | None, faults: list[dict[str, Any]], competing: Sequence[dict[str, Any]] = ()
) -> None:
    """`collisions` is only there when there are some."""
    numbers = {name: getattr(count, name, 0) for name in ("imported", "updated", "unchanged")}
    more = {"collisions": list(competing)} if competing else {}
    click.echo(json.dumps({**numbers, "errors": faults, **more}, ensure_ascii=False))


@click.command()
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


@click.command()
@click.option("--faq", "faq_file", type=_FILE, required=True, help="A FAQ file of any kind that can be imported.")
@click.option("--queries", type=_FILE, required=True, help='JSONL, one {"id": …, "text": …} a line.')
def match(faq_file: Path, queries: Path) -> None:
    """Answer a file of queries from a FAQ file, one JSON line each; needs no database."""
    from faq.match import match_file

    today = SystemClock().now().astimezone(UTC).date()
    match_file(faq_file, queries, sys.stdout, today=today, encoder=chosen_encoder(settings()))


COMMANDS = (import_, export, match)
