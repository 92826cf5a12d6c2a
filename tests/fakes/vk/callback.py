"""Callback API: events posted to the bot until it says exactly `ok`."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientTimeout

if TYPE_CHECKING:
    from tests.fakes.vk.fake import FakeVk

MAX_RETRY_S, MAX_RETRY_AFTER_S, PARALLEL, ANSWER_LIMIT_S = 60.0, 3 * 3600.0, 4, 10.0


@dataclass(slots=True)
class Server:
    id: int
    url: str
    title: str
    secret: str
    status: str = "unconfigured"
    events: dict[str, int] = field(default_factory=dict)
    api_version: str = "5.199"
    pending: int = 0
    is_gone: bool = False

    def card(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "creator_id": 1,
            "url": self.url,
            "secret_key": self.secret,
            "status": self.status,
        }


class Callback:
    def __init__(self, fake: FakeVk) -> None:
        self._fake = fake
        self.servers: dict[int, Server] = {}
        self._numbers = 0
        self._room: asyncio.Semaphore | None = None

    def add(self, url: str, title: str, secret: str) -> Server:
        """The confirmation is asked for at once."""
        self._numbers += 1
        server = self.servers[self._numbers] = Server(self._numbers, url, title, secret)
        self._fake.call_in_loop(lambda: self._fake.in_background(self._confirm(server)))
        return server

    def remove(self, number: int) -> None:
        server = self.servers.pop(number, None)
        if server is not None:
            server.is_gone = True

    def pending(self) -> int:
        return sum(server.pending for server in self.servers.values())

    async def _confirm(self, server: Server) -> None:
        body: dict[str, Any] = {
            "type": "confirmation",
            "group_id": self._fake.group_id,
            "event_id": self._fake.new_event_id(),
            "v": "5.199",
        }
        if server.secret:
            body["secret"] = server.secret
        with self._fake.lock:
            server.status = "wait"
        _, status, text = await self._post(server, json.dumps(body).encode(), 0)
        with self._fake.lock:
            server.status = "ok" if status == 200 and text.strip() == self._fake.confirmation else "failed"
            self._fake.changes.notify()

    def tell(self, event: dict[str, Any], forced: bool) -> None:
        for server in self.servers.values():
            if forced or server.events.get(event["type"]):
                body = event | ({"secret": server.secret} if server.secret else {})
                server.pending += 1
                self._start(server, json.dumps(body, ensure_ascii=False).encode())

    def _start(self, server: Server, body: bytes) -> None:
        self._fake.call_in_loop(lambda: self._fake.in_background(self._deliver(server, body)))

    async def _deliver(self, server: Server, body: bytes) -> None:
        if self._room is None:
            self._room = asyncio.Semaphore(PARALLEL)
        tries, delay = 0, 1.0
        while not server.is_gone:
            async with self._room:
                retry_after, status, text = await self._post(server, body, tries)
            if status == 200 and text == "ok":
                break
            if status == 200 and text == "remove":
                with self._fake.lock:
                    self.remove(server.id)
                break
            tries += 1
            await asyncio.sleep((min(retry_after, MAX_RETRY_AFTER_S) or delay) * self._fake.retry_s)
            delay = min(delay * 2, MAX_RETRY_S)
        with self._fake.lock:
            server.pending -= 1
            self._fake.changes.notify()

    async def _post(self, server: Server, body: bytes, tries: int) -> tuple[float, int, str]:
        headers = {"Content-Type": "application/json"} | ({"X-Retry-Counter": str(tries)} if tries else {})
        try:
            async with self._fake.http.post(
                server.url, data=body, headers=headers, timeout=ClientTimeout(total=ANSWER_LIMIT_S)
            ) as answer:
                wait = answer.headers.get("Retry-After", "") if answer.status in (410, 429, 503) else ""
                return float(wait) if wait.isdigit() else 0.0, answer.status, await answer.text(errors="replace")
        except (ClientError, TimeoutError, OSError):
            return 0.0, 0, ""
