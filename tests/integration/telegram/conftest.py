"""The pieces around the channel: an inbox, files and topics in memory, and the fake Bot API server."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from channels.telegram import TelegramChannel, TelegramClient, TelegramDesk, TelegramSettings
from channels.telegram.incoming.receive import Pauses
from channels.telegram.wire.notebook import MemoryNotebook
from channels.telegram.wire.pace import GroupPace
from core.channel import Arrival, Cursor, StoredFile
from core.conversation import ConversationId
from core.delivery import Delivery, DeliveryId, DeskAct, DeskPost
from core.errors import Permanent, Refusal
from core.event import Event
from core.message import Attachment, OutgoingMessage
from tests.fakes.telegram import FakeTelegram

CUSTOMER = 1001
PAUSES = Pauses(poll=5, first=0.01, longest=0.05, conflict=0.02, refused=0.02)


class ListInbox:
    def __init__(self) -> None:
        self.arrivals: dict[str, Arrival] = {}
        self.reports: list[tuple[str, str]] = []
        self.news = asyncio.Event()

    async def store(self, arrivals: Sequence[Arrival], cursor: Cursor | None = None) -> None:
        for arrival in arrivals:
            self.arrivals.setdefault(arrival.key, arrival)
        self.news.set()

    async def cursor(self, channel: str, account: str) -> str | None:
        return None

    async def report(self, channel: str, problem: str) -> None:
        self.reports.append((channel, problem))
        self.news.set()

    async def wait(self, condition: Any) -> Any:
        async with asyncio.timeout(5):
            while not (found := condition()):
                self.news.clear()
                await self.news.wait()
        return found

    async def wait_for(self, count: int) -> list[Arrival]:
        await self.wait(lambda: len(self.arrivals) >= count)
        return list(self.arrivals.values())


class DiskFiles:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[Attachment] = []

    async def get(self, attachment: Attachment) -> StoredFile:
        self.asked.append(attachment)
        path = self.folder / attachment.ref
        if not path.exists():
            raise Permanent("the file is gone", Refusal.FILE)
        mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return StoredFile(path, path.name, mime, path.stat().st_size)


@dataclass
class DictTopics:
    bound: dict[ConversationId, str] = field(default_factory=dict)
    begun: set[ConversationId] = field(default_factory=set)

    async def find(self, conversation_id: ConversationId) -> str | None:
        return self.bound.get(conversation_id)

    async def was_tried(self, conversation_id: ConversationId) -> bool:
        return conversation_id in self.begun and conversation_id not in self.bound

    async def begin(self, conversation_id: ConversationId) -> None:
        self.begun.add(conversation_id)

    async def bind(self, conversation_id: ConversationId, topic: str) -> None:
        self.bound.setdefault(conversation_id, topic)


class Bench:
    """The bot's two channels against the fake, with short names for what tests do."""

    def __init__(self, tg: FakeTelegram, folder: Path, **settings: Any) -> None:
        self.tg = tg
        self.inbox, self.files, self.topics = ListInbox(), DiskFiles(folder), DictTopics()
        self.notebook = MemoryNotebook()
        self.forum: int = settings.get("desk_chat") or 0
        settings = {"token": tg.token, "api_url": tg.base} | settings
        self.client = TelegramClient(TelegramSettings(**settings), self.notebook, request_time=5.0)
        self.channel = TelegramChannel(self.client, self.files, pauses=PAUSES)
        self.pace = GroupPace(self.notebook, "limited", minute=60.0)
        self.further = {str(chat): DictTopics() for chat in settings.get("further_chats", ())}
        self.desk = TelegramDesk(
            self.client, self.files, self.topics, further=self.further, group_pace=self.pace, update_time=0.05
        )
        self._number = 0

    def delivery(self, content: OutgoingMessage | DeskPost, **fields: Any) -> Delivery:
        self._number += 1
        is_desk = isinstance(content, DeskPost)
        usual: dict[str, Any] = {
            "id": DeliveryId(self._number),
            "channel": "telegram_desk" if is_desk else "telegram",
            "account": self.channel.account,
            "address": str(self.forum if is_desk else CUSTOMER),
            "lane": "telegram_desk:1" if is_desk else f"telegram:{CUSTOMER}",
            "content": content,
            "random_id": self._number,
            "conversation_id": ConversationId(1) if is_desk else None,
        }
        return Delivery(**(usual | fields))

    async def say(self, text: str = "", **fields: Any) -> tuple[str, ...]:
        address = str(fields.pop("to", CUSTOMER))
        return (await self.channel.send(self.delivery(OutgoingMessage(text, **fields), address=address))).platform_ids

    async def post(self, text: str = "", conversation: int | None = 1, **fields: Any) -> tuple[str, ...]:
        content = DeskPost(**({"act": DeskAct.POST, "text": text, "topic_name": f"#{conversation} Анна"} | fields))
        number = None if conversation is None else ConversationId(conversation)
        return (await self.desk.send(self.delivery(content, conversation_id=number))).platform_ids

    async def act(self, act: DeskAct, **fields: Any) -> tuple[str, ...]:
        return await self.post(**({"act": act} | fields))

    def events(self) -> list[Event]:
        """What all arrivals so far mean."""
        readers = {"telegram": self.channel, "telegram_desk": self.desk}
        return [event for one in self.inbox.arrivals.values() for event in readers[one.channel].parse(one.payload)]

    async def event(self, kind: type[Any]) -> Any:
        return await self.inbox.wait(lambda: next((event for event in self.events() if isinstance(event, kind)), None))


@pytest.fixture
async def tg() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server
    # the schema has no type for albums that mix photos and videos, though the text beside it allows them
    assert [one for one in server.problems if one["method"] != "sendMediaGroup"] == []


@pytest.fixture
async def bench(tg: FakeTelegram, tmp_path: Path) -> AsyncIterator[Bench]:
    """Started, not listening; with a desk of two members."""
    tg.customer_says(CUSTOMER, "/start")
    forum = tg.add_forum(members=[7001, 7002])
    made = Bench(tg, tmp_path, desk_chat=forum)
    await made.channel.start(made.inbox)
    await made.desk.start(made.inbox)
    yield made
    await made.channel.close()


@pytest.fixture
async def listening(bench: Bench) -> AsyncIterator[Bench]:
    async with asyncio.TaskGroup() as group:
        listener = group.create_task(bench.channel.listen(bench.inbox))
        yield bench
        listener.cancel()
