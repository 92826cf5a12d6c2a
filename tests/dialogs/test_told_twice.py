"""A message a platform tells of again under another key, as VK's history does after the long poll lost events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.channel import Arrival
from core.clock import FakeClock
from faq.files import read_entries
from tests.dialogs.scenario import HERE
from tests.dialogs.table import Table

WHERE, RECEIPT = "Где мой заказ?", "Где взять чек?"
WHERE_ANSWER, RECEIPT_ANSWER = "Номер для отслеживания", "Чек приходит на почту"


@pytest.fixture
async def table(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Table]:
    table = Table(sqlite_url, clock, tmp_path)
    await table.add_operator("anna", "7001", "Анна")
    await table.start(read_entries(HERE / "faq" / "shop.yaml").entries)
    yield table
    await table.close()


async def tell_again(table: Table, *arrivals: Arrival) -> None:
    await table.app.inbox.store([replace(one, key=f"missed:{one.key}") for one in arrivals])


def beginnings(table: Table) -> list[str]:
    """What the bot said to the questions, by the words it begins with."""
    said = [one.text for one in table.channel.sent_to("1")]
    return [words for text in said for words in (WHERE_ANSWER, RECEIPT_ANSWER) if words in text]


@pytest.mark.parametrize("is_before", [True, False], ids=["before the new one", "after the new one"])
async def test_an_answered_question_told_again_beside_a_new_one(table: Table, *, is_before: bool) -> None:
    old = await table.channel.says("1", WHERE)
    await table.settle()
    await table.advance(5.0)
    if is_before:
        await tell_again(table, old)
    new = await table.channel.says("1", RECEIPT)
    if not is_before:
        await tell_again(table, old, new)
    await table.settle()
    assert beginnings(table) == [WHERE_ANSWER, RECEIPT_ANSWER]


async def test_a_question_told_twice_before_it_is_answered(table: Table) -> None:
    """And by somebody new, whose first words these are."""
    await tell_again(table, await table.channel.says("1", WHERE))
    await table.channel.says("1", RECEIPT)
    await table.settle()
    assert beginnings(table) == [WHERE_ANSWER, RECEIPT_ANSWER]


async def test_a_call_that_was_served_is_no_call_again(table: Table) -> None:
    call = await table.channel.says("1", "оператор")
    await table.settle()
    topic = await table.desk.topic_of(1)
    assert topic is not None
    await table.desk.writes(topic, "7001", "/close")
    await table.settle()
    await tell_again(table, call)
    await table.channel.says("1", RECEIPT)
    await table.settle()
    assert beginnings(table) == [RECEIPT_ANSWER]
    assert await table.desk.topic_of(2) is None  # the bot leads it: nobody is called to it
