"""The open chat: server-sent events read by fetch, resumed by the number of the last line."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.storage.database import Database
from bot.storage.website import lines
from bot.storage.website.lines import Line
from bot.website.access.door import Door, SignInAnew
from bot.website.access.limits import TooMany
from bot.website.access.tokens import Pass
from bot.website.api import Api, number_of
from bot.website.hub import Hub, Stream
from bot.website.showing import shown

log = logging.getLogger(__name__)

_PING = 20.0  # seconds; a comment would not be seen by a script
_LOOK = 5.0  # seconds between looks whether the browser is still there
_AT_ONCE = 200  # lines
_WRITE_TIME = 10.0  # seconds for a slow browser to take what there is
_CHECK_EVERY = 60.0  # seconds between looks whether the token is still good
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # no proxy may keep it back
    "X-Content-Type-Options": "nosniff",
}


class Streams:
    """Serves `/widget/api/events`."""

    def __init__(self, api: Api, hub: Hub, door: Door, database: Database) -> None:
        self._api, self._hub, self._door, self._database = api, hub, door, database
        self._by_ip: dict[str, int] = {}

    async def events(self, request: web.Request) -> web.StreamResponse:
        who = await self._api.who(request)
        after = number_of(request.query.get("after", "")) or 0
        ip, rates = self._door.ip(request), self._door.rates
        is_full = self._hub.count() >= rates.streams or self._by_ip.get(ip, 0) >= rates.streams_of_ip
        if is_full or self._hub.count(who.address) >= rates.streams_of_visitor:
            raise TooMany(15)
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        stream = self._hub.open(who.address)
        self._by_ip[ip] = self._by_ip.get(ip, 0) + 1
        try:
            await self._run(request, response, stream, who, after)
        except (ConnectionError, TimeoutError):
            log.debug("a browser went away")
        finally:
            self._hub.leave(stream)
            self._by_ip[ip] -= 1
            if not self._by_ip[ip]:
                del self._by_ip[ip]
        return response

    async def _run(
        self, request: web.Request, response: web.StreamResponse, stream: Stream, who: Pass, after: int
    ) -> None:
        state: dict[str, Any] = {}
        last, quiet, age = after, 0.0, 0.0
        await _write(response, _event("ready", {}))
        stream.news.set()
        while not stream.is_closed and not _is_gone(request):
            parts: list[str] = []
            if stream.news.is_set():
                stream.news.clear()
                if stream.is_resync:
                    await _write(response, _event("resync", {}))
                    return
                found, now = await self._database.read(lambda c: _news(c, who.address, last))  # noqa: B023
                parts += [_event("line", shown(line), line.id) for line in found]
                last = found[-1].id if found else last
                if len(found) == _AT_ONCE:
                    stream.news.set()  # there may be more
                if now != state:
                    state = now
                    parts.append(_event("state", state))
                if stream.typing is not None and not found:
                    parts.append(_event("typing", {"name": stream.typing}))
                stream.typing = None
            elif quiet >= _PING:
                parts.append(_event("ping", {}))
            if parts:
                await _write(response, "".join(parts))
                quiet = 0.0
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK):
                    await stream.news.wait()
                continue
            quiet, age = quiet + _LOOK, age + _LOOK
            if age >= _CHECK_EVERY:
                age = 0.0
                try:
                    await self._api.who(request)
                except SignInAnew:
                    await _write(response, _event("resync", {}))
                    return


def _news(connection: Connection, address: str, after: int) -> tuple[list[Line], dict[str, str]]:
    return lines.lines_behind(connection, address, after, _AT_ONCE), lines.state_of(connection, address)


def _event(kind: str, body: dict[str, Any], number: int | None = None) -> str:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {kind}\ndata: {json.dumps(body, ensure_ascii=False, separators=(',', ':'))}\n\n"


async def _write(response: web.StreamResponse, text: str) -> None:
    async with asyncio.timeout(_WRITE_TIME):
        await response.write(text.encode())


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
