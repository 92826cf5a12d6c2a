"""Rate limits as the platforms count them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

Clock = Callable[[], float]


class Window:
    """At most `limit` in any `span` seconds."""

    def __init__(self, limit: float, span: float, clock: Clock) -> None:
        self.limit, self.span, self._clock = limit, span, clock
        self._times: deque[float] = deque()

    def wait(self, amount: int = 1) -> float:
        """Seconds until `amount` more would pass; 0.0: now."""
        now = self._clock()
        while self._times and self._times[0] <= now - self.span:
            self._times.popleft()
        over = len(self._times) + amount - self.limit
        if over <= 0 or not self._times:
            return 0.0
        last = min(math.ceil(over), len(self._times)) - 1
        return self._times[last] + self.span - now

    def count(self, amount: int = 1) -> None:
        self._times.extend([self._clock()] * amount)


class Bucket:
    """`rate` a second with bursts of `burst`."""

    def __init__(self, rate: float, burst: float, clock: Clock) -> None:
        self.rate, self.burst, self._clock = rate, burst, clock
        self._tokens, self._at = burst, clock()

    def wait(self, amount: int = 1) -> float:
        now = self._clock()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
        missing = min(amount, self.burst) - self._tokens
        return missing / self.rate if missing > 0 else 0.0

    def count(self, amount: int = 1) -> None:
        self._tokens -= amount
