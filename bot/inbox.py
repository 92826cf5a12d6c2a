"""The inbox: arrivals are stored, read, put together where they belong together, and decided on in order."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import Connection

from bot import metrics
from bot.apply.handle import Handled, Job, handle
from bot.apply.work import Setup
from bot.decide.situation import Knowledge, NeedsVerdicts
from bot.decide.steps import Burst
from bot.decide.words import read_command
from bot.library import Library
from bot.storage import inbox as rows
from bot.storage.database import Database
from bot.storage.inbox import StoredArrival
from bot.supervisor import Alarm, Bell, Supervisor
from core.channel import Arrival, Channel, Cursor
from core.clock import Clock
from core.event import ButtonPressed, Event, MessageEdited, MessageReceived, OperatorPressed, OperatorWrote
from core.message import IncomingMessage

log = logging.getLogger(__name__)

_TRIES = 3  # before an arrival that cannot be handled is set aside
_RECENT = 20_000  # row ids remembered as done, against reading them twice
_LOOK_BACK = 100  # row ids
_BREATH = 1.0  # seconds before a lane goes on after a fault of ours
_SECOND = 1.0  # platforms tell the time of a message in whole seconds


@dataclass(frozen=True, slots=True)
class Windows:
    """How long to wait for what belongs together, in seconds: quick messages, the parts of an album."""

    burst: float = 1.2
    album: float = 1.0


@dataclass(slots=True)
class _Lane:
    bell: Bell
    waiting: deque[StoredArrival] = field(default_factory=deque)
    read: dict[int, tuple[Event, ...]] = field(default_factory=dict)
    is_with_people: bool = False


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
        windows: Windows = Windows(),
        on_deliveries: Callable[[Handled], None] = lambda handled: None,
    ) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._alarm = alarm
        self._supervisor = supervisor
        self.setup = setup
        self._windows = windows
        self._on_deliveries = on_deliveries
        self._channels: Mapping[str, Channel] = {}
        self._lanes: dict[str, _Lane] = {}
        self._with_people: set[str] = set()
        self._seen: dict[int, None] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._is_stopping = False
        self._swept_to = 0
        self._in_flight = 0
        self._landed = asyncio.Event()
        self._landed.set()
        self.handles = True

    def serve(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    # --- core.channel.Inbox ---

    async def store(self, arrivals: Sequence[Arrival], cursor: Cursor | None = None) -> None:
        """Returns after the commit."""
        if not arrivals and cursor is None:
            return
        now = self._clock.now()

        def work(connection: Connection) -> list[StoredArrival]:
            return rows.store_arrivals(connection, arrivals, cursor, now)

        stored = await self._database.write(work)
        metrics.arrivals(stored)
        if self.handles:
            self.accept(stored)

    async def cursor(self, channel: str, account: str) -> str | None:
        return await self._database.read(lambda connection: rows.read_cursor(connection, channel, account))

    async def report(self, channel: str, problem: str) -> None:
        log.warning("%s: %s", channel, problem)
        now = self._clock.now()
        await self._database.write(lambda connection: rows.note_problem(connection, channel, problem, now))

    # --- lanes ---

    def accept(self, arrivals: Iterable[StoredArrival]) -> None:
        """Take stored arrivals into their lanes; ones already taken are left out."""
        for stored in arrivals:
            if stored.id in self._seen or stored.arrival.channel not in self._channels:
                continue
            self._seen[stored.id] = None
            while len(self._seen) > _RECENT:
                del self._seen[next(iter(self._seen))]
            name = stored.arrival.lane
            lane = self._lanes.get(name)
            if lane is None:
                lane = self._lanes[name] = _Lane(Bell(self._alarm), is_with_people=name in self._with_people)
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
        self._swept_to = max(self._swept_to, max(self._seen, default=0) - _LOOK_BACK)
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

    async def _run(self, name: str, lane: _Lane) -> None:
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

    async def _handle_counted(self, name: str, lane: _Lane, batch: Sequence[StoredArrival]) -> None:
        self._in_flight += 1
        self._landed.clear()
        try:
            await self._handle(name, lane, batch)
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._landed.set()

    async def _next_batch(self, lane: _Lane) -> list[StoredArrival]:
        """The arrivals to be decided on together; waits while more may belong to them."""
        while not self._is_stopping:
            first = lane.waiting[0]
            events = await self._read(lane, first)
            if events is None:
                lane.waiting.popleft()
                return []
            batch, wait = [first], self._wait_behind(lane, events)
            for stored in list(lane.waiting)[1:]:
                following = await self._read(lane, stored)
                if wait is None or following is None or not self._belongs(lane, batch[-1], stored):
                    wait = None
                    break
                batch.append(stored)
                wait = self._wait_behind(lane, following)
            if wait is None:
                return batch
            quiet_at = batch[-1].received_at + timedelta(seconds=wait)
            left = (quiet_at - self._clock.now()).total_seconds()
            if left <= 0:
                return batch
            await lane.bell.wait(left)
        return []

    def _wait_behind(self, lane: _Lane, events: Sequence[Event]) -> float | None:
        """How long something that belongs to these events may still come; None: nothing will."""
        if len(events) != 1:
            return None
        event = events[0]
        if isinstance(event, OperatorWrote):
            return self._windows.album if event.message.album_id else None
        if not isinstance(event, MessageReceived):
            return None
        if lane.is_with_people:
            return self._windows.album if event.message.album_id else None
        if read_command(event.message.text):
            return None
        window = self._windows.burst
        return max(window, self._windows.album) if event.message.album_id else window

    def _belongs(self, lane: _Lane, before: StoredArrival, after: StoredArrival) -> bool:
        """Whether `after` goes on with what `before` began."""
        first, second = lane.read[before.id], lane.read[after.id]
        if len(first) != 1 or len(second) != 1:
            return False
        one, two = first[0], second[0]
        if isinstance(one, OperatorWrote) and isinstance(two, OperatorWrote):
            return bool(one.message.album_id) and one.message.album_id == two.message.album_id
        if not (isinstance(one, MessageReceived) and isinstance(two, MessageReceived)):
            return False
        if one.message.album_id and one.message.album_id == two.message.album_id:
            return True
        if lane.is_with_people or read_command(two.message.text):
            return False
        return self._is_quick(one.message, two.message, after.received_at - before.received_at)

    def _is_quick(self, one: IncomingMessage, two: IncomingMessage, gap: timedelta) -> bool:
        window = self._windows.burst
        if gap.total_seconds() >= window:
            return False
        if one.sent_at is None or two.sent_at is None:
            return True
        # stored together after an outage, but written apart
        return (two.sent_at - one.sent_at).total_seconds() < window + _SECOND

    async def _read(self, lane: _Lane, stored: StoredArrival) -> tuple[Event, ...] | None:
        """The arrival's events; None after setting aside what cannot be read."""
        if stored.id in lane.read:
            return lane.read[stored.id]
        try:
            events = tuple(self._channels[stored.arrival.channel].parse(stored.arrival.payload))
        except Exception as error:  # a poison update must never stop its neighbours
            await self._set_aside([stored], f"could not be read: {type(error).__name__}")
            return None
        lane.read[stored.id] = events
        return events

    async def _set_aside(self, batch: Sequence[StoredArrival], error: str) -> None:
        numbers, now = [stored.id for stored in batch], self._clock.now()
        channel = batch[0].arrival.channel
        log.error("%s: arrival %s set aside, %s", channel, numbers, error)
        metrics.set_aside(channel)

        def work(connection: Connection) -> None:
            rows.set_aside(connection, numbers, error, now)
            rows.note_problem(connection, channel, f"an arrival was set aside: {error}", now)

        await self._database.write(work)

    async def _handle(self, name: str, lane: _Lane, batch: Sequence[StoredArrival]) -> None:
        events = _together([event for stored in batch for event in lane.read[stored.id]])
        for stored in batch:
            lane.waiting.popleft()
            lane.read.pop(stored.id, None)
        self._acknowledge(batch, events)
        knowledge = await self._know(events, is_with_people=lane.is_with_people)
        for attempt in range(1, _TRIES + 1):
            job = Job(tuple(stored.id for stored in batch), tuple(events), knowledge)
            now = self._clock.now()
            try:
                handled = await self._database.write(lambda connection: handle(connection, job, self.setup, now))  # noqa: B023
            except NeedsVerdicts:
                knowledge = await self._know(events, is_with_people=False)
            except Exception as error:
                log.error("handling failed: %s", type(error).__name__, exc_info=error)
                if attempt == _TRIES:
                    await self._set_aside(batch, f"could not be handled: {type(error).__name__}")
            else:
                self._finish(name, lane, batch, handled)
                return

    def _finish(self, name: str, lane: _Lane, batch: Sequence[StoredArrival], handled: Handled) -> None:
        metrics.handled(batch, handled, self._clock.now())
        if handled.is_with_people is not None:
            lane_name = name
            if handled.lane_of is not None:
                at = handled.lane_of
                lane_name = f"{at.channel}:{at.address}"
            self._note_people(lane_name, is_with_people=handled.is_with_people)
        self._on_deliveries(handled)

    def _note_people(self, name: str, *, is_with_people: bool) -> None:
        (self._with_people.add if is_with_people else self._with_people.discard)(name)
        lane = self._lanes.get(name)
        if lane is not None and lane.is_with_people is not is_with_people:
            lane.is_with_people = is_with_people
            lane.bell.ring()

    async def _know(self, events: Sequence[Event | Burst], *, is_with_people: bool) -> Knowledge:
        """What the FAQ says to the words of these events."""
        texts: list[str] = []
        for event in events:
            if isinstance(event, Burst):
                texts += [message.text for message in event.messages if message.text.strip()]
            elif isinstance(event, MessageEdited) and event.message.text.strip():
                texts.append(event.message.text)
        return await self._library.know(texts, is_with_people=is_with_people)

    def _acknowledge(self, batch: Sequence[StoredArrival], events: Sequence[Event | Burst]) -> None:
        if not any(isinstance(event, ButtonPressed | OperatorPressed) for event in events):
            return
        for stored in batch:
            channel = self._channels[stored.arrival.channel]
            self._supervisor.spawn("acknowledge", _acknowledge(channel, stored.arrival))


