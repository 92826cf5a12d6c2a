"""The index as the running bot has it, made for one command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from bot.cli.opening import opened_database
from core.clock import SystemClock
from core.errors import Unavailable

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.config import Config
    from bot.knowledge.building import Builder, Stock
    from bot.knowledge.encoders import EncoderChoice
    from faq.answer import Policy
    from faq.encoder import Encoder
    from faq.index import Index


@dataclass(frozen=True, slots=True)
class Ready:
    """The stored FAQ, and an index over what customers may get today."""

    engine: Engine
    stock: Stock
    index: Index
    policy: Policy


@contextmanager
def ready_faq(config: Config, *, is_light: bool = False) -> Iterator[Ready]:
    """With the encoder that is chosen, unless `is_light`; one that is away is left out, which is said."""
    from bot.knowledge.building import Builder, load_stock
    from bot.knowledge.encoders import choose_encoder
    from bot.settings.answers import policy_of
    from bot.storage.database import Database
    from bot.storage.privacy.files import data_folder
    from bot.storage.service.settings import load_settings

    with opened_database(config) as engine:
        clock = SystemClock()
        database = Database(engine)
        try:
            today = clock.now().astimezone(config.zone).date()
            stock = database.read_now(lambda connection: load_stock(connection, today))
            choice = choose_encoder(config, data_folder(engine))
            builder = Builder(database, clock, choice.keep)
            index = None if is_light else _with_meaning(choice, builder, stock)
            policy = policy_of(database.read_now(load_settings))
            yield Ready(engine, stock, index or builder.light(stock), policy)
        finally:
            database.close()


def chosen_encoder(config: Config) -> Encoder | None:
    """The one that the settings choose; None, with a word of it, when it is away."""
    from bot.knowledge.encoders import choose_encoder

    return _opened(choose_encoder(config))


def _opened(choice: EncoderChoice) -> Encoder | None:
    try:
        return choice.open()
    except Unavailable as error:
        click.echo(f"otklik: {error}; by letters and words only", err=True)
        return None


def _with_meaning(choice: EncoderChoice, builder: Builder, stock: Stock) -> Index | None:
    from bot.knowledge.building import FEW

    encoder = _opened(choice)
    if encoder is None or not stock.entries:
        return None
    try:
        with progress_bar(stock.texts, "encoding", is_hidden=stock.texts <= FEW) as bar:
            return builder.whole(stock, encoder, lambda done, _: bar.update(done - bar.pos))
    except Unavailable as error:
        click.echo(f"otklik: {error}; by letters and words only", err=True)
        return None


def progress_bar(length: int, label: str, *, is_hidden: bool) -> Any:
    """On standard error, for people."""
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=is_hidden or not sys.stderr.isatty())
