"""A customer who blocked the bot: replies are told as not delivered, the bot's own words only while nothing says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock import FakeClock
from core.errors import Permanent, Refusal
from tests.dialogs.table import Table

ANNA = "7001"


async def _talk(table: Table, topic: str, *words: str) -> None:
    for one in words:
        await table.desk.writes(topic, ANNA, one)
        await table.advance(1.0)
        await table.settle()


@pytest.mark.parametrize("is_told_by_platform", [True, False])
async def test_one_notice_until_something_changes(
    sqlite_url: str, clock: FakeClock, tmp_path: Path, *, is_told_by_platform: bool
) -> None:
    table = Table(sqlite_url, clock, tmp_path)
    await table.add_operator("anna", ANNA, "Анна")
    await table.start()
    await table.channel.says("1", "оператор")
    await table.settle()
    topic = await table.desk.topic_of(1) or ""

    def notices() -> list[str]:
        return [one.text for one in table.desk.in_topic(topic) if one.author == "" and "заблокировал бота" in one.text]

    table.channel.fail_next(Permanent("blocked", Refusal.UNREACHABLE), address="1", times=4)
    if is_told_by_platform:
        await table.channel.blocks("1")
        await table.settle()
    before = len(notices())
    assert before == is_told_by_platform
    await _talk(table, topic, "Слушаю", "Вы здесь?", "/release", "/take")
    assert len(notices()) == before + 2  # a word for each reply, none for what the bot says of release and take
    await table.channel.returns("1")
    await table.settle()
    await _talk(table, topic, "Рады видеть")
    assert table.channel.sent_to("1")[-1].text == "Рады видеть"
    await table.advance(1.0)
    table.channel.fail_next(Permanent("blocked", Refusal.UNREACHABLE), address="1", times=2)
    await _talk(table, topic, "Вы опять пропали?", "/release")
    assert len(notices()) == before + 3
    await table.close()
