"""The website for the contract of channels: the port's twin in memory, and a visitor who tries again."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

from channels.website import Own, Visitor, WebsiteChannel, WebsiteSettings
from core.channel import Arrival
from core.delivery import Delivery
from core.errors import Permanent, Refusal, Retryable
from core.message import OutgoingMessage
from tests.contract.channel_stages import CUSTOMER, KeepingInbox, NoFiles, Stage


@dataclass
class Shown:
    key: str
    content: OutgoingMessage


class MemoryChats:
    """channels.website.Chats without a database."""

    def __init__(self, inbox: KeepingInbox) -> None:
        self._inbox = inbox
        self.own: dict[str, Own] = {}
        self.shown: dict[str, Shown] = {}
        self.files: dict[str, bytes] = {}
        self.typing: list[tuple[str, str]] = []
        self.trouble = ""

    async def take(self, visitor: Visitor, own: Own, arrival: Arrival) -> int:
        await self._inbox.store([arrival])
        self.own.setdefault(own.key, own)
        return list(self.own).index(own.key) + 1

    async def show(self, delivery: Delivery) -> str:
        assert isinstance(delivery.content, OutgoingMessage)
        trouble, self.trouble = self.trouble, ""
        if trouble == "blocked":
            raise Permanent("nobody is there", Refusal.UNREACHABLE)
        if trouble == "broken":
            raise Retryable("the database is away", is_uncertain=True)
        key = f"d.{delivery.id}"
        if target := delivery.content.edit_of:
            if target not in self.shown:
                raise Permanent("it is not there", Refusal.NOT_FOUND)
            self.shown[target] = Shown(target, replace(delivery.content, edit_of=""))
            key = target
        else:
            self.shown.setdefault(key, Shown(key, delivery.content))
        if trouble == "lost":
            raise Retryable("the answer was lost", is_uncertain=True)
        return key

    async def read_file(self, ref: str, to: Path) -> None:
        if ref not in self.files:
            raise Permanent("the file is gone", Refusal.FILE)
        to.write_bytes(self.files[ref])

    async def show_typing(self, address: str, name: str) -> None:
        self.typing.append((address, name))


class WebsiteStage(Stage):
    """A browser sends again, with the same nonce, until it is told that the message was stored."""

    def __init__(self) -> None:
        super().__init__()
        self.chats = MemoryChats(self.inbox)
        self.channel = self.website = WebsiteChannel(WebsiteSettings(), NoFiles(), self.chats)
        self._count = 0

    def _nonce(self) -> str:
        self._count += 1
        return f"nonce-{self._count:04}"

    async def says(self, text: str) -> None:
        nonce = self._nonce()
        while True:
            with contextlib.suppress(OSError):
                await self.website.says(Visitor(str(CUSTOMER)), nonce, text)
                return

    async def presses(self, label: str) -> None:
        shown = list(self.chats.shown.values())[-1]
        button = next(one for row in shown.content.buttons for one in row if label in one.label)
        await self.website.presses(Visitor(str(CUSTOMER)), self._nonce(), shown.key, button.token, button.label)

    def shown(self) -> list[str]:
        return [one.content.text for one in self.chats.shown.values()]

    def fail(self, how: str) -> None:
        self.chats.trouble = how
