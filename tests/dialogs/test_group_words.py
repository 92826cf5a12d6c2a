"""What the group says to operators who mistype, ask for help, or leave something out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.storage.operators import add_operator
from core.clock import FakeClock
from faq.entry import Entry
from handoff.operators import Role
from tests.dialogs.table import Table

VERA = "7003"  # a supervisor


class Group:
    """The group of a table, where one conversation has its topic; "" is outside the topics."""

    def __init__(self, table: Table, topic: str) -> None:
        self.table, self.topic = table, topic

    async def says(self, words: str, topic: str | None = None) -> str:
        """The answer to what Vera writes, in the conversation's topic or another; "" when there is none."""
        there = self.topic if topic is None else topic
        before = len(self.table.desk.posts)
        await self.table.desk.writes(there, VERA, words)
        await self.table.settle()
        return "\n".join(post.text for post in self.table.desk.posts[before + 1 :] if post.topic == there)

    def labels(self) -> list[str]:
        """What can be pressed under the last post of the conversation's topic."""
        post: Any = self.table.desk.in_topic(self.topic)[-1].content
        return [button.label for row in post.buttons for button in row]


ENTRIES = [
    Entry("return-days", "Возврат", "Сколько дней на возврат?", "Четырнадцать дней.", ("срок возврата",)),
    Entry("pay", "Оплата", "Как оплатить?", "Картой.", ("способы оплаты",)),
]


@pytest.fixture
async def group(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Group]:
    table = Table(sqlite_url, clock, tmp_path)
    now = clock.now()
    await table.database.write(
        lambda connection: add_operator(connection, "vera", Role.SUPERVISOR, now, telegram_id=VERA, name="Вера")
    )
    await table.start(ENTRIES)
    await table.channel.says("1", "оператор", name="Мария")
    await table.settle()
    topic = await table.desk.topic_of(1)
    assert topic is not None
    yield Group(table, topic)
    await table.close()


async def test_help_outside_the_topics(group: Group) -> None:
    told = await group.says("/help", topic="")
    for command in ("/online", "/queue", "/who", "/followups", "/canned", "/faq", "/alerts"):
        assert command in told.split("В теме обращения")[0]
    assert "В теме обращения" in told
    assert "/take" in told.split("В теме обращения")[1]
    assert "Всё, что вы пишете в теме, уходит клиенту" in await group.says("/help")


async def test_mistyped_command_is_named(group: Group) -> None:
    assert await group.says("/ofline", topic="") == "Команды /ofline нет. Список команд: /help"
    assert await group.says("/take", topic="") == "Эта команда работает в теме обращения."
    assert await group.says("кто на обед?", topic="") == ""
    assert "Нет команды /ofline" in await group.says("/ofline")


async def test_canned_reply_with_an_unknown_variable_is_not_kept(group: Group) -> None:
    assert await group.says("/canned плохая\nДобрый день, {foo}!", topic="") == "Таких подстановок нет: foo."
    assert "плохая" not in await group.says("/canned", topic="")
    assert await group.says("/canned хорошая\nДобрый день, {имя}!", topic="") == ""
    assert "Заготовки: хорошая" in await group.says("/canned", topic="")
    await group.says("/c хорошая")
    assert group.table.channel.sent_to("1")[-1].text == "Добрый день, Мария!"


async def test_transfer_to_nobody_says_how(group: Group) -> None:
    assert await group.says("/transfer") == "Кому передать? Можно и так: /transfer логин причина"
    assert group.labels() == ["Линия 1", "Линия 2", "Линия 3"]
    assert "Не знаю, кому передать: «олег»" in await group.says("/transfer Олег")


@pytest.mark.parametrize("word", ["срочно", "Срочно", "urgent", "Urgent"])
async def test_priority_is_taken_as_it_is_shown(group: Group, word: str) -> None:
    assert await group.says(f"/priority {word}") == ""
    assert "срочность: срочно" in await group.says("/card")
    await group.says("/priority обычная")
    assert "срочность" not in await group.says("/card")
    told = await group.says("/priority скорее")
    for shown in ("низкая", "обычная", "высокая", "срочно", "urgent"):
        assert shown in told


async def test_unknown_entry_suggests_only_what_is_near(group: Group) -> None:
    assert await group.says("/faq show nope") == "Вопроса с кодом «nope» нет. Код подскажет /faq СЛОВА."
    told = await group.says("/faq show retrun-days")
    assert "Может быть, один из этих?" in told
    assert "return-days" in told
    assert "pay" not in told
