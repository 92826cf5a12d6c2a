"""Bots Long Poll: numbered events, a short memory, a key."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from tests.fakes.changes import Changes
from tests.fakes.vk.params import Params

if TYPE_CHECKING:
    from tests.fakes.vk.fake import FakeVk

MAX_WAIT_S = 90


class LongPoll:
    """`ts` is the number of the last event; asking with an old one repeats everything behind it."""

    def __init__(self, fake: FakeVk, history: int) -> None:
        self._fake = fake
        self.key = secrets.token_hex(20)
        self.ts = 1
        self.asked_ts = 1
        self.enabled = True
        self.events: deque[tuple[int, str]] = deque(maxlen=history)
        self.arrivals = Changes()

    def add(self, event: dict[str, Any]) -> int:
        self.ts += 1
        self.events.append((self.ts, json.dumps(event, ensure_ascii=False)))
        self.arrivals.notify()
        return self.ts

    def unread(self) -> int:
        return self.ts - self.asked_ts

    async def check(self, p: Params) -> bytes:
        cap = self._fake.longpoll_wait_s
        wait = min(p.number("wait", 25), MAX_WAIT_S if cap is None else cap)
        deadline = time.monotonic() + wait
        while True:
            with self._fake.lock:
                if p.text("key") != self.key:
                    return b'{"failed":2}'
                ts = p.number("ts", -1) if p.text("ts").isdigit() else -1
                oldest = self.events[0][0] if self.events else self.ts + 1
                if ts < oldest - 1 or ts > self.ts:
                    return json.dumps({"failed": 1, "ts": self.ts}).encode()
                self.asked_ts = max(self.asked_ts, ts)
                self._fake.changes.notify()
                found = [body for number, body in self.events if number > ts] if ts < self.ts else []
                left = deadline - time.monotonic()
                if found or left <= 0 or self._fake.stopping:
                    return f'{{"ts":"{self.ts}","updates":[{",".join(found)}]}}'.encode()
                arrival = self.arrivals.next()
            await asyncio.wait([arrival], timeout=left)
