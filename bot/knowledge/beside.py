"""Work beside the event loop that nobody waits for when the program ends."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

_OFTEN = 0.0005  # seconds between two threads' turns while one of them computes for long, instead of five thousandths


class _GivingWay:
    """While anything is within, the interpreter passes from thread to thread ten times as often."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._within = 0
        self._usual = 0.0

    def __enter__(self) -> None:
        with self._lock:
            if not self._within:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(_OFTEN)
            self._within += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._within -= 1
            if not self._within:
                sys.setswitchinterval(self._usual)


giving_way = _GivingWay()
"""For long computing in Python beside customers' questions: a search asks for its turn a dozen times, and each time
waits as long as the other may go on."""


async def beside(work: Callable[[], T]) -> T:
    """Run it in a thread of its own; what takes minutes must not hold up the end of the program."""
    waiter: Future[T] = Future()

    def run() -> None:
        if not waiter.set_running_or_notify_cancel():
            return
        try:
            waiter.set_result(work())
        except BaseException as error:
            waiter.set_exception(error)

    threading.Thread(target=run, name="otklik-beside", daemon=True).start()
    return await asyncio.wrap_future(waiter)
