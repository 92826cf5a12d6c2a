"""Taking back a reply, on a platform that ignores repeats: what was withdrawn is not sent even from memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.storage.messages import history
from bot.storage.privacy.export import export_customer
from core.channel import Capabilities
from core.clock import FakeClock
from core.conversation import ConversationId, OperatorId
from core.event import Act, OperatorActed
from tests.dialogs.table import Table

ANNA, FIRST = OperatorId(1), ConversationId(1)


@pytest.mark.parametrize("is_idempotent", [True, False])
async def test_withdrawn_reply_never_leaves(
    sqlite_url: str, clock: FakeClock, tmp_path: Path, *, is_idempotent: bool
) -> None:
    table = Table(sqlite_url, clock, tmp_path, capabilities=Capabilities(is_idempotent=is_idempotent))
    await table.add_operator("anna", "7001", "Анна")
    await table.start()
    await table.channel.says("1", "оператор")
    await table.settle()
    await table.app.acts.act(OperatorActed(ANNA, Act.REPLY, "one", FIRST, "не туда"))
    await table.settle()
    await table.app.acts.act(OperatorActed(ANNA, Act.UNDO, "two", FIRST))
    await table.app.acts.act(OperatorActed(ANNA, Act.REPLY, "three", FIRST, "туда"))
    await table.settle()
    for _ in range(10):
        await table.advance(1.0)
        await table.settle()
    said = [message.text for message in table.channel.sent_to("1")]
    exported = await table.database.read(lambda connection: export_customer(connection, 1, clock.now()))
    known = await table.database.read(lambda connection: history(connection, FIRST))
    await table.close()
    assert "не туда" not in str(exported)
    assert [row.text for row in known if row.author == "operator"] == ["туда"]
    assert said[-1] == "туда"
    assert "не туда" not in said
