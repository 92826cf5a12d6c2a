"""Bots Long Poll with our own `ts`: every batch is stored together with the place read up to, then comes the next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp

from channels.vk.calls import VkCalls
from channels.vk.errors import VkError, as_channel_error
from channels.vk.incoming.missed import read_missed
from channels.vk.incoming.read import arrival, read_json
from channels.vk.settings import VkSettings
from core.channel import Arrival, Cursor, Inbox
from core.clock import Clock
from core.errors import Retryable

log = logging.getLogger(__name__)

LONGEST_PAUSE = 30.0
NEW_SERVER_AFTER = 3  # failures in a row
OUTDATED, KEY_EXPIRED, STATE_LOST = 1, 2, 3


@dataclass(slots=True)
class _Server:
    url: str
    key: str
    ts: str


class VkLongPoll:
    """`sleep` is replaced by tests."""

    def __init__(
        self,
        settings: VkSettings,
        calls: VkCalls,
        http: aiohttp.ClientSession,
        clock: Clock,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._account = str(settings.group_id)
        self._calls = calls
        self._http = http
        self._clock = clock
        self._sleep = sleep
        self._server: _Server | None = None
        self._ts = ""
        self._heard_at: datetime | None = None  # when the place `_ts` was written down
        self._failures = 0
        self._reported = ""

    async def listen(self, inbox: Inbox) -> None:
        """Until cancelled; trouble is waited out, never passed on."""
        self._ts, _, heard_at = (await inbox.cursor("vk", self._account) or "").partition("@")
        self._heard_at = datetime.fromtimestamp(int(heard_at), UTC) if heard_at.isdecimal() else None
        while True:
            try:
                await self._step(inbox)
                self._failures, self._reported = 0, ""
            except VkError as error:
                await self._wait_out(inbox, as_channel_error(error))
            except Retryable as error:
                await self._wait_out(inbox, error)

    async def _step(self, inbox: Inbox) -> None:
        server = self._server = self._server or await self._find_server()
        if not self._ts:  # the very first beginning: from now on nothing may be skipped
            await self._store(inbox, [], server.ts)
        answer = await self._ask(server)
        failed = answer.get("failed")
        if failed is None:
            await self._take(inbox, answer)
        elif failed == OUTDATED:
            await self._recover(inbox, str(answer.get("ts", "")) or server.ts, failed)
        elif failed == KEY_EXPIRED:
            self._server = await self._find_server()  # the place is still good
        elif failed == STATE_LOST:
            self._server = None
            fresh = await self._find_server()
            await self._recover(inbox, fresh.ts, failed)
            self._server = fresh
        else:
            self._server = None
            raise Retryable(f"long poll: failed {str(failed)[:20]}")

    async def _take(self, inbox: Inbox, answer: dict[str, Any]) -> None:
        updates, ts = answer.get("updates"), answer.get("ts")
        if not isinstance(updates, list) or not isinstance(ts, str | int):
            raise Retryable("long poll: answered something else")
        if updates or str(ts) != self._ts:
            await self._store(inbox, [arrival(event, self._account) for event in updates], str(ts))

    async def _recover(self, inbox: Inbox, ts: str, failed: int) -> None:
        """Events were lost: what customers wrote meanwhile is read from the conversations, then we go on from `ts`."""
        try:
            missed = await read_missed(self._calls, self._settings.group_id, self._clock.now(), self._heard_at)
        except VkError as error:
            if not isinstance(as_channel_error(error), Retryable):
                await inbox.report("vk", f"long poll lost events (failed {failed}); they could not be read: {error}")
                missed = []
            else:
                raise
        else:
            await inbox.report("vk", f"long poll lost events (failed {failed}); read again: {len(missed)}")
        await self._store(inbox, missed, ts)

    async def _store(self, inbox: Inbox, arrivals: list[Arrival], ts: str) -> None:
        """The cursor is the place and, behind "@", when it was reached (seconds): what is lost later is newer."""
        now = self._clock.now()
        await inbox.store(arrivals, Cursor("vk", self._account, f"{ts}@{int(now.timestamp())}"))
        self._ts, self._heard_at = ts, now

    async def _find_server(self) -> _Server:
        found = await self._calls.call("groups.getLongPollServer", group_id=self._settings.group_id)
        try:
            return _Server(str(found["server"]), str(found["key"]), str(found["ts"]))
        except (KeyError, TypeError):
            raise Retryable("groups.getLongPollServer: answered something else") from None

    async def _ask(self, server: _Server) -> dict[str, Any]:
        wait = self._settings.wait
        params = {"act": "a_check", "key": server.key, "ts": self._ts, "wait": str(wait)}
        timeout = aiohttp.ClientTimeout(total=wait + 10, sock_connect=10)
        try:
            async with self._http.get(server.url, params=params, timeout=timeout) as answer:
                if answer.status >= 400:
                    raise Retryable(f"long poll: HTTP {answer.status}")
                found = read_json(await answer.read())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Retryable(f"long poll: {type(error).__name__}") from None
        if not isinstance(found, dict):
            raise Retryable("long poll: answered something else")
        return found

    async def _wait_out(self, inbox: Inbox, error: Exception) -> None:
        self._failures += 1
        if self._failures % NEW_SERVER_AFTER == 0:
            self._server = None
        pause = min(LONGEST_PAUSE, 0.5 * 2.0 ** min(self._failures - 1, 10))
        is_serious = not isinstance(error, Retryable) or error.alert
        if is_serious:
            pause = LONGEST_PAUSE
            if str(error) != self._reported:  # once, not at every try
                self._reported = str(error)
                await inbox.report("vk", f"cannot receive: {error}")
        log.warning("vk: %s; next try in %.1f s", error, pause)
        await self._sleep(pause)
