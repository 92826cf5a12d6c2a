"""Arrivals are stored for the channels, then decided on in order: one lane at a time, lanes side by side."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Connection

from bot import metrics
from bot.apply.handle import Job, NeedsName, PartlyKnown, handle
from bot.apply.handled import Handled
from bot.apply.work import Setup
from bot.decide.situation import NeedsVerdicts
from bot.inbox.acknowledging import acknowledge
from bot.inbox.acting import ConsoleActs
from bot.inbox.aside import set_aside
from bot.inbox.gathering import Windows, together, words_of
from bot.inbox.lane import Lane
from bot.inbox.looking import look_up
from bot.inbox.naming import with_names
from bot.library import Library
from bot.storage import inbox as rows
from bot.storage.database import Database
from bot.storage.inbox import StoredArrival
from bot.supervisor import Alarm, Bell, Supervisor
from core.channel import Arrival, Channel, Cursor, Naming
from core.clock import Clock
from core.event import Event

log = logging.getLogger(__name__)

Along = Callable[[Connection], None] | None
_TRIES = 3  # before an arrival that cannot be handled is set aside
_RECENT = 20_000  # row ids remembered as done, against reading them twice
_LOOK_BACK = 100  # row ids
_BREATH = 1.0  # seconds before a lane goes on after a fault of ours


class InboxService:
    """Stores arrivals for the channels and handles them, one lane at a time, lanes side by side."""

    def __init__(
        self,
        database: Database,
        library: Library,
        clock: Clock,
        alarm: Alarm,
        supervisor: Supervisor,
        setup: Setup,
        *,
        windows: Windows | None = None,
        on_deliveries: Callable[[Handled], None] = lambda handled: None,
    ) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._alarm = alarm
        self._supervisor = supervisor
        self.setup = setup
        self._windows = windows or Windows()
        self._on_deliveries = on_deliveries
        self._channels: Mapping[str, Channel | ConsoleActs] = {}
        self._naming: set[str] = set()
        self._lanes: dict[str, Lane] = {}
        self._with_people: set[str] = set()
        self._seen: dict[int, None] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._is_stopping = False
        self._swept_to, self._newest = 0, 0
        self._in_flight = 0
        self._landed = asyncio.Event()
        self._landed.set()
        self.handles = True

    def serve(self, channels: Mapping[str, Channel]) -> None:
        own = ConsoleActs()
        self._channels = {**channels, own.name: own}
        self._naming = {name for name, channel in channels.items() if isinstance(channel, Naming)}

    # --- core.channel.Inbox ---

    async def store(self, arrivals: Sequence[Arrival], cursor: Cursor | None = None, along: Along = None) -> None:
        """Returns after the commit; `along` writes in the same transaction, and what it raises undoes both."""
        if not arrivals and cursor is None:
            return
        now = self._clock.now()

        def work(connection: Connection) -> list[StoredArrival]:
            if along is not None:
                along(connection)
            return rows.store_arrivals(connection, arrivals, cursor, now)

        stored = await self._database.write(work)
        metrics.arrivals(stored)
        self.accept(stored if self.handles else ())

    async def cursor(self, channel: str, account: str) -> str | None:
        return await self._database.read(lambda connection: rows.read_cursor(connection, channel, account))

    async def report(self, channel: str, problem: str) -> None:
        log.warning("%s: %s", channel, problem)
        now = self._clock.now()
        await self._database.write(lambda connection: rows.note_problem(connection, channel, problem, now))

    async def happen(self, event: Event) -> Handled:
        """Decide on what no channel tells of, such as a timer that came due; returns after the commit."""
        now, knowledge = self._clock.now(), await self._library.know((), is_with_people=False)
        handled = await self._database.write(lambda c: handle(c, Job((), (event,), knowledge), self.setup, now))
        self._finish("", (), handled)
        return handled

    # --- lanes ---

    def accept(self, arrivals: Iterable[StoredArrival]) -> None:
        """Take stored arrivals into their lanes; ones already taken are left out."""
        for stored in arrivals:
            if stored.id in self._seen or stored.arrival.channel not in self._channels:
                continue
            self._seen[stored.id] = None
            self._newest = max(self._newest, stored.id)
            while len(self._seen) > _RECENT:
                del self._seen[next(iter(self._seen))]
            name = stored.arrival.lane
            lane = self._lanes.get(name)
            if lane is None:
                lane = self._lanes[name] = Lane(Bell(self._alarm), is_with_people=name in self._with_people)
                lane.waiting.append(stored)
                self._idle.clear()
                self._supervisor.spawn(f"lane {name}", self._run(name, lane))
            else:
                lane.waiting.append(stored)
                lane.bell.ring()

    async def recover(self) -> int:
        """After a start: take up what an earlier process stored and did not handle; returns how many."""
        after, total = 0, 0
        while True:
            found = await self._open_behind(after)
            if not found:
                return total
            total += len(found)
            after = found[-1].id
            self.accept(found)

    async def _open_behind(self, after: int) -> list[StoredArrival]:
        channels = list(self._channels)
        return await self._database.read(lambda connection: rows.open_arrivals(connection, channels, after))

    async def sweep(self) -> int:
        """Pick up what another process stored; returns how many were new."""
        found = await self._open_behind(self._swept_to)
        fresh = [stored for stored in found if stored.id not in self._seen]
        self.accept(fresh)
        # ids may become visible out of order, so the next look begins a little further back
        self._swept_to = max(self._swept_to, self._newest - _LOOK_BACK)
        return len(fresh)

    async def drained(self) -> None:
        """Until nothing waits to be handled."""
        await self._idle.wait()

    def know_people(self, lanes: Iterable[str]) -> None:
        """Lanes whose conversation is in people's hands: their messages wait for nothing."""
        self._with_people.update(lanes)

    async def stop(self) -> None:
        """Begin nothing new; wait for what is being decided."""
        self._is_stopping = True
        for lane in self._lanes.values():
            lane.bell.ring()
        await self._landed.wait()

    async def _run(self, name: str, lane: Lane) -> None:
        try:
            while lane.waiting and not self._is_stopping:
                try:
                    batch = await self._next_batch(lane)
                    if batch:
                        await self._handle_counted(name, lane, batch)
                except Exception as error:  # nothing may leave a lane standing
                    log.error("lane broke: %s", type(error).__name__, exc_info=error)
                    await lane.bell.wait(_BREATH)
        finally:
            if self._lanes.get(name) is lane:
                del self._lanes[name]
            if not self._lanes:
                self._idle.set()

    async def _handle_counted(self, name: str, lane: Lane, batch: Sequence[StoredArrival]) -> None:
        self._in_flight += 1
        self._landed.clear()
        try:
            await self._handle(name, lane, batch)
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._landed.set()

    async def _next_batch(self, lane: Lane) -> list[StoredArrival]:
        """The arrivals to be decided on together; waits while more may belong to them."""
        while not self._is_stopping:
            batch, wait = await self._gather(lane)
            if not batch or wait is None:
                return batch
            now = self._clock.now()
            quiet_at = min(
                batch[-1].received_at + timedelta(seconds=wait),
                batch[0].received_at + timedelta(seconds=max(wait, self._windows.longest)),
            )
            left = (quiet_at - now).total_seconds()
            if left <= 0:
                return batch
            await lane.bell.wait(left)
        return []

    async def _gather(self, lane: Lane) -> tuple[list[StoredArrival], float | None]:
        """What belongs together from the head of the lane on, and how long more may come (None: nothing will)."""
        batch: list[StoredArrival] = []
        wait: float | None = None
        for stored in list(lane.waiting):
            events = await self._read(lane, stored)
            if events is None:
                lane.waiting.remove(stored)  # set aside
                continue
            if batch:
                gap = stored.received_at - batch[-1].received_at
                before = lane.read[batch[-1].id]
                if wait is None or not self._windows.belongs(before, events, gap, is_with_people=lane.is_with_people):
                    return batch, None
            batch.append(stored)
            wait = self._windows.behind(events, is_with_people=lane.is_with_people)
        return batch, wait

    async def _read(self, lane: Lane, stored: StoredArrival) -> tuple[Event, ...] | None:
        """The arrival's events; None after setting aside what cannot be read."""
        if stored.id in lane.read:
            return lane.read[stored.id]
        try:
            events = tuple(self._channels[stored.arrival.channel].parse(stored.arrival.payload))
        except Exception as error:  # a poison update must never stop its neighbours
            await set_aside(self._database, self._clock, [stored], f"could not be read: {type(error).__name__}")
            return None
        lane.read[stored.id] = events
        return events

    async def _handle(self, name: str, lane: Lane, batch: Sequence[StoredArrival]) -> None:
        """Decide on the batch; it leaves the lane when it is handled or set aside, never before."""
        events = together([event for stored in batch for event in lane.read[stored.id]])
        acknowledge(batch, events, self._channels, self._supervisor)
        channel = self._channels[batch[0].arrival.channel]
        asks_name, is_with_people, failures = channel.name in self._naming, lane.is_with_people, 0
        while True:
            now = self._clock.now()
            try:
                knowledge = await self._library.know(words_of(events), is_with_people=is_with_people)
                found = await look_up(self._library, events)
                job = Job(tuple(stored.id for stored in batch), events, knowledge, asks_name, found)
                handled = await self._database.write(lambda connection: handle(connection, job, self.setup, now))  # noqa: B023
            except NeedsVerdicts:
                is_with_people = False
            except NeedsName:
                events, asks_name = await with_names(events, channel), False
            except PartlyKnown as partly:
                events = partly.leave_out(events)
            except Exception as error:
                log.error("handling failed: %s", type(error).__name__, exc_info=error)
                failures += 1
                if failures == _TRIES:
                    reason = f"could not be handled: {type(error).__name__}"
                    await set_aside(self._database, self._clock, batch, reason)
                    return lane.leave(len(batch))
            else:
                lane.leave(len(batch))
                return self._finish(name, batch, handled)

    def _finish(self, name: str, batch: Sequence[StoredArrival], handled: Handled) -> None:
        metrics.handled(batch, handled, self._clock.now())
        self.took(handled, name)

    def took(self, handled: Handled, lane: str = "") -> None:
        """What was handled, here or by the clock, is sent, and its customer's lane knows who leads."""
        at = handled.lane_of
        name = f"{at.channel}:{at.address}" if at is not None else lane
        if handled.is_with_people is not None and name:
            self._note_people(name, is_with_people=handled.is_with_people)
        self._on_deliveries(handled)

    def _note_people(self, name: str, *, is_with_people: bool) -> None:
        (self._with_people.add if is_with_people else self._with_people.discard)(name)
        lane = self._lanes.get(name)
        if lane is not None and lane.is_with_people is not is_with_people:
            lane.is_with_people = is_with_people
            lane.bell.ring()
