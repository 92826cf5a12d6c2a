"""As days go by: what was sent to a customer stays, what was put in for nothing goes, by the clock alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.storage.desk.canned import drop_canned, write_canned
from bot.storage.knowledge.files import keep_file, read_file
from bot.storage.upkeep.unused import FREE_TIME
from core.clock import FakeClock
from core.errors import NotFound
from core.message import Attachment, AttachmentKind
from tests.dialogs.table import Table


@pytest.fixture
async def table(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Table]:
    table = Table(sqlite_url, clock, tmp_path)
    await table.add_operator("anna", "7001", "Анна")
    await table.start()
    yield table
    await table.close()


async def test_file_of_a_canned_reply_that_was_sent_outlives_it(table: Table) -> None:
    now = table.clock.now()

    def put_in(connection: Connection, name: str) -> Attachment:
        return keep_file(connection, name, "application/pdf", AttachmentKind.DOCUMENT, name.encode(), now)

    def prepare(connection: Connection) -> tuple[Attachment, Attachment, Attachment]:
        sent, unsent = put_in(connection, "прайс.pdf"), put_in(connection, "бланк.pdf")
        write_canned(connection, None, "прайс", "Вот прайс.", now, [sent])
        write_canned(connection, None, "бланк", "Вот бланк.", now, [unsent])
        return sent, unsent, put_in(connection, "брошенный.pdf")

    sent, *others = await table.database.write(prepare)
    await table.channel.says("1", "оператор")
    await table.settle()
    topic = await table.desk.topic_of(1)
    assert topic is not None
    await table.desk.writes(topic, "7001", "/c прайс")
    await table.settle()
    assert table.channel.sent_to("1")[-1].attachments == (sent,)
    for name in ("прайс", "бланк"):
        await table.database.write(lambda connection, name=name: drop_canned(connection, None, name))

    for _ in range(FREE_TIME.days + 3):
        table.clock.advance(timedelta(days=1))
        await table.app.timers.tick(with_faq=False)
        await table.settle()
    assert await table.database.read(lambda connection: read_file(connection, sent.ref)) == "прайс.pdf".encode()
    for one in others:
        with pytest.raises(NotFound):
            await table.database.read(lambda connection, one=one: read_file(connection, one.ref))
