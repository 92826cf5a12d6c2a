"""Work beside the event loop that nobody waits for when the program ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


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
