"""Two groups of the desk: level 2 has one of its own, and a conversation goes where its level is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.storage.service.rules import save_rule
from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import FakeVk
from tests.integration.functions.conftest import PEOPLE
from tests.integration.functions.house import CHIEF, OPERATOR, House, Person, Seen


class Groups(House):
    """The house, and what stands in the second group."""

    def posts_there(self, thread: int) -> list[Seen]:
        return [Seen.from_telegram(one) for one in self.tg.sent(self.second, thread) if not one.deleted]

    async def shows_there(self, thread: int, text: str, count: int = 1) -> Seen:
        found = await self.wait(
            lambda: len(those := [one for one in self.posts_there(thread) if text in one.text]) >= count and those
        )
        return found[-1]  # type: ignore[no-any-return]

    def topic_there(self, name: str) -> int | None:
        topics = [one.thread for one in self.tg.topics(self.second) if not one.deleted and one.name.endswith(name)]
        return next((one for one in topics if self.posts_there(one)), None)

    def is_closed(self, chat: int, thread: int) -> bool:
        return next(bool(one.closed) for one in self.tg.topics(chat) if one.thread == thread)

    def says(self, thread: int, text: str, **fields: Any) -> Any:
        return super().says(thread, text, **{"chat": self.forum} | fields)

    def says_there(self, thread: int, text: str, member: int = OPERATOR) -> Any:
        return self.tg.member_says(member, text, thread=thread, chat=self.second)

    async def transferred(self, person: Person) -> tuple[int, int]:
        """The topic that was left, and the one in the second group."""
        old = await person.reach_the_desk()
        await person.says("заказ 17")
        await self.shows(old, "заказ 17")
        self.says(old, "/transfer 2 нужен инженер")
        new = await self.wait(lambda: self.topic_there(person.name))
        await self.wait(lambda: self.is_closed(self.forum, old))
        return old, int(new)


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Groups]:
    async with FakeTelegram() as tg, FakeVk() as page:
        made = Groups(tg, page, sqlite_url, tmp_path, has_second_group=True)
        await made.start()
        yield made
        await made.app.stop()
        assert (tg.problems, page.problems) == ([], [])


@pytest.fixture(params=PEOPLE)
def person(request: pytest.FixtureRequest, house: Groups) -> Person:
    return PEOPLE[request.param](house, "Мария Иванова")


async def test_transfer_to_the_level_of_another_group(house: Groups, person: Person) -> None:
    old, new = await house.transferred(person)
    card = house.posts_there(new)[0].text
    for words in ("👤 заказ 17", "💬 Анна: Слушаю вас", "📝 Анна: нужен инженер"):
        assert words in card
    assert "продолжается в группе линии 2" in house.posts(old)[-1].text
    said = house.says_there(new, "Инженер на связи")
    await person.gets("Инженер на связи")
    await house.wait(lambda: house.tg.reactions(house.second, said.message_id)[-1:] == ["👍"])
    await person.says("вижу вас")
    await house.shows_there(new, "вижу вас")
    assert not any("вижу вас" in one.text for one in house.posts(old))


async def test_rule_moves_to_the_level_of_another_group(house: Groups, person: Person) -> None:
    rule = {"name": "суд", "when": {"words": ["в суд"]}, "then": [{"priority": "urgent"}, {"transfer": 2}]}
    now = house.app.clock.now()
    await house.app.database.write(lambda connection: save_rule(connection, rule, "admin", now))
    await house.app.timers.tick()
    old = await person.reach_the_desk()
    await person.says("Я пойду в суд!")
    new = await house.wait(lambda: house.topic_there(person.name))
    assert "👤 Я пойду в суд!" in house.posts_there(new)[0].text
    await house.shows(old, "Правило «суд»: обращение передано линии 2")
    await house.wait(lambda: house.is_closed(house.forum, old))
    await person.gets("Передаём ваш вопрос специалистам")
    house.says_there(new, "Разберёмся")
    await person.gets("Разберёмся")


async def test_transfer_and_back(house: Groups, person: Person) -> None:
    old, new = await house.transferred(person)
    await person.says("говорю с инженером")
    await house.shows_there(new, "говорю с инженером")
    house.says_there(new, "/transfer 1")
    await house.shows(old, "👤 говорю с инженером")
    await house.wait(lambda: house.is_closed(house.second, new) and not house.is_closed(house.forum, old))
    house.says(old, "Снова я")
    await person.gets("Снова я")
    await person.says("хорошо")
    await house.shows(old, "хорошо")
    assert (len(house.tg.topics(house.forum)), len(house.tg.topics(house.second))) == (1, 1)


async def test_words_in_the_topic_that_was_left(house: Groups, person: Person) -> None:
    """Administrators can write in closed topics; who holds the conversation now reads it too."""
    old, new = await house.transferred(person)
    house.tg.member_says(CHIEF, "Ещё от меня", thread=old, chat=house.forum)
    await person.gets("Ещё от меня")
    await house.shows_there(new, "💬 Борис: Ещё от меня")
    house.tg.member_says(CHIEF, "// тихо", thread=old, chat=house.forum)
    await house.shows_there(new, "📝 Борис: тихо")
    house.tg.member_reopens_topic(CHIEF, old, chat=house.forum)
    house.tg.member_closes_topic(CHIEF, old, chat=house.forum)
    await person.says("понятно")
    await house.shows_there(new, "понятно")
    assert house.is_closed(house.forum, old)


async def test_topic_that_was_left_is_deleted(house: Groups, person: Person) -> None:
    old, new = await house.transferred(person)
    house.tg.member_deletes_topic(CHIEF, old, chat=house.forum)
    house.says_there(new, "/transfer 1")
    again = await house.wait(lambda: house.topic_of(person.name, but=old))
    card = house.posts(again)[0].text
    assert "👤 заказ 17" in card
    assert len(house.tg.topics(house.forum)) == 2
    await house.wait(lambda: house.is_closed(house.second, new))


async def test_topic_is_made_though_the_answer_was_lost(house: Groups, person: Person) -> None:
    old = await person.reach_the_desk()
    house.tg.fail_next("drop_after", method="createForumTopic")
    house.says(old, "/transfer 2")
    new = await house.wait(lambda: house.topic_there(person.name))
    await person.says("вы здесь?")
    await house.shows_there(new, "вы здесь?")
    assert len([one for one in house.tg.topics(house.second) if not one.deleted]) == 1


async def test_commands_of_leads_in_each_group(house: Groups, person: Person) -> None:
    old, new = await house.transferred(person)
    for chat, sent in ((house.forum, house.posts), (house.second, house.posts_there)):
        lounge = house.tg.member_creates_topic(OPERATOR, "старшие", chat=chat).thread
        for command in ("/queue", "/who", "/load"):
            house.tg.member_says(OPERATOR, command, thread=lounge, chat=chat)
        await house.wait(lambda sent=sent, lounge=lounge: len(sent(lounge)) == 3)
    assert old
    assert new


async def test_second_group_moves_to_a_new_id(house: Groups, person: Person) -> None:
    _, new = await house.transferred(person)
    house.second = house.tg.migrate(house.second)
    house.says_there(new, "Мы переехали, слушаю")
    await person.gets("Мы переехали, слушаю")
    await person.says("вижу вас")
    await house.shows_there(new, "вижу вас")


async def test_second_group_leaves_the_settings(house: Groups, person: Person, sqlite_url: str, tmp_path: Path) -> None:
    """The conversation goes on in the group that remains, with card and history."""
    old, _ = await house.transferred(person)
    await person.says("говорю с инженером")
    await house.keeps("говорю с инженером")
    await house.app.stop()
    again = Groups(house.tg, house.vk, sqlite_url, tmp_path, forum=house.forum)
    house.app = again.app  # stopped in the end
    await again.app.start()
    await again.shows(old, "👤 говорю с инженером")
    await again.wait(lambda: not again.is_closed(again.forum, old))
    again.says(old, "Теперь здесь")
    await person.gets("Теперь здесь")
