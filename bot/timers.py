"""What happens by the clock alone: the FAQ is looked at, quiet conversations end, stray rows are picked up."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from sqlalchemy import Connection

from bot import metrics
from bot.apply.handle import Job, handle
from bot.inbox import InboxService
from bot.library import Library
from bot.outbox import OutboxService
from bot.storage.conversations import idle_conversations
from bot.storage.database import Database
from bot.storage.upkeep.health import depths
from core.clock import Clock
from core.event import IdleNoticed

log = logging.getLogger(__name__)

IDLE_AFTER = timedelta(hours=24)
_TICK = 1.0  # seconds
_IDLE_EVERY = 60  # ticks
_FOLLOW = 0.1  # seconds between looks for arrivals of another process


class Timers:
    """One loop; `tick` is called by tests as well."""

    def __init__(
        self, database: Database, clock: Clock, library: Library, inbox: InboxService, outbox: OutboxService
    ) -> None:
        self._database = database
        self._clock = clock
        self._library = library
        self._inbox = inbox
        self._outbox = outbox

    async def run(self) -> None:
        count = 0
        while True:
            await asyncio.sleep(_TICK)
            await self.tick(with_idle=count % _IDLE_EVERY == 0, with_faq=False)  # the library follows that by itself
            count += 1

    async def tick(self, *, with_idle: bool = True, with_faq: bool = True) -> None:
        """Once through everything that is due."""
        if with_faq:
            await self._library.refresh()
        await self._outbox.sweep()
        waiting = await self._database.read(depths)
        metrics.depths(waiting.inbox, waiting.outbox)
        if with_idle:
            await self.close_idle()

    async def follow_arrivals(self) -> None:
        """Take up what a web process stored for this worker."""
        while True:
            await self._inbox.sweep()
            await asyncio.sleep(_FOLLOW)

    async def close_idle(self) -> int:
        """End bot-led conversations in which nothing was said for a day; silently, nobody is waiting."""
        now = self._clock.now()
        before = now - IDLE_AFTER
        idle = await self._database.read(lambda connection: idle_conversations(connection, before))
        knowledge = await self._library.know((), is_with_people=False)
        for number, _ in idle:
            job = Job((), (IdleNoticed(number),), knowledge)

            def work(connection: Connection, job: Job = job) -> None:
                handle(connection, job, self._inbox.setup, now)

            await self._database.write(work)
        return len(idle)
