"""Conversations with people that began before there was an operators' group come to it, once, with card and history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.clock import FakeClock
from core.conversation import ConversationId, OperatorId
from core.event import Act, OperatorActed
from tests.dialogs.table import Table

ANNA, FIRST = OperatorId(1), ConversationId(1)


class House:
    """One database, and the processes over it, one after the other or side by side."""

    def __init__(self, url: str, clock: FakeClock, folder: Path) -> None:
        self._url, self._clock, self._folder = url, clock, folder
        self._open: list[Table] = []

    async def opens(self, *, has_desk: bool, after: Table | None = None) -> Table:
        """`after`: the platform goes on numbering where that one ended."""
        made = Table(self._url, self._clock, self._folder, has_desk=has_desk)
        if after is not None:
            made.channel._ids, made.desk._ids = after.channel._ids, after.desk._ids
        self._open.append(made)
        await made.start()
        await made.settle()
        return made

    async def ends(self, table: Table) -> None:
        self._open.remove(table)
        await table.close()

    async def close(self) -> None:
        for table in self._open:
            await table.close()


@pytest.fixture
async def house(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> AsyncIterator[House]:
    made = House(sqlite_url, clock, tmp_path)
    yield made
    await made.close()


async def _called(house: House) -> Table:
    """Somebody waits for a person, and there is no group yet."""
    table = await house.opens(has_desk=False)
    await table.add_operator("anna", "7001", "Анна")
    await table.channel.says("1", "оператор", name="Мария")
    await table.settle()
    await table.channel.says("1", "заказ 17")
    await table.settle()
    return table


async def _shown(table: Table) -> list[str]:
    topic = await table.desk.topic_of(1)
    return [post.text for post in table.desk.in_topic(topic)] if topic is not None else []


async def test_who_waits_comes_to_the_group_at_the_start(house: House) -> None:
    before = await _called(house)
    await before.channel.says("2", "какой-то вопрос")  # with the bot, so no concern of the group
    await before.settle()
    await house.ends(before)
    table = await house.opens(has_desk=True, after=before)
    (card,) = await _shown(table)
    assert card.startswith("#1 · Мария")
    assert "👤 заказ 17" in card
    assert await table.desk.topic_of(2) is None
    await table.desk.writes("", "7001", "/online")
    await table.settle()
    assert (await _shown(table))[1:] == ["➡️ Назначено: Анна"]
    assert "К вам подключился оператор" in table.channel.sent_to("1")[-1].text
    await table.channel.says("1", "вы здесь?")
    await table.settle()
    assert (await _shown(table))[2:] == ["вы здесь?"]
    await table.desk.writes(await table.desk.topic_of(1) or "", "7001", "Да, здесь")
    await table.settle()
    assert table.channel.sent_to("1")[-1].text == "Да, здесь"


async def test_who_is_served_comes_to_the_group_with_what_was_said(house: House) -> None:
    before = await _called(house)
    await before.app.acts.act(OperatorActed(ANNA, Act.REPLY, "one", FIRST, "Смотрю"))
    await before.settle()
    await house.ends(before)
    table = await house.opens(has_desk=True, after=before)
    (card,) = await _shown(table)
    assert "Анна" in card.split("\n\n", 1)[0]
    assert "💬 Анна: Смотрю" in card


async def test_second_start_shows_nothing_again(house: House) -> None:
    before = await _called(house)
    await house.ends(before)
    first = await house.opens(has_desk=True, after=before)
    assert len(await _shown(first)) == 1
    await house.ends(first)
    second = await house.opens(has_desk=True, after=first)
    assert second.desk.posts == []


async def test_closed_ones_stay_where_they_are(house: House) -> None:
    before = await _called(house)
    await before.app.acts.act(OperatorActed(ANNA, Act.CLOSE, "one", FIRST))
    await before.settle()
    await house.ends(before)
    table = await house.opens(has_desk=True, after=before)
    assert table.desk.posts == []
    await table.app.acts.act(OperatorActed(ANNA, Act.REOPEN, "two", FIRST))
    await table.settle()
    (card,) = await _shown(table)
    assert "👤 заказ 17" in card


async def test_who_called_in_a_process_without_the_group_comes_to_it_when_assigned(house: House) -> None:
    """As when a terminal was opened before the settings changed."""
    table = await house.opens(has_desk=True)
    await _called(house)
    assert await _shown(table) == []
    await table.desk.writes("", "7001", "/online")
    await table.settle()
    card, assigned = await _shown(table)
    assert "👤 заказ 17" in card
    assert "К вам подключился" not in card
    assert assigned == "➡️ Назначено: Анна"


async def test_words_come_after_the_card_and_once(house: House) -> None:
    """A process without the group had the call; the one with it hears the next words."""
    table = await house.opens(has_desk=True)
    other = await _called(house)
    table.channel._ids = other.channel._ids
    await table.channel.says("1", "и ещё")
    await table.settle()
    card, words = await _shown(table)
    assert "и ещё" not in card
    assert words == "и ещё"
