"""Once a day, unasked: suggestions are drawn from what customers and operators did, the confidence is refitted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.knowledge import learning
from bot.knowledge.beside import beside
from bot.storage.database import Database
from bot.storage.knowledge.suggestions import store_proposals
from bot.storage.notes import read_note, write_note
from core.clock import Clock
from faq.index import Index

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
_LOOK = 60.0  # seconds
_KEY = "faq_learned_at"


class Learner:
    """Proposes; the one thing it does by itself, the refitting, is a version that can be taken back."""

    def __init__(self, database: Database, clock: Clock, index: Callable[[], Index]) -> None:
        self._database, self._clock, self._index = database, clock, index

    async def run(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(_LOOK)
            await self.learn_if_due()

    async def learn_if_due(self) -> bool:
        """Learn when a day has passed since the last time; also across restarts."""
        now = self._clock.now()
        last = await self._database.read(lambda connection: read_note(connection, _KEY))
        if last is not None and now - datetime.fromisoformat(last) < EVERY:
            return False
        await self.learn()
        await self._database.write(lambda connection: write_note(connection, _KEY, now.isoformat()))
        return True

    async def learn(self) -> None:
        """Store what is proposed now; refit the confidence where there is clearly more to go by than last time."""
        index, now = self._index(), self._clock.now()
        proposals = await beside(
            lambda: self._database.read_now(lambda connection: learning.find_proposals(connection, index, now))
        )
        new = await self._database.write(lambda connection: store_proposals(connection, proposals, now))
        if new:
            log.info("FAQ: %d new suggestions wait for an admin: otklik faq suggestions", new)
        fitted = await beside(lambda: self._database.read_now(lambda connection: learning.fit(connection, index, now)))

        def use(connection: Connection) -> int | None:
            samples = fitted.figures.samples if fitted.figures is not None else 0
            return learning.use_fit(connection, fitted, now) if learning.is_fit_due(connection, samples) else None

        number = await self._database.write(use)
        if number is not None:
            log.info("FAQ: the confidence was fitted to this installation (take back: otklik faq refit --undo)")
