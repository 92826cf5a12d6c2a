"""Canned replies in both databases: whoever writes, there is one of each name, and its files are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import Engine

from bot.storage.database import open_engine, read_url
from bot.storage.desk.canned import CannedAct, drop_canned, find_kept, list_shared, write_canned
from bot.storage.knowledge.files import keep_file, read_file
from core.message import AttachmentKind

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
WRITERS, ROUNDS = 4, 6


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(read_url(database_url))
    yield engine
    engine.dispose()


def test_same_name_and_file_written_by_several_at_the_same_instant(engine: Engine) -> None:
    ready = Barrier(WRITERS)

    def write(writer: int) -> list[CannedAct | None]:
        acts = []
        for place in range(ROUNDS):
            ready.wait(30)
            with engine.begin() as connection:
                content = f"%PDF-1.4 {place}".encode()
                file = keep_file(connection, "прайс.pdf", "application/pdf", AttachmentKind.DOCUMENT, content, NOW)
                acts.append(write_canned(connection, None, f"Прайс {place}", f"слова {writer}", NOW, [file]))
        return acts

    with ThreadPoolExecutor(WRITERS) as pool:
        acts = Counter(act for acts in pool.map(write, range(WRITERS)) for act in acts)
    assert acts == {CannedAct.ADDED: ROUNDS, CannedAct.CHANGED: ROUNDS * (WRITERS - 1)}
    with engine.connect() as connection:
        found = list_shared(connection)
        contents = [read_file(connection, one.attachments[0].ref).decode() for one in found]
    assert [one.name for one in found] == [f"прайс {place}" for place in range(ROUNDS)]
    assert contents == [f"%PDF-1.4 {place}" for place in range(ROUNDS)]


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
