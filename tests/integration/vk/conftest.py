"""The pieces around the VK channel: an inbox and files in memory, and the fake VK server."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from channels.vk import VkChannel, VkSettings
from core.channel import Arrival, Cursor, StoredFile
from core.delivery import Delivery, DeliveryId
from core.errors import Permanent, Refusal
from core.event import Event
from core.message import Attachment, AttachmentKind, OutgoingMessage
from tests.fakes.vk import FakeVk

CUSTOMER = 1001


class ListInbox:
    """Keeps what is stored; `failures` are raised by the next stores."""

    def __init__(self) -> None:
        self.arrivals: dict[str, Arrival] = {}
        self.cursors: dict[str, str] = {}
        self.reports: list[str] = []
        self.failures: list[Exception] = []
        self.news = asyncio.Event()

    async def store(self, arrivals: Sequence[Arrival], cursor: Cursor | None = None) -> None:
        if self.failures:
            raise self.failures.pop(0)
        for arrival in arrivals:
            self.arrivals.setdefault(arrival.key, arrival)
        if cursor is not None:
            self.cursors[cursor.account] = cursor.value
        self.news.set()

    async def cursor(self, channel: str, account: str) -> str | None:
        return self.cursors.get(account)

    async def report(self, channel: str, problem: str) -> None:
        self.reports.append(problem)
        self.news.set()

    async def wait(self, condition: Any) -> Any:
        async with asyncio.timeout(5):
            while not (found := condition()):
                self.news.clear()
                await self.news.wait()
        return found


class DiskFiles:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, content: bytes = b"content of the file") -> str:
        (self.folder / name).write_bytes(content)
        return name

    async def get(self, attachment: Attachment) -> StoredFile:
        path = self.folder / attachment.ref
        if not path.exists():
            raise Permanent("the file is gone", Refusal.FILE)
        mime = attachment.mime or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return StoredFile(path, path.name, mime, path.stat().st_size)


class Bench:
    """The channel against the fake, with short names for what tests do."""

    def __init__(self, vk: FakeVk, folder: Path, **fields: Any) -> None:
        self.vk = vk
        self.inbox, self.files = ListInbox(), DiskFiles(folder)
        self.settings = VkSettings(
            **({"token": vk.token, "group_id": vk.group_id, "api_url": vk.base, "wait": 5} | fields)
        )
        self.channel = VkChannel(self.settings, self.files)
        self._number = 0

    def delivery(self, content: OutgoingMessage, **fields: Any) -> Delivery:
        self._number += 1
        usual: dict[str, Any] = {
            "id": DeliveryId(self._number),
            "channel": "vk",
            "account": self.channel.account,
            "address": str(CUSTOMER),
            "lane": f"vk:{CUSTOMER}",
            "content": content,
            "random_id": self._number,
        }
        return Delivery(**(usual | fields))

    async def say(self, text: str = "", to: int = CUSTOMER, **fields: Any) -> tuple[str, ...]:
        message = OutgoingMessage(text, **fields)
        return (await self.channel.send(self.delivery(message, address=str(to)))).platform_ids

    def attachment(
        self, kind: str, name: str = "file.bin", content: bytes = b"content of the file", **fields: Any
    ) -> Attachment:
        return Attachment(AttachmentKind(kind), "telegram", self.files.put(name, content), **({"name": name} | fields))

    def events(self) -> list[Event]:
        return [event for one in self.inbox.arrivals.values() for event in self.channel.parse(one.payload)]

    async def wait_for_events(self, count: int) -> list[Event]:
        return await self.inbox.wait(lambda: (found := self.events()) and len(found) >= count and found)


@pytest.fixture
async def vk() -> AsyncIterator[FakeVk]:
    async with FakeVk() as server:
        yield server
    assert server.problems == []


@pytest.fixture
async def bench(vk: FakeVk, tmp_path: Path) -> AsyncIterator[Bench]:
    """Not listening; the customer has written once."""
    vk.customer_says(CUSTOMER, "Здравствуйте")
    made = Bench(vk, tmp_path)
    yield made
    await made.channel.close()


@pytest.fixture
async def listening(bench: Bench) -> AsyncIterator[Bench]:
    """Started before the next event, so that the first greeting is not among the arrivals."""
    await bench.channel.start(bench.inbox)
    async with asyncio.TaskGroup() as group:
        listener = group.create_task(bench.channel.listen(bench.inbox))
        await bench.vk.wait_for_calls("longpoll")
        yield bench
        listener.cancel()
