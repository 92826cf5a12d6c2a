"""The web server over a real socket: what comes in from outside is limited and never breaks it."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from bot.web import BODY_LIMIT, WebServer
from core.channel import Hook, HookRequest, HookResponse
from core.errors import InvalidInput


class Door:
    """A hook that remembers what came."""

    def __init__(self) -> None:
        self.requests: list[HookRequest] = []
        self.error: Exception | None = None

    async def handle(self, request: HookRequest) -> HookResponse:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        return HookResponse(202, "got it")


class Readiness:
    def __init__(self) -> None:
        self.is_ready = True
        self.error: Exception | None = None

    async def __call__(self) -> tuple[bool, dict[str, Any]]:
        if self.error is not None:
            raise self.error
        return self.is_ready, {"database": "ok"}


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def readiness() -> Readiness:
    return Readiness()


@pytest.fixture
async def server(door: Door, readiness: Readiness) -> AsyncIterator[WebServer]:
    server = WebServer("127.0.0.1", 0, [Hook("/hooks/x", door.handle)], readiness, body_time=0.2)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def http(server: WebServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:
        yield session


async def raw(server: WebServer, request: bytes) -> bytes:
    """The whole answer to bytes that need not be HTTP."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_hook_gets_headers_and_body(http: aiohttp.ClientSession, door: Door) -> None:
    async with http.post("/hooks/x", data=b"\xffbody", headers={"X-Secret-Token": "Abc"}) as response:
        assert (response.status, await response.text()) == (202, "got it")
    (request,) = door.requests
    assert request.body == b"\xffbody"
    assert request.headers["x-secret-token"] == "Abc"


async def test_other_methods_and_paths(http: aiohttp.ClientSession, door: Door) -> None:
    async with http.get("/hooks/x") as response:
        assert response.status == 405
    async with http.post("/healthz") as response:
        assert response.status == 405
    async with http.post("/hooks/../hooks/y") as response:
        assert response.status == 404
    assert door.requests == []


async def test_body_at_the_limit(http: aiohttp.ClientSession, door: Door) -> None:
    async with http.post("/hooks/x", data=b"x" * BODY_LIMIT) as response:
        assert response.status == 202
    assert len(door.requests[0].body) == BODY_LIMIT


async def test_body_above_the_limit_is_refused_by_its_length(server: WebServer, door: Door) -> None:
    head = f"POST /hooks/x HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY_LIMIT + 1}\r\n\r\n"
    assert b" 413 " in (await raw(server, head.encode())).split(b"\r\n")[0]
    assert door.requests == []


async def test_endless_body_without_a_length(http: aiohttp.ClientSession, door: Door) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x" * 100_000

    try:
        async with http.post("/hooks/x", data=endless()) as response:
            assert response.status == 413
    except aiohttp.ClientConnectionError:
        pass  # the server hung up while we were still sending
    assert door.requests == []


async def test_compressed_body_is_not_unpacked(http: aiohttp.ClientSession, door: Door) -> None:
    bomb = gzip.compress(b"0" * 5_000_000)
    async with http.post("/hooks/x", data=bomb, headers={"Content-Encoding": "gzip"}) as response:
        assert response.status == 202
    assert door.requests[0].body == bomb


async def test_body_that_never_comes(server: WebServer, door: Door) -> None:
    answer = await raw(server, b"POST /hooks/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")
    assert b" 408 " in answer.split(b"\r\n")[0]
    assert door.requests == []


@pytest.mark.parametrize("junk", [b"\x00\xff\xfe\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"{}\r\n\r\n"])
async def test_what_is_not_http(server: WebServer, http: aiohttp.ClientSession, junk: bytes) -> None:
    assert b"Traceback" not in await raw(server, junk)
    async with http.get("/healthz") as response:
        assert (response.status, await response.text()) == (200, "ok")


async def test_failing_hook_says_nothing(http: aiohttp.ClientSession, door: Door) -> None:
    door.error = RuntimeError("secret inside")
    async with http.post("/hooks/x", data=b"{}") as response:
        assert (response.status, await response.text()) == (500, "")


async def test_readiness(http: aiohttp.ClientSession, readiness: Readiness) -> None:
    async with http.get("/readyz") as response:
        assert (response.status, await response.json()) == (200, {"ready": True, "database": "ok"})
    readiness.is_ready = False
    async with http.get("/readyz") as response:
        assert (response.status, (await response.json())["ready"]) == (503, False)


async def test_readiness_that_breaks(http: aiohttp.ClientSession, readiness: Readiness) -> None:
    readiness.error = RuntimeError("secret inside")
    async with http.get("/readyz") as response:
        assert response.status == 503
        assert "secret" not in await response.text()


async def test_metrics(http: aiohttp.ClientSession) -> None:
    async with http.get("/metrics") as response:
        assert response.status == 200
        assert "otklik_outbox_depth" in await response.text()


async def test_port_already_in_use(server: WebServer, readiness: Readiness) -> None:
    second = WebServer("127.0.0.1", server.port, [], readiness)
    with pytest.raises(InvalidInput, match=r"already in use.*OTKLIK_HTTP_PORT"):
        await second.start()
    await second.stop()


async def test_address_of_another_machine(readiness: Readiness) -> None:
    server = WebServer("192.0.2.1", 0, [], readiness)
    with pytest.raises(InvalidInput, match="OTKLIK_HTTP_HOST"):
        await server.start()


@pytest.mark.parametrize("rounds", range(5))
async def test_nobody_who_came_as_it_stopped_is_left_waiting(readiness: Readiness, rounds: int) -> None:
    """At whatever moment of the loop: not come in yet, accepted and not yet handed on, or at home already."""
    server = WebServer("127.0.0.1", 0, [], readiness)
    await server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        for _ in range(rounds):
            await asyncio.sleep(0)
        await server.stop()
        client.settimeout(1)
        with suppress(ConnectionResetError):  # how those hear it who had not come in
            assert client.recv(1) == b""
