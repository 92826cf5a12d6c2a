"""What came of a try, written down: sent, to be tried again, refused, given up."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from bot import metrics
from bot.apply.work import Setup
from bot.outbox import endings
from bot.storage import outbox as rows
from bot.storage.database import Database
from bot.storage.live.events import note_event
from bot.storage.outbox import StoredDelivery
from core.clock import Clock
from core.delivery import Delivery, DeliveryState, DeskPost, Receipt, RetryPolicy
from core.errors import Retryable

log = logging.getLogger(__name__)

_SLOW = 2.0  # seconds; whoever waits longer for the next try is shown that there was a first


class Outcomes:
    """Each method is one transaction; they return the deliveries that came of it."""

    def __init__(self, database: Database, clock: Clock, policy: RetryPolicy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy
        self.setup = Setup("ru", {})

    async def sent(
        self, ended: Sequence[StoredDelivery], receipt: Receipt, following: Delivery | None
    ) -> list[StoredDelivery]:
        """`following` is claimed on the way: it goes right after."""
        now = self._clock.now()

        def work(connection: Connection) -> list[StoredDelivery]:
            made = endings.note_sent(connection, ended, receipt, self.setup, now)
            if following is not None:
                rows.claim(connection, following.id, following.attempt)
            return made

        made = await self._database.write(work, is_urgent=True)
        for stored in ended:
            seconds = (now - stored.created_at).total_seconds()
            metrics.delivered(stored.delivery.channel, DeliveryState.SENT, seconds)
        return made

    async def claim(self, wanted: Sequence[Delivery]) -> set[int]:
        """Write down that a try of these begins; returns those that have not ended meanwhile."""

        def work(connection: Connection) -> set[int]:
            return {one.id for one in wanted if rows.claim(connection, one.id, one.attempt)}

        return await self._database.write(work)

    async def has_ended(self, waiting: StoredDelivery) -> bool:
        """Whether what waits for its moment was taken back, so that nothing need wait behind it."""
        if waiting.not_before is None:
            return False
        return not await self._database.read(lambda connection: rows.is_open(connection, waiting.delivery.id))

    async def put_off(
        self, batch: Sequence[StoredDelivery], error: Retryable
    ) -> tuple[list[StoredDelivery], list[StoredDelivery]] | None:
        """The deliveries as they now wait, and what came of it; None when there is no more patience for them."""
        now = self._clock.now()
        head = batch[0].delivery
        metrics.delivered(head.channel, DeliveryState.UNCERTAIN if error.is_uncertain else DeliveryState.PENDING)
        if error.counts and self._policy.gives_up(now - batch[0].created_at):
            return None
        wait = error.after if error.after is not None else self._policy.wait(head.attempt)
        until = now + timedelta(seconds=wait)
        changed = [_counted(one, 1 if error.counts else 0) for one in batch]
        noticed = batch if self._begins_to_be_slow(batch[0], error, wait) else ()

        def work(connection: Connection) -> tuple[list[StoredDelivery], list[StoredDelivery]]:
            if error.alert:
                endings.report(connection, head.channel, str(error), now)
            if not isinstance(head.content, DeskPost):
                note_event(connection, "message.updated", head.conversation_id, head.message_id)
            waiting = [
                rows.mark_waiting(connection, one, error=str(error), is_uncertain=error.is_uncertain, until=until)
                for one in changed
            ]
            return waiting, [
                made for one in noticed for made in endings.mark(connection, one, endings.RETRYING, self.setup, now)
            ]

        if error.alert:
            log.error("%s: %s", head.channel, error)
        return await self._database.write(work)

    def _begins_to_be_slow(self, head: StoredDelivery, error: Retryable, wait: float) -> bool:
        """Whether this is the one put-off the author is to see: a try lost for a moment is nobody's concern."""
        if wait < _SLOW:
            return False
        if error.counts and error.after is None:
            return head.delivery.attempt == 1 or self._policy.wait(head.delivery.attempt - 1) < _SLOW
        return head.not_before is None

    async def topic_gone(self, first: StoredDelivery) -> list[StoredDelivery] | None:
        """What makes the new topic; None when the conversation is closed."""
        now = self._clock.now()
        return await self._database.write(lambda connection: endings.renew_topic(connection, first, self.setup, now))

    async def failed(
        self, ended: Sequence[StoredDelivery], state: DeliveryState, error: str, reason: str, *, alert: bool
    ) -> list[StoredDelivery]:
        """Refused, or dead after the last try; the operators are told."""
        now = self._clock.now()
        channel = ended[0].delivery.channel
        if alert:
            log.error("%s: %s", channel, error)

        def work(connection: Connection) -> list[StoredDelivery]:
            if alert:
                endings.report(connection, channel, error, now)
            return endings.note_failed(connection, ended, state, error, reason, self.setup, now)

        made = await self._database.write(work)
        metrics.delivered(channel, state)
        return made


def _counted(stored: StoredDelivery, tries: int) -> StoredDelivery:
    return replace(stored, delivery=replace(stored.delivery, attempt=stored.delivery.attempt + tries))
