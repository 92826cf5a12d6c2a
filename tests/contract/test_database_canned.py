"""Canned replies in both databases: whoever writes, there is one of each name, and its files are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import Connection, Engine

from bot.storage.database import open_engine, read_url
from bot.storage.desk.canned import CannedAct, drop_canned, find_kept, list_shared, write_canned
from bot.storage.knowledge.files import keep_file, read_file
from core.message import AttachmentKind

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
WRITERS, ROUNDS = 4, 6
T = TypeVar("T")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(read_url(database_url))
    yield engine
    engine.dispose()


def together(engine: Engine, work: Callable[[Connection, int, int], T]) -> Counter[T]:
    """What comes of it when several do the same thing at the same instant, each in a transaction, round by round."""
    ready = Barrier(WRITERS)

    def write(writer: int) -> list[T]:
        came = []
        for place in range(ROUNDS):
            ready.wait(10)
            with engine.begin() as connection:
                came.append(work(connection, writer, place))
        return came

    with ThreadPoolExecutor(WRITERS) as pool:
        return Counter(one for came in pool.map(write, range(WRITERS)) for one in came)


def test_same_name_written_by_several_at_the_same_instant(engine: Engine) -> None:
    def write(connection: Connection, writer: int, place: int) -> CannedAct | None:
        return write_canned(connection, None, f"Часы {place}", f"слова {writer}", NOW)

    acts = together(engine, write)
    assert acts == {CannedAct.ADDED: ROUNDS, CannedAct.CHANGED: ROUNDS * (WRITERS - 1)}
    with engine.connect() as connection:
        assert [one.name for one in list_shared(connection)] == [f"часы {place}" for place in range(ROUNDS)]


def test_same_file_put_in_by_several_at_the_same_instant(engine: Engine) -> None:
    def write(connection: Connection, _: int, place: int) -> str:
        content = f"%PDF-1.4 {place}".encode()
        return keep_file(connection, "прайс.pdf", "application/pdf", AttachmentKind.DOCUMENT, content, NOW).ref

    refs = together(engine, write)
    with engine.connect() as connection:
        contents = {read_file(connection, ref).decode() for ref in refs}
    assert contents == {f"%PDF-1.4 {place}" for place in range(ROUNDS)}


def test_words_alone_leave_the_files_and_a_deleted_one_leaves_them_to_its_messages(engine: Engine) -> None:
    with engine.begin() as connection:
        file = keep_file(connection, "карта.png", "image/png", AttachmentKind.PHOTO, b"\x89PNG", NOW)
        assert write_canned(connection, None, "карта", "", NOW, [file]) is CannedAct.ADDED
        assert write_canned(connection, None, "карта", "Вот карта", NOW) is CannedAct.CHANGED
        assert write_canned(connection, None, "карта", "Вот карта", NOW, [file]) is None
        kept = find_kept(connection, None, "карта")
        assert kept is not None
        assert kept.attachments == (file,)
        assert write_canned(connection, None, "карта", "Вот карта", NOW, []) is CannedAct.CHANGED
        drop_canned(connection, None, "карта")
        assert read_file(connection, file.ref) == b"\x89PNG"
