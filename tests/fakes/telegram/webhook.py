"""Delivery by webhook: one update in flight for each chat (button presses: for each person), repeated until 2xx."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientTimeout

from tests.fakes.telegram.refusal import Bad, too_many

if TYPE_CHECKING:
    from tests.fakes.telegram.fake import FakeTelegram

MAX_RETRY_S, MAX_RETRY_AFTER_S = 60.0, 3600.0


class Webhook:
    def __init__(self, fake: FakeTelegram) -> None:
        self._fake = fake
        self._settings: dict[str, Any] = {}
        self._generation = 0
        self._queues: dict[tuple[str, int], deque[int]] = {}
        self._ready: deque[tuple[str, int]] = deque()
        self._active = 0
        self._next_set_at = 0.0
        self._error: tuple[int, str] | None = None

    @property
    def url(self) -> str:
        return str(self._settings.get("url", ""))

    def set(self, settings: dict[str, Any], drop_pending: bool) -> None:
        secret, url = settings["secret"], settings["url"]
        now = time.monotonic()
        if now < self._next_set_at:
            raise too_many(1)
        self._next_set_at = now + self._fake.set_webhook_pause_s
        if not re.match(r"https?://[^/\s]+", url):
            raise Bad("invalid webhook URL specified")
        if url.startswith("http://") and not re.match(r"http://(127\.|localhost|\[::1\])", url):
            raise Bad("bad webhook: An HTTPS URL must be provided for webhook")
        if len(secret) > 256:
            raise Bad("secret token is too long")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise Bad("secret token contains unallowed characters")
        if drop_pending:
            self._fake.updates.waiting.clear()
        elif settings == self._settings:
            return
        self.clear()
        self._settings = settings
        self._fake.updates.end_polling("terminated by setWebhook request")
        for update in self._fake.updates.waiting.values():
            self.enqueue(update.id, update.queue)

    def clear(self) -> None:
        self._generation += 1
        self._settings, self._error, self._active = {}, None, 0
        self._queues.clear()
        self._ready.clear()

    def info(self) -> dict[str, Any]:
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._fake.updates.waiting),
        }
        if self.url:
            info |= {"max_connections": self._settings["max_connections"], "ip_address": "127.0.0.1"}
        if self._error:
            info["last_error_date"], info["last_error_message"] = self._error
        if self._fake.updates.allowed:
            info["allowed_updates"] = self._fake.updates.allowed
        return info

    def enqueue(self, number: int, queue: tuple[str, int]) -> None:
        if not self.url:
            return
        line = self._queues.setdefault(queue, deque())
        line.append(number)
        if len(line) == 1:
            self._ready.append(queue)
            self._fake.call_in_loop(self._pump)

    def _pump(self) -> None:
        with self._fake.lock:
            while self._ready and self._active < self._settings.get("max_connections", 0):
                self._active += 1
                self._fake.in_background(self._deliver(self._ready.popleft(), self._generation))

    async def _deliver(self, queue: tuple[str, int], generation: int) -> None:
        fails, delay = 0, 1.0
        while True:
            with self._fake.lock:
                if generation != self._generation:
                    return
                update = self._head(queue)
                if update is None:
                    self._active -= 1
                    self._pump()
                    return
            retry_after, problem = await self._post(update.body)
            with self._fake.lock:
                if generation != self._generation:
                    return
                if problem is None:
                    self._fake.updates.confirm(update.id)
                    fails, delay = 0, 1.0
                    self._fake.changes.notify()
                    continue
                self._error = int(time.time()), problem
                self._fake.changes.notify()
            pause = 0.0
            if retry_after:
                pause = min(retry_after, MAX_RETRY_AFTER_S)
            elif fails:
                delay = min(delay * 2, MAX_RETRY_S)
                pause = delay
            fails += 1
            with self._fake.lock:
                self._active -= 1
                self._pump()
            await asyncio.sleep(pause * self._fake.retry_s)
            with self._fake.lock:
                if generation == self._generation:
                    self._active += 1

    def _head(self, queue: tuple[str, int]) -> Any:
        line = self._queues[queue]
        waiting, now = self._fake.updates.waiting, time.time()
        while line and (line[0] not in waiting or waiting[line[0]].expires_at < now):
            waiting.pop(line.popleft(), None)
        if not line:
            del self._queues[queue]
            return None
        return waiting[line[0]]

    async def _post(self, body: str) -> tuple[float, str | None]:
        """(Retry-After, what went wrong)."""
        headers = {"Content-Type": "application/json"}
        if self._settings["secret"]:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._settings["secret"]
        http = self._fake.http
        timeout = ClientTimeout(total=self._fake.webhook_timeout_s)
        try:
            async with http.post(self.url, data=body.encode(), headers=headers, timeout=timeout) as answer:
                content = await answer.read()
                if 200 <= answer.status < 300:
                    self._fake.obey(content)
                    return 0.0, None
                wait = answer.headers.get("Retry-After", "")
                problem = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                return float(wait) if wait.isdigit() else 0.0, problem
        except TimeoutError:
            return 0.0, "Read timeout expired"
        except (ClientError, OSError) as error:
            return 0.0, f"Connection failed: {type(error).__name__}"
