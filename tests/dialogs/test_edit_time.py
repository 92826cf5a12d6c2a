"""A reply changed in the topic when the channel no longer changes it: the operator learns how it went out."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.telegram.outgoing.compose import CAPABILITIES as TELEGRAM
from channels.vk.outgoing.compose import CAPABILITIES as VK
from core.channel import Capabilities
from core.clock import FakeClock
from tests.dialogs.memory_stage import MemoryStage
from tests.dialogs.table import Table

HOUR = 3600


@pytest.mark.parametrize(("channel", "is_told"), [(VK, True), (TELEGRAM, False)], ids=["vk", "telegram"])
async def test_reply_edited_a_day_later(
    sqlite_url: str, clock: FakeClock, tmp_path: Path, channel: Capabilities, *, is_told: bool
) -> None:
    table = Table(sqlite_url, clock, tmp_path, capabilities=channel)
    await table.add_operator("anna", "7001", "Анна")
    await table.start()
    stage = MemoryStage(table, {})
    await stage.says(["оператор"])
    await table.settle()
    await stage.member_writes("anna", "Привезём в 18:00", 1)
    await table.settle()
    for hours, words in ((23, "Привезём в 19:00"), (2, "Привезём в 20:00")):
        await table.advance(hours * HOUR)
        told = len(stage.posted())
        await stage.member_edits("anna", "Привезём", words, 1)
        await table.settle()
        late = [one.text for one in stage.posted()[told:] if "больше 24 ч" in one.text]
        assert bool(late) is (is_told and words.endswith("20:00"))
        assert table.channel.sent_to("1001")[-1].text == words
    await table.close()
