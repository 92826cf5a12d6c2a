"""The group's twenty a minute, with a minute of one second: everything arrives, in order, in its topic."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from pathlib import Path

from channels.telegram.desk import TelegramDesk
from channels.telegram.wire.pace import GroupPace
from core.conversation import ConversationId
from core.delivery import Delivery, DeskAct, DeskPost
from core.errors import Retryable
from tests.fakes.telegram import FakeTelegram
from tests.integration.telegram.conftest import Bench


class SmallOutbox:
    """One lane at a time, oldest first, as the outbox does it."""

    def __init__(self, desk: TelegramDesk) -> None:
        self.desk = desk
        self.lanes: dict[str, deque[Delivery]] = defaultdict(deque)
        self.waits = 0

    async def run_lane(self, lane: deque[Delivery]) -> None:
        while lane:
            wait = await self.desk.ready(lane[0])
            if wait > 0:
                await asyncio.sleep(wait)
                continue
            count = self.desk.merge(list(lane))
            batch = [lane[place] for place in range(count)]
            try:
                await (self.desk.send_merged(batch) if count > 1 else self.desk.send(batch[0]))
            except Retryable as error:
                assert not error.counts  # noqa: PT017
                self.waits += 1
                await asyncio.sleep(error.after or 0.01)
                continue
            for _ in batch:
                lane.popleft()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for lane in self.lanes.values():
                group.create_task(self.run_lane(lane))


async def test_bursts_of_many_customers(tmp_path: Path) -> None:
    async with FakeTelegram(forum_rate=20, minute_s=1.0) as tg:
        bench = Bench(tg, tmp_path, desk_chat=tg.add_forum(members=[7001]))
        pace = GroupPace(bench.notebook, "limited", minute=1.05)
        outbox = SmallOutbox(TelegramDesk(bench.client, bench.files, bench.topics, group_pace=pace))
        for number in range(60):
            conversation = ConversationId(number % 10 + 1)
            post = DeskPost(DeskAct.POST, text=f"{number}", topic_name=f"#{conversation} клиент", is_relay=True)
            delivery = bench.delivery(post, conversation_id=conversation, lane=f"telegram_desk:{conversation}")
            outbox.lanes[delivery.lane].append(delivery)
        await outbox.run()
        assert len(tg.topics()) == 10
        for conversation in range(1, 11):
            sent = tg.sent(bench.forum, int(bench.topics.bound[ConversationId(conversation)]))
            words = " ".join(one.text for one in sent).split()
            assert words == [str(number) for number in range(60) if number % 10 + 1 == conversation]
        assert tg.problems == []
        assert outbox.waits <= 10  # the first complaint reaches every lane that was under way; later there are none
        await bench.channel.close()
