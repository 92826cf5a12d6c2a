"""A lane of the inbox in memory: arrivals that belong behind one another, and what was read from them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from bot.storage.inbox import StoredArrival
from bot.supervisor import Bell
from core.event import Event


@dataclass(slots=True)
class Lane:
    """`is_with_people`: the conversation is in people's hands, so nothing is waited for."""

    bell: Bell
    waiting: deque[StoredArrival] = field(default_factory=deque)
    read: dict[int, tuple[Event, ...]] = field(default_factory=dict)
    is_with_people: bool = False

    def leave(self, count: int) -> None:
        """The first so many are handled, or set aside."""
        for _ in range(count):
            self.read.pop(self.waiting.popleft().id, None)
