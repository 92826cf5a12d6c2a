"""Several groups of one desk: each with topics, an id and twenty a minute of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from channels.telegram.desk import TelegramDesk
from channels.telegram.wire.pace import GroupPace
from core.conversation import ConversationId
from core.delivery import Delivery, DeskAct, DeskPost
from core.errors import Retryable
from core.event import OperatorWrote, TopicSeen
from tests.fakes.telegram import FakeTelegram
from tests.integration.telegram.conftest import CUSTOMER, Bench
from tests.integration.telegram.test_group_limit import SmallOutbox


class TwoGroups(Bench):
    def __init__(self, tg: FakeTelegram, folder: Path) -> None:
        tg.customer_says(CUSTOMER, "/start")
        self.second = tg.add_forum(members=[7001, 7002])
        forum = tg.add_forum(members=[7001, 7002])
        super().__init__(tg, folder, desk_chat=forum, further_chats=(self.second,))

    def to_second(self, text: str = "", **fields: Any) -> Delivery:
        post = DeskPost(**({"act": DeskAct.POST, "text": text, "topic_name": "#1 Анна", "is_relay": True} | fields))
        return self.delivery(post, address=str(self.second))

    @property
    def topics_there(self) -> dict[ConversationId, str]:
        return self.further[str(self.second)].bound


@pytest.fixture
async def groups(tg: FakeTelegram, tmp_path: Path) -> AsyncIterator[TwoGroups]:
    made = TwoGroups(tg, tmp_path)
    await made.channel.start(made.inbox)
    await made.desk.start(made.inbox)
    yield made
    await made.channel.close()


async def test_one_conversation_has_a_topic_in_each(groups: TwoGroups) -> None:
    await groups.post("здесь")
    await groups.desk.send(groups.to_second("там"))
    here, there = groups.topics.bound[ConversationId(1)], groups.topics_there[ConversationId(1)]
    assert [one.text for one in groups.tg.sent(groups.forum, int(here))] == ["здесь"]
    assert [one.text for one in groups.tg.sent(groups.second, int(there))] == ["там"]
    await groups.act(DeskAct.CLOSE)
    assert groups.tg.topics(groups.forum)[0].closed
    assert not groups.tg.topics(groups.second)[0].closed


async def test_a_complaint_slows_one_group_only(groups: TwoGroups) -> None:
    groups.tg.fail_next("429", method="sendMessage", retry_after=20, chat=groups.second)
    first = groups.to_second("один")
    with pytest.raises(Retryable):
        await groups.desk.send(first)
    assert 19 < await groups.desk.ready(first) <= 20
    assert groups.desk.merge([first, groups.to_second("два")]) == 2
    own = [groups.delivery(DeskPost(DeskAct.POST, text=text, is_relay=True)) for text in ("три", "четыре")]
    assert await groups.desk.ready(own[0]) == 0
    assert groups.desk.merge(own) == 1
    assert groups.desk.merge([first, *own]) == 1  # never into one message with another group's


async def test_the_limit_outlives_the_process_in_each(groups: TwoGroups) -> None:
    groups.tg.fail_next("429", method="sendMessage", retry_after=20, chat=groups.second)
    with pytest.raises(Retryable):
        await groups.desk.send(groups.to_second("один"))
    again = TelegramDesk(groups.client, groups.files, groups.topics, further=groups.further)
    await again.start(groups.inbox)
    assert again.merge([groups.to_second("раз"), groups.to_second("два")]) == 2
    own = [groups.delivery(DeskPost(DeskAct.POST, text=text, is_relay=True)) for text in ("три", "четыре")]
    assert again.merge(own) == 1


async def test_each_has_its_twenty_a_minute(tmp_path: Path) -> None:
    """With a minute of one second: both keep their own, nothing is lost, and neither waits for the other."""
    async with FakeTelegram(forum_rate=20, minute_s=1.0) as tg:
        bench = TwoGroups(tg, tmp_path)
        paces = [GroupPace(bench.notebook, name, minute=1.05) for name in ("one", "two")]
        desk = TelegramDesk(
            bench.client,
            bench.files,
            bench.topics,
            further=bench.further,
            group_pace=paces[0],
            further_paces={str(bench.second): paces[1]},
        )
        outbox = SmallOutbox(desk)
        for number in range(60):
            conversation = ConversationId(number % 10 + 1)
            post = DeskPost(DeskAct.POST, text=f"{number}", topic_name=f"#{conversation} клиент", is_relay=True)
            chat = bench.second if conversation % 2 else bench.forum
            lane = f"desk:{conversation}"
            delivery = bench.delivery(post, conversation_id=conversation, lane=lane, address=str(chat))
            outbox.lanes[lane].append(delivery)
        await outbox.run()
        for conversation in range(1, 11):
            chat, bound = (bench.second, bench.topics_there) if conversation % 2 else (bench.forum, bench.topics.bound)
            sent = tg.sent(chat, int(bound[ConversationId(conversation)]))
            words = " ".join(one.text for one in sent).split()
            assert words == [str(number) for number in range(60) if number % 10 + 1 == conversation]
        assert all(pace.is_limited for pace in paces)
        assert tg.problems == []
        await bench.channel.close()


async def test_members_are_heard_in_each(groups: TwoGroups) -> None:
    await groups.desk.send(groups.to_second("карточка"))
    topic = int(groups.topics_there[ConversationId(1)])
    groups.tg.member_says(7001, "там", thread=topic, chat=groups.second)
    groups.tg.member_says(7002, "здесь", chat=groups.forum)
    async with asyncio.TaskGroup() as running:
        listener = running.create_task(groups.channel.listen(groups.inbox))
        await groups.tg.wait_for_confirmed()
        listener.cancel()
    wrote = [event for event in groups.events() if isinstance(event, OperatorWrote)]
    assert {(event.desk, event.topic, event.message.text) for event in wrote} == {
        (str(groups.second), str(topic), "там"),
        (str(groups.forum), "", "здесь"),
    }
    (seen,) = [event for event in groups.events() if isinstance(event, TopicSeen)]
    assert (seen.desk, seen.topic) == (str(groups.second), str(topic))
    lanes = {one.lane for one in groups.inbox.arrivals.values() if one.channel == "telegram_desk"}
    assert len(lanes) == 2


async def test_second_group_moved_unheard(groups: TwoGroups) -> None:
    await groups.desk.send(groups.to_second("карточка"))
    new = groups.tg.migrate(groups.second)
    await groups.desk.send(groups.to_second("вопрос"))
    assert groups.tg.sent(new)[-1].text == "вопрос"
    assert groups.client.desk_chat == groups.forum
    again = type(groups.client)(groups.client.settings, groups.notebook)
    await again.introduce()
    assert again.chat_of(str(groups.second)) == new
    assert again.home_of(new) == str(groups.second)
    await again.close()


async def test_doctor_looks_at_each(groups: TwoGroups) -> None:
    assert {finding.level for finding in await groups.channel.check()} == {"ok"}
    groups.tg.kick_bot(groups.second)
    *_, first, second = await groups.channel.check()
    assert first.level == "ok"
    assert second.level == "fatal"
    assert str(groups.second) in second.subject
