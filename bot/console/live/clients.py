"""Open pages that follow what happens.

A page that keeps up is written to at once, the same bytes as all the others. What it has no room for waits in a queue
of its own, and one that falls too far behind is let go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from core.conversation import OperatorId

_ROOM = 200  # events a page may lag behind


@dataclass(frozen=True)
class Told:
    """One event as bytes of the stream; `number` is its place in the log, None for what is fleeting."""

    number: int | None
    data: bytes


@dataclass(frozen=True)
class Batch:
    """Events that are told together, in their order; never empty."""

    told: Sequence[Told]

    @cached_property
    def first(self) -> int | None:
        """The lowest number in it; None when all of it is fleeting."""
        return next((one.number for one in self.told if one.number is not None), None)

    @cached_property
    def chunk(self) -> bytes:
        """All of it as one chunk of a chunked response, made once for all pages."""
        data = b"".join(one.data for one in self.told)
        return b"%x\r\n%b\r\n" % (len(data), data)


class Line(Protocol):
    """The way to a page, past what the server's own writing costs for each of them."""

    def offer(self, chunk: bytes) -> bool:
        """Write it if everything written before has left this process; else False, and nothing is done."""


@dataclass(slots=True, eq=False)
class Client:
    """An open stream. `None` in the queue ends it."""

    operator_id: OperatorId
    session: int
    language: str
    line: Line | None = None  # none: everything goes by the queue
    queue: asyncio.Queue[Told | None] = field(default_factory=lambda: asyncio.Queue(_ROOM + 1))
    last: int = 0
    is_gone: bool = False
    _is_waiting: bool = False  # everything before is written: its task waits for the queue

    def tell(self, batch: Batch) -> bool:
        """False when it is so far behind that it must come again and catch up."""
        if self.is_gone:
            return False
        line, first = self.line, batch.first
        is_next = self._is_waiting and self.queue.empty() and (first is None or first > self.last)
        if line is not None and is_next and line.offer(batch.chunk):
            return True
        for told in batch.told:
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
        """Everything that waits in the queue; empty when nothing came there in time."""
        self._is_waiting = True
        try:
            async with asyncio.timeout(seconds):
                first = await self.queue.get()
        except TimeoutError:
            return []
        finally:
            self._is_waiting = False
        found = [first]
        while not self.queue.empty():
            found.append(self.queue.get_nowait())
        return found
