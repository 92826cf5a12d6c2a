"""Making an index of what is stored: vectors are remembered, long encoding has its own process, all can be stopped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.knowledge.beside import giving_way
from bot.knowledge.encoding_process import ProcessEncoder
from bot.knowledge.learning import load_exceptions
from bot.storage.database import Database
from bot.storage.entries import faq_version, load_entries
from bot.storage.knowledge.calibrations import current_calibration
from bot.storage.knowledge.vectors import PIECE, drop_unused, find_unnoted, note_use, read_vectors, write_vectors
from core.clock import Clock
from core.errors import Unavailable
from faq.encoder import Encoder, RememberingEncoder
from faq.entry import Entry
from faq.index import Index
from faq.learning.exceptions import Exceptions
from faq.ranking.calibration import UNCHANGED, Calibration

if TYPE_CHECKING:
    from faq.encoder import Vectors

log = logging.getLogger(__name__)

FEW = 32
"""So many new texts are encoded on the spot when the FAQ changes; with more of them it is first used without."""
SMALL = 300
"""Texts up to which encoding is not worth a process of its own."""

Report = Callable[[int, int], None]
"""Told now and then how many texts of how many are done."""


class TooManyTexts(Exception):
    """More texts have no vector yet than may be encoded on the spot."""


class Stopped(Exception):
    """The program is about to end."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What an index is made of, as stored at one moment."""

    version: int
    day: date
    entries: tuple[Entry, ...]
    exceptions: Exceptions
    calibration: Calibration

    @property
    def texts(self) -> int:
        """How many texts have a vector: every wording, and every entry with its answer."""
        return sum(len(entry.wordings) + 1 for entry in self.entries)


def load_stock(connection: Connection, day: date) -> Stock:
    """Everything that answers depend on; entries that customers may get on this day."""
    current = current_calibration(connection)
    return Stock(
        faq_version(connection),
        day,
        tuple(entry for entry in load_entries(connection) if entry.is_live(day)),
        load_exceptions(connection),
        current.calibration if current is not None else UNCHANGED,
    )


class StoredVectors:
    """faq.encoder.VectorStore over the database; for threads beside the event loop."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._used: list[str] = []

    def get(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        self._used += keys
        return self._database.read_now(lambda connection: read_vectors(connection, keys))

    def put(self, vectors: Mapping[str, bytes]) -> None:
        now = self._clock.now()
        self._database.submit(lambda connection: write_vectors(connection, vectors, now)).result()

    def tidy(self) -> None:
        """After a whole build: what was asked for is in use, what nobody asked for in a long time goes.

        In pieces, between which everybody else writes; after most builds nothing is written at all.
        """
        now, used = self._clock.now(), self._used
        self._used = []
        for start in range(0, len(used), PIECE):
            piece = used[start : start + PIECE]
            if unnoted := self._database.read_now(partial(find_unnoted, keys=piece, now=now)):
                self._database.submit(partial(note_use, keys=unnoted, now=now)).result()
        while self._database.submit(partial(drop_unused, now=now)).result():
            pass


class Builder:
    """Builds indexes in the caller's thread, one `whole` at a time; `stop` from another thread ends a build soon."""

    def __init__(self, database: Database, clock: Clock, keep: Path | None = None) -> None:
        """`keep`: the folder for the file of the encoders in the wheels."""
        self._database, self._clock, self._keep = database, clock, keep
        self._stopping = threading.Event()
        self._process: ProcessEncoder | None = None

    def stop(self) -> None:
        """The build under way raises Stopped, and so does every later one."""
        self._stopping.set()
        if self._process is not None:
            self._process.close()

    def light(self, stock: Stock) -> Index:
        """Without any encoder: quick, whatever the size."""
        with giving_way:
            return Index.build(stock.entries, calibration=stock.calibration, progress=self._check)

    def quick(self, stock: Stock, encoder: Encoder) -> Index:
        """With an encoder where hardly a text is new to it; raises TooManyTexts otherwise."""
        return self._with(stock, encoder, _Few(encoder))

    def whole(self, stock: Stock, encoder: Encoder, report: Report) -> Index:
        """With an encoder, however long it takes; what was encoded is kept even if it ends in a failure."""
        making: Encoder = encoder
        if encoder.parts != ("remote",) and stock.texts > SMALL:
            making = self._process = ProcessEncoder(encoder.parts, self._keep)
        try:
            return self._with(stock, encoder, _Told(making, stock.texts, report))
        except Unavailable:
            self._check(0, 0)
            raise
        finally:
            if self._process is not None:
                self._process.close()
                self._process = None

    def _with(self, stock: Stock, encoder: Encoder, making: Encoder) -> Index:
        store = StoredVectors(self._database, self._clock)
        building = _Building(RememberingEncoder(making, store), encoder, self._check)
        with giving_way:
            index = Index.build(stock.entries, calibration=stock.calibration, progress=self._check, encoder=building)
        building.is_built = True
        store.tidy()
        return index

    def _check(self, _done: int, _total: int) -> None:
        if self._stopping.is_set():
            raise Stopped


class _Building:
    """An index keeps its encoder for queries; while it is built, that one remembers."""

    def __init__(self, building: Encoder, asking: Encoder, check: Report) -> None:
        self._building, self._asking, self._check = building, asking, check
        self.name, self.parts, self.widths = asking.name, asking.parts, asking.widths
        self.is_built = False

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.is_built:
            return self._asking.encode(texts)
        self._check(0, 0)
        return self._building.encode(texts)


class _Few:
    """Encodes a few texts and refuses more."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._left = FEW
        self.name, self.parts, self.widths = encoder.name, encoder.parts, encoder.widths

    def encode(self, texts: Sequence[str]) -> Vectors:
        self._left -= len(texts)
        if self._left < 0:
            raise TooManyTexts
        return self._encoder.encode(texts)


class _Told:
    """Tells how far the encoding is; `total` is not reached where much is remembered already."""

    def __init__(self, encoder: Encoder, total: int, report: Report) -> None:
        self._encoder, self._total, self._report = encoder, total, report
        self._done = 0
        self.name, self.parts, self.widths = encoder.name, encoder.parts, encoder.widths

    def encode(self, texts: Sequence[str]) -> Vectors:
        found = self._encoder.encode(texts)
        self._done += len(texts)
        self._report(self._done, self._total)
        return found
