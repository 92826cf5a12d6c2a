"""`backup` and `restore`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot.cli.opening import opened_database, settings
from core.clock import SystemClock

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
def backup(file: Path) -> None:
    """Write the whole database to FILE (a zip), while the bot may go on running.

    It holds everything customers wrote: keep it as safe as the database itself.
    """
    config = settings()
    from bot.storage.upkeep.archive import count_rows, write_backup

    with opened_database(config) as engine:
        with engine.connect() as connection:
            expected = count_rows(connection)
        with _shown("writing", expected) as progress:
            total = write_backup(engine, file, SystemClock().now(), progress)
    click.echo(f"{total} rows written to {file}", err=True)


@click.command()
@click.argument("file", type=_FILE)
def restore(file: Path) -> None:
    """Read a backup into a new, empty database of either kind."""
    config = settings()
    from bot.storage.upkeep.archive import restore_backup

    with opened_database(config) as engine, _shown("restoring", None) as progress:
        total = restore_backup(engine, file, progress)
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
