"""Open pages that follow what happens: each has a queue of its own, and one that does not keep up is let go."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from core.conversation import OperatorId

_ROOM = 200  # events a page may lag behind


@dataclass(frozen=True, slots=True)
class Told:
    """One event as bytes of the stream; `number` is its place in the log, None for what is fleeting."""

    number: int | None
    data: bytes
    session: int | None = None  # for this session's pages only


@dataclass(slots=True, eq=False)
class Client:
    """An open stream. `None` in the queue ends it."""

    operator_id: OperatorId
    session: int
    language: str
    queue: asyncio.Queue[Told | None] = field(default_factory=lambda: asyncio.Queue(_ROOM + 1))
    last: int = 0
    is_gone: bool = False

    def tell(self, told: Told) -> bool:
        """False when it is so far behind that it must come again and catch up."""
        if self.is_gone:
            return False
        if self.queue.qsize() >= _ROOM:
            self.end()
            return False
        self.queue.put_nowait(told)
        return True

    def end(self) -> None:
        """Let the stream finish what is in its queue and close."""
        if not self.is_gone:
            self.is_gone = True
            self.queue.put_nowait(None)

    async def next(self, seconds: float) -> list[Told | None]:
        """Everything that waits; empty when nothing came in time."""
        try:
            async with asyncio.timeout(seconds):
                first = await self.queue.get()
        except TimeoutError:
            return []
        found = [first]
        while not self.queue.empty():
            found.append(self.queue.get_nowait())
        return found
