"""Waking those who wait for something to happen, whichever thread or loop they wait in."""

from __future__ import annotations

import asyncio
import threading


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class Changes:
    """Register under the fake's lock, notify under the same lock: no wake-up is missed."""

    def __init__(self) -> None:
        self._futures: list[asyncio.Future[None]] = []
        self._events: list[threading.Event] = []

    def next(self) -> asyncio.Future[None]:
        """A future of the running loop that is done at the next change."""
        future = asyncio.get_running_loop().create_future()
        self._futures.append(future)
        return future

    def next_event(self) -> threading.Event:
        event = threading.Event()
        self._events.append(event)
        return event

    def notify(self) -> None:
        if self._events:
            events, self._events = self._events, []
            for event in events:
                event.set()
        if self._futures:
            futures, self._futures = self._futures, []
            try:
                here: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
            except RuntimeError:
                here = None
            for future in futures:
                loop = future.get_loop()
                if loop is here:
                    _wake(future)
                elif not loop.is_closed():
                    loop.call_soon_threadsafe(_wake, future)

    async def wait(self, future: asyncio.Future[None], timeout: float) -> bool:
        """True when the change came in time."""
        done, _ = await asyncio.wait([future], timeout=max(timeout, 0.0))
        if not done:
            future.cancel()
        return bool(done)
