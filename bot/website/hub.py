"""Who looks at which chat right now; they are woken when there is news, and read it from the database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.storage.database import Database
from bot.storage.website import lines

_LOOK_AGAIN = 0.5  # seconds between looks for lines that another process wrote


@dataclass(slots=True, eq=False)
class Stream:
    """One open chat. `typing`: who types (None: nobody new); `is_resync`: everything must be read anew."""

    address: str
    news: asyncio.Event = field(default_factory=asyncio.Event)
    typing: str | None = None
    is_resync: bool = False
    is_closed: bool = False


class Hub:
    """All open chats of this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._streams: dict[str, set[Stream]] = {}
        self._is_closed = False

    def open(self, address: str) -> Stream:
        stream = Stream(address, is_closed=self._is_closed)
        self._streams.setdefault(address, set()).add(stream)
        return stream

    def leave(self, stream: Stream) -> None:
        mine = self._streams.get(stream.address, set())
        mine.discard(stream)
        if not mine:
            self._streams.pop(stream.address, None)

    def count(self, address: str | None = None) -> int:
        """Open chats of one visitor, or of all."""
        if address is not None:
            return len(self._streams.get(address, ()))
        return sum(map(len, self._streams.values()))

    def is_watched(self, address: str) -> bool:
        return address in self._streams

    def wake(self, address: str) -> None:
        for stream in self._streams.get(address, ()):
            stream.news.set()

    def type(self, address: str, name: str) -> None:
        for stream in self._streams.get(address, ()):
            stream.typing = name
            stream.news.set()

    def resync(self, address: str) -> None:
        for stream in self._streams.get(address, ()):
            stream.is_resync = True
            stream.news.set()

    def close(self) -> None:
        """End every stream, now and from now on: the server goes, the visitors come back to the next one."""
        self._is_closed = True
        for streams in self._streams.values():
            for stream in streams:
                stream.is_closed = True
                stream.news.set()

    async def follow(self) -> None:
        """Wake the visitors of this process when another one has written to them."""
        seen = await self._database.read(lines.newest_id)
        while True:
            await asyncio.sleep(_LOOK_AGAIN)
            if not self._streams:
                continue
            # ids may become visible out of order over different visitors, so look a little further back
            behind = max(0, seen - 100)
            for address in await self._database.read(lambda connection: lines.addresses_behind(connection, behind)):  # noqa: B023
                if self.is_watched(address):
                    self.wake(address)
            seen = await self._database.read(lines.newest_id)
