"""Starts every task and watches it: a loop that breaks is reported and started again, nothing dies unseen."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.5  # seconds before a broken loop starts again; doubled up to the longest
_LONGEST_PAUSE = 30.0


class Alarm(Protocol):
    """Rings later: the only way to wait for time, so that tests can move it."""

    def call_later(self, seconds: float, ring: Callable[[], None]) -> Callable[[], None]:
        """Call `ring` after so many seconds; the returned function calls it off."""


class LoopAlarm:
    """The event loop's own time."""

    def call_later(self, seconds: float, ring: Callable[[], None]) -> Callable[[], None]:
        return asyncio.get_running_loop().call_later(max(0.0, seconds), ring).cancel


class FakeAlarm:
    """Rings when told that time has passed; goes with core.clock.FakeClock in tests."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._off: set[int] = set()

    def call_later(self, seconds: float, ring: Callable[[], None]) -> Callable[[], None]:
        number = next(self._numbers)
        heapq.heappush(self._due, (self.now + max(0.0, seconds), number, ring))
        return lambda: self._off.add(number)

    @property
    def next_in(self) -> float | None:
        """Seconds until the next alarm, or None."""
        while self._due and self._due[0][1] in self._off:
            self._off.discard(heapq.heappop(self._due)[1])
        return max(0.0, self._due[0][0] - self.now) if self._due else None

    def advance(self, seconds: float) -> None:
        self.now += seconds
        while self._due and self._due[0][0] <= self.now + 1e-9:
            _, number, ring = heapq.heappop(self._due)
            if number not in self._off:
                ring()
            self._off.discard(number)


class Bell:
    """Wakes one waiting task: by ringing, or by an alarm after a time."""

    def __init__(self, alarm: Alarm) -> None:
        self._alarm = alarm
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()

    async def wait(self, seconds: float | None = None) -> None:
        """Until somebody rings or `seconds` have passed (None: only until somebody rings)."""
        call_off = self._alarm.call_later(seconds, self._event.set) if seconds is not None else None
        try:
            await self._event.wait()
        finally:
            self._event.clear()
            if call_off is not None:
                call_off()


class Supervisor:
    """Keeps tasks: `start` for loops that must live, `spawn` for work that ends by itself."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_stopping = False

    def start(self, name: str, loop: Callable[[], Awaitable[None]], on_break: Callable[[], None] | None = None) -> None:
        """Run the loop for ever; when it breaks, report it and start it again after a growing pause."""
        self._add(self._keep_alive(name, loop, on_break), name)

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run work that ends by itself; a failure is reported."""
        task = self._add(work, name)
        task.add_done_callback(_report)
        return task

    async def stop(self) -> None:
        """Cancel everything and wait for it."""
        self._is_stopping = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _add(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _keep_alive(
        self, name: str, loop: Callable[[], Awaitable[None]], on_break: Callable[[], None] | None
    ) -> None:
        pause = _FIRST_PAUSE
        while not self._is_stopping:
            try:
                await loop()
                return
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.error("%s broke (%s), starting it again in %.1f s", name, type(error).__name__, pause)
                log.debug("%s broke", name, exc_info=True)
                if on_break is not None:
                    on_break()
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 2)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        error = task.exception()
        log.error("%s failed: %s", task.get_name(), type(error).__name__, exc_info=error)
