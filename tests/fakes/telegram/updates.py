"""The queue of updates: kept until confirmed, forgotten when too old, one poller at a time."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

from tests.fakes.changes import Changes
from tests.fakes.telegram.refusal import Refusal

ON_REQUEST_ONLY = {"chat_member", "message_reaction", "message_reaction_count"}
CALLBACK_LIFE_S, MESSAGE_LIFE_S = 150.0, 86400.0


@dataclass(slots=True)
class Update:
    id: int
    body: str
    queue: tuple[str, int]
    expires_at: float


class Updates:
    """Changed under the fake's lock only."""

    def __init__(self, first_id: int) -> None:
        self.waiting: dict[int, Update] = {}
        self.allowed: list[str] | None = None
        self.next_id = first_id
        self.arrivals = Changes()
        self._poller: asyncio.Future[None] | None = None
        self._poller_loop: asyncio.AbstractEventLoop | None = None

    def allows(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in ON_REQUEST_ONLY

    def add(self, kind: str, content: dict[str, Any], queue: tuple[str, int]) -> int | None:
        """None when the bot has not asked for this kind."""
        if not self.allows(kind):
            return None
        life = CALLBACK_LIFE_S if kind == "callback_query" else MESSAGE_LIFE_S
        return self.add_raw({kind: content}, queue, life)

    def add_raw(self, update: dict[str, Any], queue: tuple[str, int], life: float = MESSAGE_LIFE_S) -> int:
        number = update.setdefault("update_id", self.next_id)
        self.next_id = max(self.next_id, number) + 1
        body = json.dumps({"update_id": number} | update, ensure_ascii=False)
        self.waiting[number] = Update(number, body, queue, time.time() + life)
        self.arrivals.notify()
        return int(number)

    def confirm(self, number: int) -> None:
        self.waiting.pop(number, None)

    def take(self, offset: int, limit: int) -> list[Update]:
        """What a poll with this offset sees; everything below the offset is confirmed by it."""
        if offset < 0:
            kept = list(self.waiting)[offset:]
            self.waiting = {number: self.waiting[number] for number in kept}
        elif offset > 0:
            for number in [number for number in self.waiting if number < offset]:
                del self.waiting[number]
        self.drop_expired()
        taken = []
        for update in self.waiting.values():
            taken.append(update)
            if len(taken) == limit:
                break
        return taken

    def drop_expired(self) -> None:
        now = time.time()
        for number in [update.id for update in self.waiting.values() if update.expires_at < now]:
            del self.waiting[number]

    def supersede(self) -> asyncio.Future[None]:
        """Become the only poller; the one that waited so far gets its conflict."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(
                conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
            )
        self._poller = asyncio.get_running_loop().create_future()
        return self._poller

    def end_polling(self, reason: str) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(conflict(reason))


def conflict(reason: str) -> Refusal:
    return Refusal(409, reason)
