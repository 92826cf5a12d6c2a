"""How fast to send: within Telegram's limits before it complains, and slower after it has."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from channels.telegram.wire.notebook import Notebook
from core.clock import Clock, SystemClock
from core.errors import Scope

Now = Callable[[], float]
_MOST_CHATS = 10_000


class BotPace:
    """The whole token: 30 a second are allowed, but only kept to (at 25, for a minute) after a complaint.

    Telegram does not say whose limit was hit: three private chats refused within a second mean the bot's own.
    """

    CHATS, WITHIN = 3, 1.0
    RATE, TIME = 25, 60.0

    def __init__(self, now: Now = time.monotonic) -> None:
        self._now = now
        self._floods: deque[tuple[float, str]] = deque(maxlen=32)
        self._recent: deque[float] = deque(maxlen=self.RATE)
        self._limited_until = self._blocked_until = float("-inf")

    def flooded(self, chat: str, after: float) -> Scope:
        now = self._now()
        self._floods.append((now, chat))
        if len({chat for moment, chat in self._floods if now - moment <= self.WITHIN}) < self.CHATS:
            return Scope.LANE
        self._limited_until = now + after + self.TIME
        self._blocked_until = now + after
        return Scope.ACCOUNT

    def wait(self) -> float:
        now = self._now()
        if now < self._blocked_until:
            return self._blocked_until - now
        if now >= self._limited_until or len(self._recent) < self.RATE:
            return 0.0
        return max(0.0, self._recent[0] + 1.0 - now)

    def take(self) -> None:
        self._recent.append(self._now())


class ChatPace:
    """Private chats: bursts of 20, then one a second; and what Telegram asked to wait."""

    BURST, RATE = 20, 1.0

    def __init__(self, now: Now = time.monotonic) -> None:
        self._now = now
        self._full_at: dict[str, float] = {}  # when the chat's bucket will be full again
        self._blocked_until: dict[str, float] = {}

    def wait(self, chat: str) -> float:
        now = self._now()
        blocked = self._blocked_until.get(chat, now) - now
        lacking = self._full_at.get(chat, now) - now - (self.BURST - 1) / self.RATE
        return max(0.0, blocked, lacking)

    def take(self, chat: str) -> None:
        now = self._now()
        self._full_at[chat] = max(now, self._full_at.get(chat, now)) + 1.0 / self.RATE
        if len(self._full_at) > _MOST_CHATS:
            self._full_at = {chat: full_at for chat, full_at in self._full_at.items() if full_at > now}
            self._blocked_until = {chat: until for chat, until in self._blocked_until.items() if until > now}

    def flooded(self, chat: str, after: float) -> None:
        self._blocked_until[chat] = self._now() + after


class GroupPace:
    """The operators' group: all its topics together have 20 a minute, edits and new topics included.

    Telegram enforces that late and not always, so nothing is held back until it complains; then, until an hour has
    passed without a complaint, at most 18 a minute. The end of that hour is written down, for the next start.

    A short wait alone is no sign of that limit (any server may ask for one at any time): it is only waited for, unless
    such complaints are many among the calls of the last minute.
    """

    SHORT = 1 / 12  # of a minute
    FEW, PART = 3, 0.2  # complaints within a minute; their part of the calls
    MOST, MINUTE, TIME = 18, 60.0, 3600.0

    def __init__(
        self,
        notebook: Notebook,
        key: str,
        *,
        now: Now = time.monotonic,
        clock: Clock | None = None,
        minute: float = MINUTE,
    ) -> None:
        self._notebook, self._key = notebook, key
        self._now, self._clock = now, clock or SystemClock()
        self._minute = minute
        self._recent: deque[float] = deque(maxlen=self.MOST)
        self._calls: deque[float] = deque(maxlen=1000)  # of the last minute
        self._complaints: deque[float] = deque(maxlen=1000)
        self._limited_until = self._blocked_until = float("-inf")
        self._is_loaded = False

    async def load(self) -> None:
        """Take up, once, the limit that an earlier process came under."""
        if self._is_loaded:
            return
        self._is_loaded = True
        written = await self._notebook.get(self._key)
        try:
            left = float(written or 0) - self._clock.now().timestamp()
        except ValueError:
            left = 0.0
        if left > 0:
            self._limited_until = self._now() + min(left, self.TIME)

    @property
    def is_limited(self) -> bool:
        return self._now() < self._limited_until

    async def flooded(self, after: float) -> None:
        now = self._now()
        is_news = now >= self._blocked_until  # calls that were under way together are refused together
        self._blocked_until = max(self._blocked_until, now + after)
        if is_news:
            self._complaints.append(now)
        if after <= self.SHORT * self._minute and not self.is_limited and not self._are_many(now):
            return
        self._limited_until = now + after + self.TIME
        await self._notebook.put(self._key, f"{self._clock.now().timestamp() + after + self.TIME:.0f}")

    def _are_many(self, now: float) -> bool:
        for moments in (self._calls, self._complaints):
            while moments and moments[0] <= now - self._minute:
                moments.popleft()
        return len(self._complaints) >= max(self.FEW, self.PART * len(self._calls))

    def wait(self) -> float:
        now = self._now()
        if now < self._blocked_until:
            return self._blocked_until - now
        if not self.is_limited or len(self._recent) < self.MOST:
            return 0.0
        return max(0.0, self._recent[0] + self._minute - now)

    def take(self, cost: int = 1) -> None:
        self._recent.extend([self._now()] * min(cost, self.MOST))
        self._calls.extend([self._now()] * cost)
