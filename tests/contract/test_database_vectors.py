"""Vectors by content and the building of indexes, on both databases."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, func, select

from bot.knowledge import building
from bot.knowledge.beside import giving_way
from bot.knowledge.building import Builder, Stopped, StoredVectors, load_stock
from bot.knowledge.encoders import EncoderChoice, RememberingQueries
from bot.library import Library
from bot.storage.database import Database
from bot.storage.entries import import_entries
from bot.storage.knowledge import vectors
from bot.storage.knowledge.tables import faq_vector
from bot.storage.knowledge.vectors import KEEP, drop_unused, note_use, read_vectors, write_vectors
from core.clock import FakeClock
from core.errors import Unavailable
from faq.answer import Answer
from faq.entry import Entry


class LettersEncoder:
    """Vectors of how often each letter stands in a text; counts what it is asked."""

    parts: tuple[str, ...] = ("remote",)
    widths: tuple[int, ...] = (32,)

    def __init__(self, name: str = "letters") -> None:
        self.name = name
        self.asked: list[str] = []
        self.fault: Exception | None = None
        self.gate: threading.Event | None = None
        self.is_waiting = threading.Event()

    def encode(self, texts: Sequence[str]) -> Any:
        gate = self.gate
        if gate is not None:
            self.is_waiting.set()
            gate.wait(10)
        if self.fault is not None:
            raise self.fault
        self.asked += texts
        rows = np.zeros((len(texts), 32), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text.casefold():
                row[ord(letter) % 32] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


class Chosen(EncoderChoice):
    """A choice that opens this encoder, or fails to."""

    def __init__(self, encoder: LettersEncoder) -> None:
        super().__init__("endpoint", "letters")
        object.__setattr__(self, "encoder", encoder)

    def open(self) -> Any:
        encoder: LettersEncoder = self.encoder  # type: ignore[attr-defined]
        if isinstance(encoder.fault, Unavailable):
            raise encoder.fault
        return RememberingQueries(encoder)


def entries(count: int) -> list[Entry]:
    return [
        Entry(f"e{number}", "", f"Как настроить прибор {number}?", f"По памятке {number}.", (f"прибор {number}",))
        for number in range(count)
    ]


async def put(database: Database, clock: FakeClock, *listed: Entry) -> None:
    await database.write(lambda connection: import_entries(connection, listed, clock.now()))


@pytest.fixture
def encoder() -> LettersEncoder:
    return LettersEncoder()


@pytest.fixture
async def library(database: Database, clock: FakeClock, encoder: LettersEncoder) -> AsyncIterator[Library]:
    library = Library(database, clock, encoder=Chosen(encoder))
    yield library
    library.close()


def count_vectors(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(faq_vector)).scalar_one())


# --- the table


async def test_vectors_come_back_and_the_first_stays(database: Database, clock: FakeClock) -> None:
    many = {f"k{number}": bytes([number % 256]) * 8 for number in range(1200)}
    await database.write(lambda connection: write_vectors(connection, many, clock.now()))
    await database.write(lambda connection: write_vectors(connection, {"k1": b"other", "new": b"\x00"}, clock.now()))
    found = await database.read(lambda connection: read_vectors(connection, [*many, "new", "missing"]))
    assert found == {**many, "new": b"\x00"}


async def test_what_nobody_asks_for_is_forgotten(database: Database, clock: FakeClock) -> None:
    await database.write(lambda connection: write_vectors(connection, {"old": b"1", "used": b"2"}, clock.now()))
    clock.advance(KEEP - timedelta(days=1))
    await database.write(lambda connection: note_use(connection, ["used"], clock.now()))
    clock.advance(timedelta(days=2))
    assert await database.write(lambda connection: drop_unused(connection, clock.now())) == 1
    assert await database.read(lambda connection: read_vectors(connection, ["old", "used"])) == {"used": b"2"}


async def test_after_a_build_everybody_else_writes_between_the_pieces(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "PIECE", 10)
    monkeypatch.setattr(vectors, "PIECE", 10)
    old, used = ({f"{name}{number}": b"1" for number in range(35)} for name in ("old", "used"))
    await database.write(lambda connection: write_vectors(connection, {**old, **used}, clock.now()))
    clock.advance(KEEP + timedelta(days=1))
    written: list[Any] = []
    submit = database.submit
    monkeypatch.setattr(database, "submit", lambda work: written.append(work) or submit(work))
    store = StoredVectors(database, clock)
    for pieces in (4 + 5, 1):  # what is in use, and what goes until nothing is left; the second time only a look
        await asyncio.to_thread(store.get, list(used))
        written.clear()
        await asyncio.to_thread(store.tidy)
        assert len(written) == pieces
    assert await database.read(lambda connection: read_vectors(connection, [*old, *used])) == used


# --- the library


async def test_first_without_meaning_then_with(library: Library, database: Database, clock: FakeClock) -> None:
    await put(database, clock, *entries(40))
    await library.refresh()
    assert (len(library.index), library.has_meaning) == (40, False)
    assert await library.add_meaning()
    assert library.has_meaning
    assert not await library.add_meaning()
    knowledge = await library.know(["как настроить прибор 7"], is_with_people=False)
    (verdict,) = knowledge.verdicts
    assert isinstance(verdict, Answer)
    assert verdict.match.entry_id == "e7"


async def test_memory_is_given_back_after_each_building(
    database: Database, clock: FakeClock, encoder: LettersEncoder
) -> None:
    given: list[bool] = []
    library = Library(database, clock, encoder=Chosen(encoder), on_built=lambda: given.append(library.has_meaning))
    await put(database, clock, *entries(4))
    await library.refresh()
    await library.refresh()
    assert given == [False]
    await library.add_meaning()
    assert given == [False, True]
    library.close()


async def test_each_text_is_encoded_once_over_restarts(
    library: Library, database: Database, clock: FakeClock, encoder: LettersEncoder
) -> None:
    await put(database, clock, *entries(40))
    await library.refresh()
    await library.add_meaning()
    assert len(encoder.asked) == len(set(encoder.asked)) == 120
    assert await database.read(count_vectors) == 120
    fresh = LettersEncoder()
    restarted = Library(database, clock, encoder=Chosen(fresh))
    await restarted.refresh()
    await restarted.add_meaning()
    assert restarted.has_meaning
    assert fresh.asked == []
    another = Library(database, clock, encoder=Chosen(LettersEncoder("other model")))
    await another.refresh()
    await another.add_meaning()
    assert await database.read(count_vectors) == 240
    restarted.close()
    another.close()


async def test_small_change_goes_by_meaning_at_once(
    library: Library, database: Database, clock: FakeClock, encoder: LettersEncoder
) -> None:
    await put(database, clock, *entries(40))
    await library.refresh()
    await library.add_meaning()
    encoder.asked.clear()
    await put(database, clock, Entry("new", "", "Где купить чехол?", "В магазине."))
    assert await library.refresh()
    assert library.has_meaning
    assert len(library.index) == 41
    assert sorted(encoder.asked) == ["Где купить чехол?", "Где купить чехол? В магазине."]


async def test_large_change_is_used_at_once_without_meaning(
    library: Library, database: Database, clock: FakeClock
) -> None:
    await put(database, clock, *entries(5))
    await library.refresh()
    await library.add_meaning()
    await put(database, clock, *entries(building.FEW + 10))
    await library.refresh()
    assert (len(library.index), library.has_meaning) == (building.FEW + 10, False)
    await library.add_meaning()
    assert library.has_meaning


async def test_encoder_that_is_away_leaves_the_search_by_letters(
    library: Library, database: Database, clock: FakeClock, encoder: LettersEncoder
) -> None:
    encoder.fault = Unavailable("away")
    await put(database, clock, *entries(5))
    await library.refresh()
    with pytest.raises(Unavailable):
        await library.add_meaning()
    assert (len(library.index), library.has_meaning) == (5, False)
    encoder.fault = None
    assert await library.add_meaning()
    encoder.fault = Unavailable("away again")  # what is taken out of the FAQ must go at once all the same
    await put(database, clock, *entries(6))
    assert await library.refresh()
    assert (len(library.index), library.has_meaning) == (6, False)


async def test_customers_are_answered_while_the_encoder_fails(
    library: Library, database: Database, clock: FakeClock, encoder: LettersEncoder
) -> None:
    await put(database, clock, *entries(5))
    await library.refresh()
    await library.add_meaning()
    encoder.fault = Unavailable("away")
    knowledge = await library.know(["подскажите как же прибор 3 мне настроить"], is_with_people=False)
    assert knowledge.verdicts[0].matches[0].entry_id == "e3"


async def test_crowd_is_answered_by_letters_rather_than_late(
    library: Library, database: Database, clock: FakeClock, encoder: LettersEncoder
) -> None:
    await put(database, clock, *entries(5))
    await library.refresh()
    await library.add_meaning()
    encoder.asked.clear()
    encoder.gate = threading.Event()
    questions = [f"подскажите {number} раз как же прибор 3 мне настроить" for number in range(100, 140)]
    crowd = [asyncio.ensure_future(library.know([one], is_with_people=False)) for one in questions]
    await asyncio.sleep(0)
    encoder.gate.set()
    answered = await asyncio.gather(*crowd)
    assert all(knowledge.verdicts[0].matches for knowledge in answered)
    assert 0 < len(encoder.asked) < 20
    await library.know(["одинокий вопрос про прибор 4"], is_with_people=False)
    assert "одинокий вопрос про прибор 4" in encoder.asked


async def test_failed_build_leaves_the_index_in_use(
    library: Library, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(database, clock, *entries(5))
    await library.refresh()
    index = library.index

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(building.Index, "build", fail)
    await put(database, clock, *entries(6))
    with pytest.raises(MemoryError):
        await library.refresh()
    assert library.index is index
    monkeypatch.undo()
    assert await library.refresh()
    assert len(library.index) == 6


async def test_change_during_a_long_build_is_used_at_once(
    library: Library, database: Database, clock: FakeClock, encoder: LettersEncoder
) -> None:
    await put(database, clock, *entries(5))
    await library.refresh()
    encoder.gate = gate = threading.Event()
    adding = asyncio.ensure_future(library.add_meaning())
    await asyncio.to_thread(encoder.is_waiting.wait, 10)
    encoder.gate = None  # for whoever comes after the one that waits
    await put(database, clock, *entries(60))
    assert await library.refresh()
    assert (len(library.index), library.has_meaning) == (60, False)
    gate.set()
    assert not await adding  # of an FAQ that has changed: not used
    assert (len(library.index), library.has_meaning) == (60, False)
    assert await library.add_meaning()
    assert len(library.index) == 60


async def test_exceptions_and_calibration_are_taken_up(library: Library, database: Database, clock: FakeClock) -> None:
    from bot.knowledge.editing import By
    from bot.knowledge.learning import add_exception

    await put(database, clock, *entries(5))
    await library.refresh()
    await database.write(lambda connection: add_exception(connection, "прибор 3", "", By(), clock.now()))
    await library.refresh()
    (verdict,) = (await library.know(["прибор 3"], is_with_people=False)).verdicts
    assert not isinstance(verdict, Answer)
    (other,) = (await library.know(["прибор 4"], is_with_people=False)).verdicts
    assert isinstance(other, Answer)


async def test_build_gives_way_to_customers_as_long_as_it_lasts(database: Database, clock: FakeClock) -> None:
    usual, seen = sys.getswitchinterval(), []

    class Watching(LettersEncoder):
        def encode(self, texts: Sequence[str]) -> Any:
            seen.append(sys.getswitchinterval())
            return super().encode(texts)

    await put(database, clock, *entries(3))
    stock = await database.read(lambda connection: load_stock(connection, clock.now().date()))
    builder = Builder(database, clock)
    await asyncio.to_thread(builder.quick, stock, Watching("one"))
    assert max(seen) < usual / 5
    assert sys.getswitchinterval() == usual
    with giving_way:  # another build that ends later
        await asyncio.to_thread(builder.light, stock)
        assert sys.getswitchinterval() < usual / 5
    assert sys.getswitchinterval() == usual
    failing = Watching("two")
    failing.fault = ValueError()
    with pytest.raises(ValueError):  # noqa: PT011
        await asyncio.to_thread(builder.quick, stock, failing)
    assert sys.getswitchinterval() == usual


async def test_build_ends_when_the_program_does(database: Database, clock: FakeClock, encoder: LettersEncoder) -> None:
    await put(database, clock, *entries(40))
    stock = await database.read(lambda connection: load_stock(connection, clock.now().date()))
    builder = Builder(database, clock)
    encoder.gate = threading.Event()
    building_one = asyncio.ensure_future(asyncio.to_thread(builder.whole, stock, encoder, lambda done, total: None))
    builder.stop()
    encoder.gate.set()
    with pytest.raises(Stopped):
        await building_one
