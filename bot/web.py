"""The web server: webhooks of the channels, health, readiness and metrics, and what is mounted besides."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from bot import metrics
from core.channel import Hook, HookRequest
from core.errors import InvalidInput

log = logging.getLogger(__name__)

BODY_LIMIT = 1024 * 1024  # bytes of a webhook's body
_BODY_TIME = 10.0  # seconds for a body to come in whole
_READY_TIME = 5.0  # seconds for the readiness checks
_LINGER_TIME = 0.3  # seconds to listen on after a refusal, so that the client can read it
_STOP_TIME = 3.0  # seconds for requests under way when stopping
_BACKLOG = 128  # connections that may wait to be accepted

Mount = Callable[[web.Application], None]  # adds routes of its own
Readiness = Callable[[], Awaitable[tuple[bool, Mapping[str, Any]]]]
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebServer:
    """Serves until stopped; port 0 takes any free one, `port` then tells which."""

    def __init__(
        self,
        host: str,
        port: int,
        hooks: Sequence[Hook],
        is_ready: Readiness,
        *,
        mounts: Sequence[Mount] = (),
        body_time: float = _BODY_TIME,
    ) -> None:
        self._host = host
        self._wanted_port = port
        self._hooks = hooks
        self._is_ready = is_ready
        self._mounts = mounts
        self._body_time = body_time
        self._runner: web.AppRunner | None = None
        self._listening: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port it listens on; the wanted one before the start."""
        sockets = self._listening.sockets if self._listening is not None else ()
        return int(sockets[0].getsockname()[1]) if sockets else self._wanted_port

    async def start(self) -> None:
        """Raises InvalidInput with the remedy when it cannot listen there."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_get("/healthz", _healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", _metrics)
        for hook in self._hooks:
            app.router.add_post(hook.path, self._serve(hook))
        for mount in self._mounts:
            mount(app)
        # a compressed body is not unpacked: no platform sends one, and it could be a bomb
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            auto_decompress=False,
            lingering_time=_LINGER_TIME,
            shutdown_timeout=_STOP_TIME,
        )
        await self._runner.setup()
        assert self._runner.server is not None
        loop = asyncio.get_running_loop()
        try:
            # not by a TCPSite: it gives no hold on the listening sockets
            self._listening = await loop.create_server(
                self._runner.server, self._host, self._wanted_port, backlog=_BACKLOG
            )
        except OSError as error:
            await self.stop()
            raise InvalidInput(_cannot_listen(self._host, self._wanted_port, error)) from None

    async def stop(self) -> None:
        """Take no new requests and let those under way end, for at most 3 s."""
        if self._listening is not None:
            await _let_nobody_in(self._listening)
            self._listening = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _readyz(self, _request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(_READY_TIME):
                is_ready, details = await self._is_ready()
        except Exception as error:
            log.warning("readiness could not be checked: %s", type(error).__name__)
            is_ready, details = False, {"error": "the checks did not end"}
        return web.json_response({"ready": is_ready, **details}, status=200 if is_ready else 503)

    def _serve(self, hook: Hook) -> _Handler:
        async def handle(request: web.Request) -> web.Response:
            if (request.content_length or 0) > BODY_LIMIT:
                return _closing(413)
            try:
                async with asyncio.timeout(self._body_time):
                    body = await request.read()
            except TimeoutError:
                return _closing(408)
            except web.HTTPRequestEntityTooLarge:
                return _closing(413)
            headers = {name.lower(): value for name, value in request.headers.items()}
            try:
                answer = await hook.handle(HookRequest(headers, body))
            except Exception as error:
                log.error("the webhook %s failed: %s", hook.path, type(error).__name__)
                log.debug("the webhook %s failed", hook.path, exc_info=True)
                return web.Response(status=500)
            return web.Response(status=answer.status, text=answer.text)

        return handle


async def _let_nobody_in(server: asyncio.Server) -> None:
    """Listen no longer, and forget nobody who was let in a moment ago.

    What asyncio has accepted but not yet handed on when its server closes is served by nobody and closed by nobody: its
    client would wait until the process ends.
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        loop.remove_reader(listening)
    await asyncio.sleep(0)  # the accepted ones are handed on, and end with the others
    server.close()


async def _healthz(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


async def _metrics(_request: web.Request) -> web.Response:
    return web.Response(body=metrics.render(), headers={"Content-Type": metrics.CONTENT_TYPE})


def _closing(status: int) -> web.Response:
    """An answer after which the connection ends: the rest of the body is not wanted."""
    response = web.Response(status=status)
    response.force_close()
    return response


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is already in use; stop the other program or set OTKLIK_HTTP_PORT to a free one"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} is reserved for root; set OTKLIK_HTTP_PORT to one above 1023"
    return f"cannot listen on {host}; set OTKLIK_HTTP_HOST to an address of this machine, for example 127.0.0.1"
