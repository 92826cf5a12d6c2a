"""`customer export` and `customer erase`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import opened_database, settings
from bot.cli.signing import by_option, signed
from core.clock import SystemClock

if TYPE_CHECKING:
    from sqlalchemy import Engine

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def customer() -> None:
    """What is stored of a customer. ID is the customer's number, as the console and the card show it."""


@customer.command()
@click.argument("number", metavar="ID", type=int)
@click.argument("file", type=_FILE)
@by_option
def export(number: int, file: Path, by: str | None) -> None:
    """Write everything stored of a customer to FILE: .zip with the files beside, .json with the files in it.

    A number that was linked into another is followed to that one.
    """
    config = settings()
    from bot.storage.desk.audit import record_change
    from bot.storage.privacy.files import write_export
    from bot.storage.privacy.person import follow_links

    now = SystemClock().now()
    with opened_database(config) as engine:
        with engine.connect() as connection:
            who, there = signed(connection, by), follow_links(connection, number)
        if there != number:
            click.echo(f"customer {number} was linked into {there}: what is stored of {there} is written", err=True)

        def record() -> None:
            with engine.begin() as connection:
                record_change(connection, who, "customer.export", now, customer=there)

        written = write_export(engine, there, file, now, when_written=record)
    click.echo(f"{written.conversations} conversations and {written.files} files written to {file}", err=True)
    if written.missing:
        click.echo(f"{written.missing} files are no longer here, only at the platform; they are named", err=True)


@customer.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@by_option
def erase(number: int, is_sure: bool, by: str | None) -> None:
    """Erase what is stored of a customer for good; the figures of reports stay.

    The bot may go on meanwhile. Older backups still hold the customer. A number that was linked into another is
    refused: that one has to be named.
    """
    config = settings()
    from bot.storage.privacy.erase import erase_customer
    from bot.storage.privacy.person import find_person

    with opened_database(config) as engine:
        with engine.connect() as connection:
            find_person(connection, number)
            who = signed(connection, by)
        if not is_sure:
            click.confirm(f"Erase customer {number} for good?", abort=True, err=True)
        with engine.begin() as connection:
            erased = erase_customer(connection, number, SystemClock().now(), who.operator_id, who.desk)
        _tidy(engine)
    click.echo(
        f"customer {number} erased: {erased.conversations} conversations, {erased.messages} messages, "
        f"{erased.files} files; {erased.withdrawn} messages on their way withdrawn"
    )
    if erased.topics:
        click.echo(f"the bot deletes {erased.topics} topics of the operators' group as soon as it runs", err=True)
    if erased.entries:
        click.echo(
            f"phrasings that were taken from this customer stay in the FAQ: {', '.join(erased.entries)}", err=True
        )


def _tidy(engine: Engine) -> None:
    from bot.storage.privacy.files import folder_of, remove_files
    from bot.storage.sqlite.connection import fold_journal

    remove_files(engine, folder_of(engine))
    fold_journal(engine)
