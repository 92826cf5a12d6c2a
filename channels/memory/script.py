"""What the scripted channel and desk have in common: arrivals, failures on demand, waiting."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from core.channel import Arrival, Capabilities, Hook, Inbox
from core.delivery import Delivery
from core.errors import Permanent, Refusal
from core.finding import Finding
from core.message import Attachment, AttachmentKind, IncomingMessage

T = TypeVar("T")


class Scripted:
    """What channel and desk have in common: arrivals, scripted failures, waiting for something to be there."""

    name: str
    account: str
    capabilities: Capabilities

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.acknowledged: list[Mapping[str, Any]] = []
        self.contents: dict[str, bytes] = {}
        self.is_closed = False
        self._inbox: Inbox | None = None
        self._failures: list[tuple[Exception | None, bool, str | None]] = []
        self._ids: defaultdict[str, int] = defaultdict(int)
        self._changed = asyncio.Event()

    async def start(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def listen(self, inbox: Inbox) -> None:
        self._inbox = inbox
        await asyncio.Event().wait()

    def hooks(self, inbox: Inbox) -> Sequence[Hook]:
        return ()

    async def acknowledge(self, payload: Mapping[str, Any]) -> None:
        self.acknowledged.append(payload)

    async def fetch(self, attachment: Attachment, to: Path) -> None:
        if attachment.ref not in self.contents:
            raise Permanent("no such file", Refusal.FILE)
        await asyncio.to_thread(to.write_bytes, self.contents[attachment.ref])

    async def check(self) -> Sequence[Finding]:
        return (Finding("ok", self.name, "memory_fine"),)

    async def names(self, addresses: Sequence[str]) -> Mapping[str, str]:
        return {}

    async def ready(self, delivery: Delivery) -> float:
        return 0.0

    async def close(self) -> None:
        self.is_closed = True

    def fail_next(
        self, error: Exception | None, *, after_effect: bool = False, address: str | None = None, times: int = 1
    ) -> None:
        """Let the next sends (to `address`) raise `error`, before or after their effect; None lets one pass."""
        self._failures += [(error, after_effect, address)] * times

    async def repeat(self, arrival: Arrival) -> None:
        """The platform gives the same event again."""
        await self._store(arrival)

    async def wait_for(self, found: Callable[[], T], within: float = 5.0) -> T:
        """The first true value of `found()`, looked at after every arrival and sending."""
        async with asyncio.timeout(within):
            while not (value := found()):
                self._changed.clear()
                await self._changed.wait()
        return value

    def _next_id(self, place: str) -> str:
        self._ids[place] += 1
        return str(self._ids[place])

    async def _arrive(self, lane: str, payload: dict[str, Any]) -> Arrival:
        arrival = Arrival(self.name, self.account, self._next_id("arrival"), f"{self.name}:{lane}", payload)
        self.arrivals.append(arrival)
        await self._store(arrival)
        return arrival

    async def _store(self, arrival: Arrival) -> None:
        if self._inbox is None:
            raise RuntimeError("start the channel first")
        await self._inbox.store([arrival])
        self._changed.set()

    def _failure(self, address: str) -> tuple[Exception | None, bool]:
        for place, (error, after_effect, only) in enumerate(self._failures):
            if only in (None, address):
                del self._failures[place]
                return error, after_effect
        return None, False

    def _file(self, kind: AttachmentKind | str, content: bytes, **fields: Any) -> Attachment:
        ref = ""
        if content:
            ref = f"file{len(self.contents) + 1}"
            self.contents[ref] = content
        return Attachment(AttachmentKind(kind), self.name, ref, size=len(content) or None, **fields)


def write_message(origin_id: str, text: str, **fields: Any) -> dict[str, Any]:
    """A message as JSON; `at` is its moment."""
    at: datetime | None = fields.pop("at", None)
    fields["attachments"] = [asdict(attachment) for attachment in fields.get("attachments", ())]
    return {"origin_id": origin_id, "text": text, "sent_at": at.isoformat() if at else None, **fields}


def read_message(raw: Mapping[str, Any]) -> IncomingMessage:
    fields = dict(raw)
    sent_at = fields.pop("sent_at", None)
    attachments = tuple(
        Attachment(**{**item, "kind": AttachmentKind(item["kind"])}) for item in fields.pop("attachments", ())
    )
    lost = tuple(fields.pop("lost", ()))
    if not isinstance(fields.get("text", ""), str) or not isinstance(fields["origin_id"], str):
        raise ValueError("a message without id or text")
    return IncomingMessage(
        **fields, attachments=attachments, lost=lost, sent_at=datetime.fromisoformat(sent_at) if sent_at else None
    )
