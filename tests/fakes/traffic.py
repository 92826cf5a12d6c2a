"""Many messages at a steady rate, made inside the fake so that the one who measures is not in the way."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.server import FakeServer


class Traffic:
    """Mixed into the server."""

    def traffic(
        self: FakeServer, rate: float, count: int, users: int = 40, first_user: int = 1001, text: str = "вопрос {n}"
    ) -> None:
        """`count` messages, `rate` a second, of `users` customers in turn. Returns at once; see `said()`."""
        self.call_in_loop(lambda: self.in_background(self._talk(rate, count, users, first_user, text)))

    async def _talk(self: FakeServer, rate: float, count: int, users: int, first_user: int, text: str) -> None:
        began = time.monotonic()
        for n in range(count):
            pause = began + n / rate - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            self.customer_says(first_user + n % users, text.format(n=n))

    def batch(self: FakeServer, calls: list[dict[str, Any]]) -> list[Any]:
        """Several methods in one request, each `{"name": …, "args": […], "kwargs": {…}}`; stops at the first error."""
        with self.lock:
            return [getattr(self, one["name"])(*one.get("args", []), **one.get("kwargs", {})) for one in calls]
