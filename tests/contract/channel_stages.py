"""A stage for every channel: the channel, an inbox, and the world behind it."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Sequence

import pytest

from channels.memory import MemoryChannel
from channels.telegram import TelegramChannel, TelegramClient, TelegramSettings
from channels.telegram.incoming.receive import Pauses
from channels.terminal import TerminalChannel, TerminalSettings
from channels.vk import VkChannel, VkSettings
from core.channel import Arrival, Channel, Cursor, StoredFile
from core.delivery import Delivery, DeliveryId, DeskPost
from core.errors import ChannelError, Permanent, Refusal, Retryable
from core.message import Attachment, OutgoingMessage
from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import FakeVk

CUSTOMER = 1001


class KeepingInbox:
    """Keeps every store, also those that fail: what counts is what was offered, and what was kept."""

    def __init__(self) -> None:
        self.offered: list[Arrival] = []
        self.kept: dict[str, Arrival] = {}
        self.cursors: dict[str, str] = {}
        self.failures = 0

    async def store(self, arrivals: Sequence[Arrival], cursor: Cursor | None = None) -> None:
        self.offered += arrivals
        if self.failures and arrivals:
            self.failures -= 1
            raise OSError("disk full")
        self.kept |= {arrival.key: arrival for arrival in arrivals}
        if cursor is not None:
            self.cursors[cursor.channel] = cursor.value

    async def cursor(self, channel: str, account: str) -> str | None:
        return self.cursors.get(channel)

    async def report(self, channel: str, problem: str) -> None: ...


class NoFiles:
    async def get(self, attachment: Attachment) -> StoredFile:
        raise Permanent("no such file", Refusal.FILE)


class Stage:
    """A channel and the world behind it."""

    channel: Channel

    def __init__(self) -> None:
        self.inbox = KeepingInbox()

    async def open(self) -> None:
        await self.channel.start(self.inbox)

    async def says(self, text: str) -> None:
        """A customer writes; the channel may or may not be listening."""
        raise NotImplementedError

    async def presses(self, label: str) -> None:
        raise NotImplementedError

    def shown(self) -> list[str]:
        """What the customer got, edits applied."""
        raise NotImplementedError

    def fail(self, how: str) -> None:
        """The next send: "blocked", "broken" (before its effect), "lost" (after it)."""
        raise NotImplementedError

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """As the roof does it: a listener that fails is started again."""

        async def keep_listening() -> None:
            while True:
                with contextlib.suppress(OSError):
                    await self.channel.listen(self.inbox)
                    return

        async with asyncio.TaskGroup() as group:
            task = group.create_task(keep_listening())
            yield
            task.cancel()

    async def close(self) -> None:
        await self.channel.close()

    def delivery(self, content: OutgoingMessage | DeskPost, number: int = 1) -> Delivery:
        lane = f"{self.channel.name}:{CUSTOMER}"
        return Delivery(
            DeliveryId(number), self.channel.name, self.channel.account, str(CUSTOMER), lane, content, -number
        )

    async def kept(self, count: int) -> list[Arrival]:
        async with asyncio.timeout(5):
            while len(self.inbox.kept) < count:
                await asyncio.sleep(0.005)
        return list(self.inbox.kept.values())


class MemoryStage(Stage):
    def __init__(self) -> None:
        super().__init__()
        self.channel = self.memory = MemoryChannel()

    async def says(self, text: str) -> None:
        try:
            await self.memory.says(str(CUSTOMER), text)
        except OSError:
            await self.memory.repeat(self.memory.arrivals[-1])

    async def presses(self, label: str) -> None:
        await self.memory.presses(str(CUSTOMER), label)

    def shown(self) -> list[str]:
        return [message.text for message in self.memory.view(str(CUSTOMER))]

    def fail(self, how: str) -> None:
        is_blocked = how == "blocked"
        error: ChannelError = Permanent("x", Refusal.UNREACHABLE) if is_blocked else Retryable("x", is_uncertain=True)
        self.memory.fail_next(error, after_effect=how == "lost")


class TerminalStage(Stage):
    """The input is a script; a line that could not be stored is gone, as a terminal cannot repeat it."""

    def __init__(self) -> None:
        super().__init__()
        self.screen = io.StringIO()
        self.lines: list[str] = []
        self._restart()

    def _restart(self) -> None:
        source = io.StringIO("".join(f"{line}\n" for line in self.lines))
        settings = TerminalSettings(name=str(CUSTOMER), patience=0.01, quiet=0.01)
        self.channel = TerminalChannel(settings, source, self.screen)

    async def says(self, text: str) -> None:
        self.channel._source.write(f"{text}\n")  # type: ignore[attr-defined]
        self.channel._source.seek(0)  # type: ignore[attr-defined]

    presses = says

    def shown(self) -> list[str]:
        return [words for words in self.screen.getvalue().split("\n\n") if words]

    def fail(self, how: str) -> None:
        if how != "blocked":
            pytest.skip("a terminal takes what is printed")
        self.screen.close()


class VkStage(Stage):
    def __init__(self, vk: FakeVk) -> None:
        super().__init__()
        self.vk = vk
        vk.customer_says(CUSTOMER, "раньше")
        self.channel = VkChannel(VkSettings(token=vk.token, group_id=vk.group_id, api_url=vk.base, wait=1), NoFiles())

    async def says(self, text: str) -> None:
        await self.vk.wait_for_calls("longpoll")
        self.vk.customer_says(CUSTOMER, text)

    async def presses(self, label: str) -> None:
        await self.vk.wait_for_calls("longpoll")
        self.vk.customer_presses(CUSTOMER, label)

    def shown(self) -> list[str]:
        return [message["text"] for message in self.vk.view(CUSTOMER) if message["from_id"] < 0]

    def fail(self, how: str) -> None:
        if how == "blocked":
            self.vk.customer_denies(CUSTOMER)
        else:
            self.vk.fail_next({"broken": "500", "lost": "drop_after"}[how], method="messages.send")


class TelegramStage(Stage):
    def __init__(self, tg: FakeTelegram) -> None:
        super().__init__()
        self.tg = tg
        tg.add_user(CUSTOMER, first_name="Анна")
        client = TelegramClient(TelegramSettings(token=tg.token, api_url=tg.base), request_time=5.0)
        self.channel = TelegramChannel(client, NoFiles(), pauses=Pauses(poll=1, first=0.01, longest=0.05))

    async def open(self) -> None:
        self.tg.customer_says(CUSTOMER, "раньше")
        await super().open()
        async with self.listening():
            await self.kept(1)
        self.inbox.kept.clear()
        self.inbox.offered.clear()

    async def says(self, text: str) -> None:
        self.tg.customer_says(CUSTOMER, text)

    async def presses(self, label: str) -> None:
        self.tg.customer_presses(CUSTOMER, label)

    def shown(self) -> list[str]:
        return [message["text"] for message in self.tg.view(CUSTOMER) if message["from"]["is_bot"]]

    def fail(self, how: str) -> None:
        if how == "blocked":
            self.tg.customer_blocks(CUSTOMER)
        else:
            self.tg.fail_next({"broken": "500", "lost": "drop_after"}[how], method="sendMessage")
