"""The stream of events: `GET /events?after=N`."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.console.access import cookies
from bot.console.context import Visit
from bot.console.live.clients import Client
from bot.console.live.fragments import encode
from bot.storage.console.sessions import find_session
from bot.storage.operators import touch_operator
from core.text import LANGUAGES

PING_EVERY = 20.0  # seconds; a page that hears nothing for 45 s opens the stream anew
_WRITE_TIME = 10.0
_CHECK_EVERY = 3  # pings between looks at the session


class _Line:
    """Straight to the connection: the server's own writing and a timer for each page cost twice what sending does."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def offer(self, chunk: bytes) -> bool:
        """One that is closing takes nothing: the stream's own next writing finds that out."""
        transport = self._transport
        if transport.is_closing() or transport.get_write_buffer_size():
            return False
        transport.write(chunk)
        return True


async def follow(visit: Visit) -> web.StreamResponse:
    session = visit.session
    assert session is not None
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
    )
    try:
        await response.prepare(visit.request)
    except ConnectionError:
        return response  # the page had gone before the stream began
    asked = visit.request.query.get("language", "")  # a shared worker does not always ask as its pages do
    client = Client(session.operator.id, session.id, asked if asked in LANGUAGES else visit.language)
    client.line = _line(visit.request, response)
    hub = visit.console.hub
    missed = await hub.join(client, _cursor(visit.request))
    try:
        hello = encode("hello", {"counters": hub.counters, "online": sorted(hub.online())})
        await _write(response, b"retry: 1000\n\n" + hello)
        if missed is None:
            await _write(response, encode("resync", {"cursor": client.last}, client.last))
        elif missed:
            await _write(response, b"".join(told.data for told in missed))
        await _pass_on(visit, client, response)
    except (ConnectionError, TimeoutError):
        pass  # the page has gone; it comes again if it still lives
    finally:
        hub.leave(client)
    return response


def _line(request: web.Request, response: web.StreamResponse) -> _Line | None:
    """None where it is not known to be chunked, as for HTTP/1.0."""
    transport = request.transport
    is_chunked = response.headers.get("Transfer-Encoding", "").lower() == "chunked"
    return _Line(transport) if is_chunked and isinstance(transport, asyncio.Transport) else None


def _cursor(request: web.Request) -> int:
    """A stream that reconnects by itself says how far it is in a header."""
    text = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


async def _pass_on(visit: Visit, client: Client, response: web.StreamResponse) -> None:
    pings = 0
    while True:
        found = await client.next(PING_EVERY)
        told = [one for one in found if one is not None and (one.number is None or one.number > client.last)]
        if told:
            await _write(response, b"".join(one.data for one in told))
        if None in found:
            if not await _is_still_in(visit):
                await _write(response, encode("session.revoked", {}))
            return
        if not found:
            pings += 1
            if pings % _CHECK_EVERY == 0:
                if not await _is_still_in(visit):
                    await _write(response, encode("session.revoked", {}))
                    return
                await _give_sign_of_life(visit)
            await _write(response, encode("ping", {}))


async def _is_still_in(visit: Visit) -> bool:
    token = cookies.session_of(visit.request, is_secure=visit.console.is_secure)
    now = visit.ground.clock.now()
    found = await visit.ground.database.read(lambda connection: find_session(connection, token, now))
    return found is not None


async def _give_sign_of_life(visit: Visit) -> None:
    """Whoever has the console open is there."""
    now, me = visit.ground.clock.now(), visit.operator.id
    await visit.ground.database.write(lambda connection: touch_operator(connection, me, now))


async def _write(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(_WRITE_TIME):
        await response.write(data)
