"""What happens by the clock alone: timers fire, quiet conversations end, FAQ, settings and stray rows are looked at."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row

from bot import metrics
from bot.apply.announcing import rounds
from bot.apply.following.sharing import tend
from bot.apply.service.countdowns import recount
from bot.apply.surveys import digest, news
from bot.apply.surveys.rounds import due
from bot.board import Board
from bot.decide.privacy import ERASE
from bot.inbox import InboxService
from bot.library import Library
from bot.outbox import OutboxService
from bot.settings.privacy import KEEP_DAYS
from bot.settings.service import HOURS
from bot.storage.announcements.keeping import has_open
from bot.storage.conversations import idle_conversations
from bot.storage.database import Database
from bot.storage.desk.team import says_presence
from bot.storage.measures.keeping import step
from bot.storage.measures.refresh import Place
from bot.storage.privacy.erase import erase_customer
from bot.storage.privacy.files import sweep_files
from bot.storage.privacy.retention import (
    find_forgettable,
    is_forgettable,
    looked_through_on,
    note_looked_through,
)
from bot.storage.service.timers import due_timers, postpone_timer
from bot.storage.surveys.invitations import expire
from bot.storage.upkeep.health import Depths, depths
from bot.storage.upkeep.unused import tidy_files
from core.clock import Clock
from core.event import DigestDue, IdleNoticed, NewsDue, SurveyDue, TimerDue

log = logging.getLogger(__name__)

IDLE_AFTER = timedelta(hours=24)
_TRY_AGAIN = timedelta(minutes=1)  # after a timer failed
_TICK = 1.0  # seconds
_IDLE_EVERY = 60  # ticks
_NIGHT = range(3, 6)  # hours of the company's clock in which the silent are forgotten
_AT_ONCE = 100
_FOLLOW = 0.1  # seconds between looks for arrivals of another process


@dataclass(frozen=True, slots=True)
class _Seen:
    """One look a second: read together, for the way to a reading thread and back costs more than the reading."""

    due: Sequence[TimerDue]
    unsent: Sequence[Row[Any]]
    waiting: Depths
    has_presence: bool  # somebody says whether they are there
    has_announcements: bool  # to be sent, now or later


def _look(connection: Connection, now: datetime, behind: Callable[[Connection], Sequence[Row[Any]]]) -> _Seen:
    return _Seen(
        due_timers(connection, now),
        behind(connection),
        depths(connection),
        says_presence(connection),
        has_open(connection),
    )


class Timers:
    """One loop; `tick` is called by tests as well."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        library: Library,
        board: Board,
        inbox: InboxService,
        outbox: OutboxService,
        files: Path | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._library = library
        self._board = board
        self._inbox = inbox
        self._outbox = outbox
        self._files = files

    async def run(self) -> None:
        count = 0
        while True:
            await asyncio.sleep(_TICK)
            await self.tick(with_idle=count % _IDLE_EVERY == 0, with_faq=False)  # the library follows that by itself
            count += 1

    async def tick(self, *, with_idle: bool = True, with_faq: bool = True) -> None:
        """Once through everything that is due."""
        if with_faq:
            await self._look_again("the FAQ", self._library.refresh)
        await self._look_again("the settings", self._follow_settings)
        now, behind = self._clock.now(), self._outbox.behind()
        seen = await self._database.read(lambda connection: _look(connection, now, behind))
        await self._fire(seen.due, now)
        self._outbox.sweep(seen.unsent)
        metrics.depths(seen.waiting.inbox, seen.waiting.outbox)
        if seen.has_presence:
            await self.tend()
        if seen.has_announcements:
            await self._look_again("announcements", self.announce)
        if with_idle:
            await self.close_idle()
            await self.keep_facts()
            await self.ask_surveys()
            await self._look_again("whom to forget", self.forget)
            await self._look_again("files nobody needs", self.tidy_files)

    async def keep_facts(self) -> None:
        """What the measures are reckoned from, so that a report has little left to do."""
        now, zone = self._clock.now(), self._inbox.setup.zone
        after: Place | None = None
        while True:
            after = await self._database.write(lambda connection: step(connection, now, zone, after))  # noqa: B023
            if after is None:
                return

    async def ask_surveys(self) -> int:
        """End what was not answered in time, ask who is due, tell who complained; returns how many were looked at."""
        now, setup = self._clock.now(), self._inbox.setup
        await self._database.write(lambda connection: expire(connection, now))
        found: list[SurveyDue | NewsDue | DigestDue] = [
            *await self._database.read(lambda connection: digest.due(connection, setup, now)),
            *await self._database.read(lambda connection: due(connection, setup, now)),
            *await self._database.read(lambda connection: news.due(connection, setup, now)),
        ]
        for event in found:
            await self._inbox.happen(event)
        return len(found)

    async def forget(self) -> bool:
        """Erase whom the company no longer keeps; once a night, one at a time, begun anew after a restart."""
        days = self._board.settings[KEEP_DAYS]
        now = self._clock.now()
        today = now.astimezone(self._inbox.setup.zone)
        if not days or today.hour not in _NIGHT or await self._database.read(looked_through_on) == f"{today:%Y-%m-%d}":
            return False
        before, after, total = now - timedelta(days=days), 0, 0
        while found := await self._database.read(lambda c, after=after: find_forgettable(c, before, after, _AT_ONCE)):  # type: ignore[misc]
            after = found[-1]
            for number in found:
                total += await self._forget(number, before, now)
        if total:
            await self._remove_files()
            log.info("erased by age: %d customers who had been silent for %d days", total, days)
        await self._database.write(lambda connection: note_looked_through(connection, f"{today:%Y-%m-%d}"))
        return total > 0

    async def _forget(self, number: int, before: datetime, now: datetime) -> bool:
        def work(connection: Connection) -> bool:
            if not is_forgettable(connection, number, before):
                return False
            erase_customer(connection, number, now)
            return True

        try:
            return await self._database.write(work)
        except Exception as error:  # the others are not held up; tomorrow it is tried again
            log.error("customer %d could not be erased by age: %s", number, type(error).__name__, exc_info=error)
            return False

    async def announce(self) -> bool:
        """A small round of the announcement under way; whom it fails for is noted, and holds up nobody else."""
        now, setup = self._clock.now(), self._inbox.setup
        found = await self._database.read(rounds.waiting)
        if not found:
            return False
        await self._database.write(lambda connection: rounds.begin_due(connection, found, now))
        part = await self._database.read(lambda connection: rounds.next_round(connection, setup, now))
        if part is None:
            return False
        for customer_id, event in part.due:
            try:
                await self._inbox.happen(event)
            except Exception as error:
                log.error("an announcement could not be made: %s", type(error).__name__, exc_info=error)
                await self._database.write(
                    lambda connection, about=event.announcement, who=customer_id: rounds.note_failed(  # type: ignore[misc]
                        connection, about, who, now
                    )
                )
        await self._database.write(lambda connection: rounds.note_round(connection, part, now))
        return True

    async def tend(self) -> None:
        """Look after the queue: what absent operators held comes back, and what waits is given to who has room."""
        now = self._clock.now()
        try:
            made = await self._database.write(lambda connection: tend(connection, self._inbox.setup, now))
        except Exception as error:  # the next look is a second away
            log.error("the queue could not be shared out: %s", type(error).__name__, exc_info=error)
            return
        for handled in made:
            self._inbox.took(handled)

    async def _look_again(self, what: str, refresh: Callable[[], Awaitable[bool]]) -> None:
        try:
            await refresh()
        except Exception as error:  # what is in use stays
            log.error("%s could not be read anew: %s", what, type(error).__name__, exc_info=error)

    async def _follow_settings(self) -> bool:
        before = self._board.settings[HOURS]
        has_changed = await self._board.refresh()
        if has_changed and self._board.settings[HOURS] != before:
            now = self._clock.now()
            await self._database.write(lambda connection: recount(connection, self._inbox.setup, now))
        return has_changed

    async def follow_board(self) -> None:
        """What a process knows that decides nothing itself."""
        while True:
            await asyncio.sleep(_TICK)
            await self._look_again("the settings", self._board.refresh)

    async def follow_arrivals(self) -> None:
        """Take up what a web process stored for this worker."""
        while True:
            await self._inbox.sweep()
            await asyncio.sleep(_FOLLOW)

    async def _fire(self, due: Sequence[TimerDue], now: datetime) -> None:
        """Everything that is due; one that fails is tried again later and holds up nobody else."""
        fired = await asyncio.gather(*(self._inbox.happen(event) for event in due), return_exceptions=True)
        for event, error in zip(due, fired, strict=True):
            if isinstance(error, Exception):
                log.error("a timer (%s) failed: %s", event.kind, type(error).__name__, exc_info=error)
                await self._database.write(lambda c, event=event: postpone_timer(c, event, now + _TRY_AGAIN))  # type: ignore[misc]
        if any(event.kind == ERASE for event in due):
            await self._look_again("files to be removed", self._remove_files)

    async def _remove_files(self) -> bool:
        return await sweep_files(self._database, self._files) > 0

    async def tidy_files(self) -> bool:
        """Once a day what was put in for answers and canned replies, and is of no use any more."""
        return await tidy_files(self._database, self._clock.now(), self._files) > 0

    async def close_idle(self) -> int:
        """End bot-led conversations in which nothing was said for a day; silently, nobody is waiting."""
        before = self._clock.now() - IDLE_AFTER
        idle = await self._database.read(lambda connection: idle_conversations(connection, before))
        for number, _ in idle:
            await self._inbox.happen(IdleNoticed(number))
        return len(idle)
