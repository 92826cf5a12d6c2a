"""`backup` and `restore`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import opened_database, settings
from bot.cli.signing import by_option, signed
from core.clock import SystemClock

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@by_option
def backup(file: Path, by: str | None) -> None:
    """Write the whole database to FILE (a zip), while the bot may go on running.

    It holds everything customers wrote: keep it as safe as the database itself.
    """
    config = settings()
    from bot.storage.desk.audit import record_change
    from bot.storage.upkeep.archive import count_rows, write_backup

    now = SystemClock().now()
    with opened_database(config) as engine:

        def record() -> None:
            with engine.begin() as connection:
                record_change(connection, who, "backup", now, file=file.name)

        with engine.connect() as connection:
            who, expected = signed(connection, by), count_rows(connection)
        with _shown("writing", expected) as progress:
            total = write_backup(engine, file, now, progress, record)
    click.echo(f"{total} rows written to {file}", err=True)


@click.command()
@click.argument("file", type=_FILE)
@by_option
def restore(file: Path, by: str | None) -> None:
    """Read a backup into a new, empty database of either kind."""
    config = settings()
    from bot.storage.desk.audit import record_change
    from bot.storage.upkeep.archive import restore_backup

    def record(connection: Connection) -> None:
        record_change(connection, signed(connection, by), "restore", SystemClock().now(), file=file.name)

    with opened_database(config) as engine, _shown("restoring", None) as progress:
        total = restore_backup(engine, file, progress, record)
    click.echo(f"{total} rows restored", err=True)


@contextmanager
def _shown(label: str, expected: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar for people; nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda rows: None
        return
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        of = f" of {expected}" if expected else ""
        click.echo(f"\r{label}: {done}{of} rows", nl=False, err=True)

    yield count
    click.echo("", err=True)


COMMANDS = (backup, restore)