async def _acknowledge(channel: Channel, arrival: Arrival) -> None:
    try:
        await channel.acknowledge(arrival.payload)
    except Exception as error:
        log.debug("%s: a press was not acknowledged: %s", channel.name, type(error).__name__)


def _together(events: Sequence[Event]) -> list[Event | Burst]:
    """Neighbouring messages of one customer become one burst; the parts of an operator's album one message."""
    result: list[Event | Burst] = []
    for event in events:
        last = result[-1] if result else None
        if isinstance(event, MessageReceived):
            if isinstance(last, Burst) and last.sender.address == event.sender.address:
                result[-1] = replace(last, messages=_with_album(last.messages, event.message))
            else:
                result.append(Burst(event.sender, (event.message,)))
        elif isinstance(event, OperatorWrote) and isinstance(last, OperatorWrote) and event.message.album_id:
            result[-1] = replace(last, message=_joined(last.message, event.message))
        else:
            result.append(event)
    return result


def _with_album(messages: tuple[IncomingMessage, ...], new: IncomingMessage) -> tuple[IncomingMessage, ...]:
    if new.album_id and messages[-1].album_id == new.album_id:
        return (*messages[:-1], _joined(messages[-1], new))
    return (*messages, new)


def _joined(one: IncomingMessage, two: IncomingMessage) -> IncomingMessage:
    text = "\n".join(part for part in (one.text, two.text) if part)
    return replace(
        one,
        text=text,
        attachments=one.attachments + two.attachments,
        markup="" if two.text else one.markup,
        lost=one.lost + two.lost,
    )
