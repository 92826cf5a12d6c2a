"""Arrivals that cannot be read or handled are put out of the way, so that their neighbours go on; doctor shows them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import Connection

from bot import metrics
from bot.storage import inbox as rows
from bot.storage.database import Database
from bot.storage.inbox import StoredArrival
from core.clock import Clock

log = logging.getLogger(__name__)


async def set_aside(database: Database, clock: Clock, batch: Sequence[StoredArrival], error: str) -> None:
    """Returns after the commit; `error` names the kind of trouble, never the words of a customer."""
    numbers, now = [stored.id for stored in batch], clock.now()
    channel = batch[0].arrival.channel
    log.error("%s: arrival %s set aside, %s", channel, numbers, error)
    metrics.set_aside(channel, len(numbers))

    def work(connection: Connection) -> None:
        rows.set_aside(connection, numbers, error, now)
        rows.note_problem(connection, channel, f"an arrival was set aside: {error}", now)

    await database.write(work)
