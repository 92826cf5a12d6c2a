"""Lanes of deliveries, side by side; within a lane one at a time, oldest first."""

from __future__ import annotations

import asyncio
import bisect
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from bot.apply.work import Setup
from bot.outbox.addressing import resolve
from bot.outbox.lane import Lane, Waiting
from bot.outbox.outcomes import Outcomes
from bot.storage import outbox as rows
from bot.storage.database import Database
from bot.storage.outbox import StoredDelivery
from bot.supervisor import Alarm, Bell, Supervisor
from core.channel import Channel, Merging
from core.clock import Clock
from core.delivery import Delivery, DeliveryState, Receipt, RetryPolicy
from core.errors import Permanent, Refusal, Retryable, Scope, TopicGone

log = logging.getLogger(__name__)

_RECENT = 50_000  # row ids remembered as ended, against sending them twice
_MERGE_AT_MOST = 50
_AT_ONCE = 100  # tries under way in a channel; no more can have an unknown outcome when the process is killed
_LOOK_BACK = 100  # row ids
_BREATH = 1.0  # seconds before a lane goes on after a fault of ours


class OutboxService:
    """Sends what decisions put into the outbox, through the channels served here."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        alarm: Alarm,
        supervisor: Supervisor,
        policy: RetryPolicy | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._alarm = alarm
        self._supervisor = supervisor
        self._outcomes = Outcomes(database, clock, policy or RetryPolicy())
        self._channels: Mapping[str, Channel] = {}
        self._lanes: dict[str, Lane] = {}
        self._known: dict[int, None] = {}
        self._held: dict[tuple[str, str], float] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._is_stopping = False
        self._swept_to, self._newest = 0, 0
        self._in_flight = 0
        self._rooms: dict[str, asyncio.Semaphore] = {}
        self._landed = asyncio.Event()
        self._landed.set()

    def serve(self, channels: Mapping[str, Channel], setup: Setup) -> None:
        self._channels, self._outcomes.setup = channels, setup

    def is_idle(self, lane: str) -> bool:
        """Whether a new delivery in this lane would go at once; asked from the writer's thread."""
        return lane not in self._lanes and not self._is_stopping and self._in_flight < _AT_ONCE

    def accept(self, deliveries: Iterable[StoredDelivery], *, claimed: frozenset[int] | None = None) -> None:
        """Take deliveries into their lanes; known ones are left out. `claimed`: rows already marked as being tried."""
        for stored in deliveries:
            number = stored.delivery.id
            if number in self._known or stored.delivery.channel not in self._channels:
                continue
            self._known[number] = None
            self._newest = max(self._newest, number)
            while len(self._known) > _RECENT:
                del self._known[next(iter(self._known))]
            self._put(Waiting(stored, number in claimed if claimed is not None else False))

    def _put(self, waiting: Waiting) -> None:
        name = waiting.delivery.lane
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane(Bell(self._alarm))
            self._idle.clear()
            lane.waiting.append(waiting)
            self._supervisor.spawn(f"outbox {name}", self._run(name, lane))
        else:
            bisect.insort(lane.waiting, waiting, key=lambda one: (one.stored.rank, one.delivery.id))
            lane.bell.ring()  # what it would wait behind may have been taken back

    async def recover(self) -> int:
        """After a start: tries of an earlier process with an unknown outcome are marked and made again."""
        names = list(self._channels)
        idempotent = [name for name, channel in self._channels.items() if channel.capabilities.is_idempotent]
        uncertain = await self._database.write(lambda connection: rows.recover(connection, names, idempotent))
        if uncertain:
            log.warning("%d deliveries were under way when the last run ended; they are sent again", uncertain)
        after, total = 0, 0
        while True:
            last = after
            found = await self._database.read(lambda connection: rows.open_deliveries(connection, names, last))  # noqa: B023
            if not found:
                return total
            after, total = found[-1].delivery.id, total + len(found)
            self.accept(found)

    def behind(self) -> Callable[[Connection], Sequence[Row[Any]]]:
        """Reads the rows that another process may have put in for channels served here; for `sweep`."""
        after, names = self._swept_to, list(self._channels)
        return lambda connection: rows.open_rows(connection, names, after, 200)

    def sweep(self, found: Iterable[Row[Any]]) -> None:
        """Pick up what is new among rows just read."""
        self.accept(rows.read_delivery(row) for row in found if row.id not in self._known)
        # ids may become visible out of order, so the next look begins a little further back
        self._swept_to = max(self._swept_to, self._newest - _LOOK_BACK)

    async def drained(self) -> None:
        """Until nothing waits to be sent."""
        await self._idle.wait()

    async def stop(self) -> None:
        """Begin nothing new; wait for what is on its way, so that its outcome is known."""
        self._is_stopping = True
        for lane in self._lanes.values():
            lane.bell.ring()
        await self._landed.wait()

    def wake(self) -> None:
        """Let every waiting lane look again (a channel is back, a test moved time)."""
        for lane in self._lanes.values():
            lane.bell.ring()

    # --- one lane ---

    async def _run(self, name: str, lane: Lane) -> None:
        try:
            while lane.waiting and not self._is_stopping:
                try:
                    head = lane.waiting[0]
                    wait = await self._wait_for(head)
                    if wait > 0 and len(lane.waiting) > 1 and await self._outcomes.has_ended(head.stored):
                        lane.waiting.remove(head)
                        continue
                    if wait <= 0:
                        await self._send_next(lane)
                except Exception as error:  # nothing may leave a lane standing
                    log.error("%s broke: %s", name, type(error).__name__, exc_info=error)
                    wait = _BREATH
                if wait > 0 and not self._is_stopping:
                    await lane.bell.wait(wait)
        finally:
            if self._lanes.get(name) is lane:
                del self._lanes[name]
            if not self._lanes:
                self._idle.set()

    async def _wait_for(self, head: Waiting) -> float:
        """Seconds until the head of the lane may be tried."""
        delivery = head.delivery
        now = self._clock.now()
        until = head.stored.not_before
        if until is not None and until > now:
            return (until - now).total_seconds()
        held = self._held.get((delivery.channel, delivery.account), 0.0) - now.timestamp()
        if held > 0:
            return held
        return await self._channels[delivery.channel].ready(delivery)

    async def _send_next(self, lane: Lane) -> None:
        channel = self._channels[lane.waiting[0].delivery.channel]
        count = 1
        if len(lane.waiting) > 1 and isinstance(channel, Merging):
            count = max(1, channel.merge([one.delivery for one in lane.waiting[:_MERGE_AT_MOST]]))
        batch = lane.waiting[:count]
        self._in_flight += 1
        self._landed.clear()
        try:
            async with self._rooms.setdefault(channel.name, asyncio.Semaphore(_AT_ONCE)):
                batch = await self._claimed(channel, lane, batch)
                if batch:
                    await self._try(channel, lane, batch)
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._landed.set()

    async def _claimed(self, channel: Channel, lane: Lane, batch: Sequence[Waiting]) -> list[Waiting]:
        """Write down that a try begins, where a repeat could show or the row could have been withdrawn.

        Rows that ended meanwhile are left out.
        """
        if channel.capabilities.is_idempotent and all(one.stored.not_before is None for one in batch):
            return list(batch)
        fresh = [one for one in batch if not one.is_claimed]
        if fresh:
            claimed = await self._outcomes.claim([one.delivery for one in fresh])
            for one in fresh:
                one.is_claimed = True
                if one.delivery.id not in claimed:
                    lane.waiting.remove(one)
        return [one for one in batch if one in lane.waiting]

    async def _try(self, channel: Channel, lane: Lane, batch: list[Waiting]) -> None:
        try:
            receipt = await self._hand_over(channel, batch)
        except Retryable as error:
            await self._put_off(lane, batch, error)
        except TopicGone:
            await self._renew_topic(lane, batch)
        except Permanent as error:
            await self._end(lane, batch, DeliveryState.REFUSED, str(error), error.reason.value, alert=error.alert)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # a fault of ours: the message is kept and tried again
            log.error("%s: sending failed: %s", channel.name, type(error).__name__, exc_info=error)
            await self._put_off(lane, batch, Retryable(f"internal: {type(error).__name__}", is_uncertain=True))
        else:
            await self._note_sent(lane, batch, receipt)

    async def _hand_over(self, channel: Channel, batch: Sequence[Waiting]) -> Receipt:
        deliveries = []
        for one in batch:
            delivery = one.delivery
            if (one.stored.refers_to or {}).keys() - {"marks"}:
                delivery = await self._database.read(lambda connection: resolve(connection, one.stored))  # noqa: B023
            deliveries.append(delivery)
        if len(deliveries) > 1 and isinstance(channel, Merging):
            return await channel.send_merged(deliveries)
        return await channel.send(deliveries[0])

    async def _note_sent(self, lane: Lane, batch: Sequence[Waiting], receipt: Receipt) -> None:
        following = self._next_claim(lane, len(batch))
        claim = following.delivery if following is not None else None
        made = await self._until_noted(batch, receipt, claim)
        if following is not None:
            following.is_claimed = True
        del lane.waiting[: len(batch)]
        self.accept(made)

    async def _until_noted(
        self, batch: Sequence[Waiting], receipt: Receipt, claim: Delivery | None
    ) -> list[StoredDelivery]:
        """What a platform took is never sent again because we could not note it."""
        while True:
            try:
                return await self._outcomes.sent([one.stored for one in batch], receipt, claim)
            except Exception as error:
                log.error("what was sent could not be noted: %s", type(error).__name__, exc_info=error)
                await Bell(self._alarm).wait(_BREATH)

    def _next_claim(self, lane: Lane, behind: int) -> Waiting | None:
        """The row that goes next, to be claimed in the same transaction."""
        if len(lane.waiting) <= behind or self._is_stopping:
            return None
        following = lane.waiting[behind]
        idempotent = self._channels[following.delivery.channel].capabilities.is_idempotent
        can_go = not idempotent and not following.is_claimed and following.stored.not_before is None
        return following if can_go else None

    async def _put_off(self, lane: Lane, batch: Sequence[Waiting], error: Retryable) -> None:
        head = batch[0].delivery
        put_off = await self._outcomes.put_off([one.stored for one in batch], error)
        if put_off is None:
            await self._end(lane, batch, DeliveryState.DEAD, str(error), "")
            return
        waiting, made = put_off
        for one, stored in zip(batch, waiting, strict=True):
            one.stored, one.is_claimed = stored, False
        if error.scope is Scope.ACCOUNT and (until := waiting[0].not_before) is not None:
            self._held[(head.channel, head.account)] = until.timestamp()
        self.accept(made)

    async def _renew_topic(self, lane: Lane, batch: Sequence[Waiting]) -> None:
        """The topic was deleted: a new one begins with the card and the history, then this post follows."""
        made = await self._outcomes.topic_gone(batch[0].stored)
        if made is None:  # nothing live to renew it for
            await self._end(lane, batch, DeliveryState.REFUSED, "the topic was deleted", Refusal.NOT_FOUND.value)
            return
        for one in batch:
            one.is_claimed = False
        self.accept(made)

    async def _end(
        self,
        lane: Lane,
        batch: Sequence[Waiting],
        state: DeliveryState,
        error: str,
        reason: str,
        *,
        alert: bool = False,
    ) -> None:
        made = await self._outcomes.failed([one.stored for one in batch], state, error, reason, alert=alert)
        del lane.waiting[: len(batch)]
        self.accept(made)
