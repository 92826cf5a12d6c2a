"""A conversation at a table: the whole core over channels in memory, with time that moves when told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.app import App
from bot.apply.work import DeskPlace
from bot.ports import DeskTopics, FileShelf
from bot.storage import operators
from bot.storage.database import Database, open_engine, read_url
from bot.storage.entries import import_entries
from bot.supervisor import FakeAlarm
from channels.memory import MemoryChannel, MemoryDesk
from core.channel import Capabilities
from core.clock import FakeClock
from faq.answer import Policy
from faq.entry import Entry
from handoff.operators import Role

DESK = "-100"


def _hurry(connection: Any, _record: object) -> None:
    """Nobody pulls the plug of a test at the table: the disk need not be waited for."""
    connection.execute("PRAGMA synchronous=OFF")


class _OneChat(MemoryChannel):
    """Numbers what goes out and what comes in together, as platforms do: an id means one message of a chat."""

    def _next_id(self, place: str) -> str:
        return super()._next_id(place.removeprefix("from ").removeprefix("to "))


class Table:
    """Customers on one side, operators on the other; `settle` lets everything happen that is due."""

    def __init__(
        self,
        url: str,
        clock: FakeClock,
        folder: Path,
        *,
        capabilities: Capabilities | None = None,
        has_desk: bool = True,
        policy: Policy | None = None,
    ) -> None:
        self.clock = clock
        self.alarm = FakeAlarm()
        engine = open_engine(read_url(url))
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _hurry)
        self.database = Database(engine)
        self.channel = self._open_channel(folder, capabilities)
        self.topics = DeskTopics(self.database, clock, DESK)
        self.desk = MemoryDesk(self.topics, account=DESK)
        channels = [self.channel, *([self.desk] if has_desk else [])]
        place = DeskPlace(self.desk.name, self.desk.account, DESK) if has_desk else None
        self.app = App(
            self.database, channels, desk=place, clock=clock, alarm=self.alarm, shelf=FileShelf(folder / "files")
        )
        self.app.library._policy = policy

    def _open_channel(self, folder: Path, capabilities: Capabilities | None) -> Any:
        """Where the customers are."""
        return _OneChat(capabilities=capabilities)

    async def start(self, entries: Sequence[Entry] = ()) -> None:
        now = self.clock.now()
        if entries:
            await self.database.write(lambda connection: import_entries(connection, entries, now))
        await self.app.start()
        await asyncio.sleep(0)

    async def add_operator(self, login: str, telegram_id: str, name: str = "") -> None:
        now = self.clock.now()

        def work(connection: object) -> None:
            operators.add_operator(connection, login, Role.OPERATOR, now=now, telegram_id=telegram_id, name=name)  # type: ignore[arg-type]

        await self.database.write(work)

    async def settle(self, most: timedelta = timedelta(seconds=3)) -> None:
        """Move time on until nothing is left to decide or to send, at most so far."""
        end = self.clock.now() + most
        while True:
            await self._rest()
            wait = self.alarm.next_in
            if (self._is_idle or wait is None) or self.clock.now() + timedelta(seconds=wait) > end:
                return
            await self.advance(wait)

    async def advance(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.alarm.advance(seconds)
        await self._rest()

    @property
    def _is_idle(self) -> bool:
        return not self.app.inbox._lanes and not self.app.outbox._lanes

    async def _rest(self) -> None:
        """Until every task waits for time or for people: the writer's thread has answered and nothing is ready."""
        quiet = 0
        while quiet < 3:
            await self.database.write(lambda connection: None)
            await asyncio.sleep(0)
            is_busy = bool(self.app.inbox._in_flight or self.app.outbox._in_flight)
            quiet = 0 if is_busy else quiet + 1

    async def close(self) -> None:
        await self.app.stop()
