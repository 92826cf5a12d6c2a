"""The FAQ as the running bot uses it: an index in memory, rebuilt beside the one in use when the FAQ changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from bot.decide.situation import Knowledge
from bot.knowledge.beside import beside
from bot.knowledge.building import Builder, Stock, Stopped, TooManyTexts, load_stock
from bot.knowledge.encoders import NO_ENCODER, EncoderChoice
from bot.settings import Settings
from bot.settings.answers import policy_of
from bot.storage.database import Database
from bot.storage.entries import faq_version
from core.clock import Clock
from core.errors import OtklikError
from faq.answer import Handoff, Policy, Verdict, asks_for_operator, judge_burst
from faq.encoder import Encoder
from faq.index import Index
from faq.learning.exceptions import Exceptions
from faq.matches import Match, Matches

log = logging.getLogger(__name__)

_WORTH_SHOWING = 0.03  # probability below which a match is noise to somebody who looks for themselves
_INLINE = 2000  # entries up to which a search without an encoder is quicker than handing it to a thread
_CALL = 200  # characters; a longer message to people is no mere call for one
_SEARCHERS = 4  # threads; an endpoint is waited for in them
_CROWD = 12  # customers whose questions wait for the search; with more of them it goes without meaning
_LOOK = 1.0  # seconds between looks at whether the FAQ changed
_AGAIN = 15.0  # seconds after a failed build; doubled up to the longest
_AGAIN_LATEST = 900.0
_TOLD_EVERY = 1000  # texts


@dataclass(frozen=True, slots=True)
class _InUse:
    """What answers now; swapped as one."""

    index: Index
    exceptions: Exceptions
    version: int = -1
    day: date | None = None
    has_meaning: bool = False


class Library:
    """Answers what the FAQ says. A failed rebuild leaves the index in use.

    Without vectors an index is made in seconds and used at once; the one with vectors follows when they are there.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        policy: Policy | None = None,
        encoder: EncoderChoice = NO_ENCODER,
        on_built: Callable[[], None] = lambda: None,
        settings: Callable[[], Settings] = Settings,
    ) -> None:
        """`on_built`: called in a thread after a building, which left much memory free. Without a `policy` that of the
        settings holds."""
        self._database = database
        self._clock = clock
        self._policy = policy
        self._settings = settings
        self._choice = encoder
        self._on_built = on_built
        self._encoder: Encoder | None = None
        self._waiting = 0  # for the search
        self._builder = Builder(database, clock, encoder.keep)
        self._used = _InUse(Index.build(()), Exceptions())
        self._searchers = ThreadPoolExecutor(_SEARCHERS, thread_name_prefix="otklik-search")

    @property
    def index(self) -> Index:
        return self._used.index

    @property
    def policy(self) -> Policy:
        """When it answers and when it asks back, at this moment."""
        return self._policy or policy_of(self._settings())

    @property
    def has_meaning(self) -> bool:
        """Whether the index in use goes by meaning too."""
        return self._used.has_meaning

    async def refresh(self) -> bool:
        """Rebuild if the stored FAQ changed, or a day ended and with it an entry's validity."""
        version = await self._database.read(faq_version)
        today = self._clock.now().date()
        if (version, today) == (self._used.version, self._used.day):
            return False
        stock = await self._database.read(lambda connection: load_stock(connection, today))
        await beside(lambda: self._build(stock))
        await beside(self._on_built)
        log.info("FAQ: %d entries in use", len(self.index))
        return True

    async def follow_changes(self) -> None:
        """For ever: take up what changed in the FAQ."""
        await self._repeat(self.refresh, "the FAQ could not be taken up anew", _AGAIN)

    async def follow_meaning(self) -> None:
        """For ever: where the index in use does not go by meaning and should, make one that does."""
        await self._repeat(self.add_meaning, "the search goes on without meaning for now", _AGAIN_LATEST)

    async def _repeat(self, step: Callable[[], Awaitable[bool]], complaint: str, latest: float) -> None:
        pause = _AGAIN
        while True:
            try:
                await step()
            except Exception as error:  # the index in use stays
                log.warning("%s: %s", complaint, error if isinstance(error, OtklikError) else type(error).__name__)
                log.debug("%s", complaint, exc_info=True)
                await asyncio.sleep(pause)
                pause = min(2 * pause, latest)
            else:
                pause = _AGAIN
                await asyncio.sleep(_LOOK)

    async def add_meaning(self) -> bool:
        """Put an index with vectors in the place of one without; raises Unavailable when the encoder is away."""
        if self._choice.kind == "none" or self._used.has_meaning or not len(self.index):
            return False
        day = self._used.day or self._clock.now().date()
        stock = await self._database.read(lambda connection: load_stock(connection, day))
        encoder = self._encoder or await self._open()
        if encoder is None:
            return False
        index = await beside(lambda: self._builder.whole(stock, encoder, _tell))
        if stock.version != self._used.version:
            return False  # something was changed meanwhile; what was encoded is remembered
        self._use(stock, index, has_meaning=True)
        await beside(self._on_built)
        log.info("FAQ: %d entries by meaning too (%s)", len(index), self._choice.name)
        return True

    def close(self) -> None:
        """End a build under way; nothing is answered any more."""
        self._builder.stop()
        self._searchers.shutdown(wait=False, cancel_futures=True)

    async def know(self, texts: Sequence[str], *, is_with_people: bool) -> Knowledge:
        """The verdicts on what was said. With people only a call for one is looked for."""
        used = self._used
        if not texts:
            return Knowledge(used.index)
        if is_with_people:
            calls: list[Verdict] = []
            if sum(map(len, texts)) < _CALL and any(map(asks_for_operator, texts)):
                calls.append(Handoff(Matches("\n".join(texts))))
            return Knowledge(used.index, calls, is_searched=False)
        if len(used.index) <= _INLINE and not used.has_meaning:
            return Knowledge(used.index, self._judge(used, texts))
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return Knowledge(used.index, await loop.run_in_executor(self._searchers, self._judge, used, texts))
        finally:
            self._waiting -= 1

    async def _open(self) -> Encoder | None:
        encoder = await beside(self._choice.open)
        if encoder is not None:
            encoder.is_busy = lambda: self._waiting > _CROWD
        self._encoder = encoder
        return encoder

    async def find(self, text: str, most: int) -> tuple[Match, ...]:
        """For people who look for themselves: everything that may be meant, best first."""
        index, loop = self._used.index, asyncio.get_running_loop()
        matches = await loop.run_in_executor(self._searchers, lambda: index.search(text, limit=most))
        return tuple(match for match in matches if match.score >= _WORTH_SHOWING)

    def _judge(self, used: _InUse, texts: Sequence[str]) -> list[Verdict]:
        policy = self.policy
        verdicts = judge_burst(used.index, texts, policy)
        return used.exceptions.hold(verdicts, used.index, policy)

    def _build(self, stock: Stock) -> None:
        """In a thread: with vectors if they are at hand, else without."""
        if self._encoder is not None:
            try:
                return self._use(stock, self._builder.quick(stock, self._encoder), has_meaning=True)
            except TooManyTexts:
                pass
            except Stopped:
                raise
            except Exception as error:  # an endpoint may be away; what is not answered any more must go now
                log.warning("the FAQ is taken up without meaning at first: %s", error or type(error).__name__)
        return self._use(stock, self._builder.light(stock), has_meaning=False)

    def _use(self, stock: Stock, index: Index, *, has_meaning: bool) -> None:
        self._used = _InUse(index, stock.exceptions, stock.version, stock.day, has_meaning)


def _tell(done: int, total: int) -> None:
    if done % _TOLD_EVERY < (done - 32) % _TOLD_EVERY:
        log.info("FAQ: %d texts encoded, at most %d are to be", done, total)
