"""A page gets every event once and in order, whether it is written to at once or reads its queue."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.console.live.clients import Batch, Client, Told


@dataclass
class Line:
    """A connection that has room, or not."""

    has_room: bool = True
    chunks: list[bytes] = field(default_factory=list)

    def offer(self, chunk: bytes) -> bool:
        if self.has_room:
            self.chunks.append(chunk)
        return self.has_room

    @property
    def heard(self) -> list[bytes]:
        """What a client of HTTP makes of the chunks."""
        found = []
        for chunk in self.chunks:
            size, _, rest = chunk.partition(b"\r\n")
            assert rest[int(size, 16) :] == b"\r\n"
            found.append(rest[:-2])
        return found


def batch(*numbers: int) -> Batch:
    return Batch([Told(number, b"<%d>" % number) for number in numbers])


async def waiting(client: Client) -> asyncio.Task[list[Told | None]]:
    """Its stream's task, which has written everything and waits."""
    task = asyncio.ensure_future(client.next(60))
    await asyncio.sleep(0)
    return task


async def test_page_that_waits_is_written_to_at_once() -> None:
    client = Client(1, 1, "ru", Line())
    task = await waiting(client)
    assert client.tell(batch(1, 2))
    assert client.tell(batch(3))
    assert client.line.heard == [b"<1><2>", b"<3>"]  # type: ignore[union-attr]
    assert client.queue.empty()
    task.cancel()


async def test_page_without_room_gets_everything_by_its_queue_in_order() -> None:
    line = Line()
    client = Client(1, 1, "ru", line)
    task = await waiting(client)
    client.tell(batch(1))
    line.has_room = False
    client.tell(batch(2, 3))
    line.has_room = True
    client.tell(batch(4))  # must not overtake what waits
    assert line.heard == [b"<1>"]
    assert [told.number for told in await task if told] == [2, 3, 4]
    client.tell(batch(5))  # nor what its task is about to write
    assert line.heard == [b"<1>"]
    assert [told.number for told in await client.next(60) if told] == [5]


async def test_what_was_caught_up_with_is_not_written_again() -> None:
    client = Client(1, 1, "ru", Line(), last=2)
    task = await waiting(client)
    client.tell(batch(2, 3))
    assert client.line.heard == []  # type: ignore[union-attr]
    assert [told.number for told in await task if told] == [2, 3]  # its stream leaves out the one it has
