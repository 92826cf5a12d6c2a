"""The FAQ as the running bot uses it: an index in memory, rebuilt beside the one in use when the FAQ changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import date

from bot.decide.situation import Knowledge
from bot.storage.database import Database
from bot.storage.entries import faq_version, load_entries
from core.clock import Clock
from faq.answer import Handoff, Policy, Verdict, asks_for_operator, judge_burst
from faq.index import Index
from faq.matches import Match, Matches

log = logging.getLogger(__name__)

_INLINE = 2000  # entries up to which a search is quicker than handing it to a thread
_WORTH_SHOWING = 0.03  # probability below which a match is noise to somebody who looks for themselves
_CALL = 200  # characters; a longer message to people is no mere call for one


class Library:
    """Answers what the FAQ says; a failed rebuild leaves the index in use."""

    def __init__(self, database: Database, clock: Clock, policy: Policy | None = None) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy or Policy()
        self._index = Index.build(())
        self._version = -1
        self._day: date | None = None

    @property
    def index(self) -> Index:
        return self._index

    async def refresh(self) -> bool:
        """Rebuild if the stored FAQ changed, or a day ended and with it an entry's validity."""
        version = await self._database.read(faq_version)
        today = self._clock.now().date()
        if version == self._version and today == self._day:
            return False
        entries = await self._database.read(load_entries)
        live = [entry for entry in entries if entry.is_live(today)]
        self._index = await asyncio.to_thread(Index.build, live)
        self._version, self._day = version, today
        log.info("FAQ: %d entries in use", len(self._index))
        return True

    async def know(self, texts: Sequence[str], *, is_with_people: bool) -> Knowledge:
        """The verdicts on what was said. With people only a call for one is looked for."""
        index = self._index
        if not texts:
            return Knowledge(index)
        if is_with_people:
            calls: list[Verdict] = []
            if sum(map(len, texts)) < _CALL and any(map(asks_for_operator, texts)):
                calls.append(Handoff(Matches("\n".join(texts))))
            return Knowledge(index, calls, is_searched=False)
        if len(index) <= _INLINE:
            return Knowledge(index, judge_burst(index, texts, self._policy))
        return Knowledge(index, await asyncio.to_thread(judge_burst, index, texts, self._policy))

    async def find(self, text: str, most: int) -> tuple[Match, ...]:
        """For people who look for themselves: everything that may be meant, best first."""
        index = self._index
        matches = await asyncio.to_thread(index.search, text, limit=most)
        return tuple(match for match in matches if match.score >= _WORTH_SHOWING)
