"""The part both fakes share: the HTTP server, its two ways of running, waiting, faults and the journal."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Self

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web

from tests.fakes.changes import Changes
from tests.fakes.control import serve_control
from tests.fakes.faults import Fault, Faults, Kind
from tests.fakes.journal import Journal
from tests.fakes.reading import JournalReading
from tests.fakes.record import Record
from tests.fakes.traffic import Traffic

BAD_GATEWAY = (
    b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
)
MAX_BODY = 64 * 1024 * 1024
JSON_TYPE = "application/json"
Answer = bytes | tuple[int, bytes]


class FakeServer(Traffic, JournalReading):
    """`async with`: in the running loop; `with`: in a thread and loop of its own. State changes only under `lock`."""

    quiet_methods: tuple[str, ...] = ()

    def __init__(
        self,
        *,
        port: int = 0,
        token: str,
        seed: int = 0,
        check: bool = True,
        light: bool = False,
        latency: float = 0.0,
        jitter: float = 0.0,
    ) -> None:
        self.port, self.token = port, token
        self.check, self.light = check and not light, light
        self.latency, self.jitter = latency, jitter
        self.token_revoked = False
        self.lock = threading.RLock()
        self.changes = Changes()
        self.faults = Faults(seed, self.quiet_methods)
        self.journal = Journal(light)
        self.dice = random.Random(seed + 1)
        self.stopping = False
        self._runner: web.ServerRunner | None = None
        self._listening: asyncio.Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._http: ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    # running

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> Self:
        self._loop = asyncio.get_running_loop()

        def make_request(*args: Any) -> web.BaseRequest:
            return web.BaseRequest(*args, asyncio.get_running_loop(), client_max_size=MAX_BODY)

        server = web.Server(self._handle, request_factory=make_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.2)
        await self._runner.setup()
        assert self._runner.server is not None
        self._listening = await self._loop.create_server(self._runner.server, "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]
        self._http = ClientSession(connector=TCPConnector(limit=0), timeout=ClientTimeout(total=60))
        return self

    async def stop(self) -> None:
        with self.lock:
            self.stopping = True
            self.wake_all()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()
        if self._listening is not None:
            for listening in self._listening.sockets:
                asyncio.get_running_loop().remove_reader(listening)
            await asyncio.sleep(0)  # asyncio never closes what it has accepted and not handed on when a server closes
            self._listening.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *exc_info: object) -> None:
        await self.stop()

    def __enter__(self) -> Self:
        started = threading.Event()

        async def live() -> None:
            self._over = asyncio.Event()
            await self.start()
            started.set()
            await self._over.wait()
            await self.stop()

        self._thread = threading.Thread(target=lambda: asyncio.run(live()), name=type(self).__name__, daemon=True)
        self._thread.start()
        if not started.wait(10):
            raise RuntimeError("the fake did not start")
        return self

    def __exit__(self, *exc_info: object) -> None:
        assert self._loop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def call_in_loop(self, function: Callable[[], None]) -> None:
        """Soon, in the fake's own loop, from whatever thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function)

    def in_background(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """From the fake's own loop only; ends with the fake at the latest."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def is_own_loop(self) -> bool:
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False

    def customer_says(self, user: int, text: str) -> Record:
        raise NotImplementedError

    def wake_all(self) -> None:
        self.changes.notify()

    # requests

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith("/_control/"):
            return await serve_control(self, request)
        return await self.serve(request)

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        raise NotImplementedError

    def refuse(self, fault: Fault, params: dict[str, Any]) -> web.Response:
        """The answer to a call on which this platform-specific fault has fallen."""
        raise NotImplementedError

    async def carry_out(
        self,
        request: web.BaseRequest,
        method: str,
        params: dict[str, Any],
        chat: int | None,
        effect: Callable[[], Answer],
    ) -> web.StreamResponse:
        """One call with the faults and delays around its effect, which is atomic."""
        fresh: list[Record] = []
        lost = False

        async def act() -> Answer:
            with self.lock:
                self.journal.take_fresh()
                answer = effect()
                fresh.extend(self.journal.take_fresh())
                for record in fresh:
                    record["answer_lost"] = lost
                self.changes.notify()
            return answer

        with self.lock:
            call = self.journal.call(method, params)
            fault = self.faults.choose(method, chat)
            self.changes.notify()
        lost = fault is not None and fault.kind not in ("delay", "delay_after")
        response = await self._with_fault(request, call, fault, params, act)
        if fresh and (request.transport is None or request.transport.is_closing()):
            with self.lock:
                for record in fresh:
                    record["answer_lost"] = True
        return response

    async def carry_out_slowly(
        self,
        request: web.BaseRequest,
        method: str,
        params: dict[str, Any],
        act: Callable[[], Awaitable[Answer]],
        content_type: str = JSON_TYPE,
    ) -> web.StreamResponse:
        """A call that may wait for long and leaves nothing on the journal's pages."""
        with self.lock:
            call = self.journal.call(method, params)
            fault = self.faults.choose(method, None)
            self.changes.notify()
        return await self._with_fault(request, call, fault, params, act, content_type)

    async def _with_fault(
        self,
        request: web.BaseRequest,
        call: Record | None,
        fault: Fault | None,
        params: dict[str, Any],
        act: Callable[[], Awaitable[Answer]],
        content_type: str = JSON_TYPE,
    ) -> web.StreamResponse:
        outcome = call if call is not None else {}
        pause = self.latency + (self.dice.random() * self.jitter if self.jitter else 0.0)
        if fault is not None and fault.kind == "delay":
            pause += fault.details.get("seconds", 1.0)
        if pause:
            await asyncio.sleep(pause)
        failing = fault is not None and fault.kind not in ("delay", "delay_after")
        if fault is not None and failing:
            if fault.is_after:
                await act()
            outcome["outcome"] = str(fault.kind)
            return self._strike(request, fault, params)
        answer = await act()
        if fault is not None and fault.kind == "delay_after":
            await asyncio.sleep(fault.details.get("seconds", 1.0))
        if isinstance(answer, bytes):
            outcome["outcome"] = "ok"
            return web.Response(body=answer, content_type=content_type)
        outcome["outcome"] = answer[1].decode()
        return web.Response(body=answer[1], status=answer[0], content_type=JSON_TYPE)

    def _strike(self, request: web.BaseRequest, fault: Fault, params: dict[str, Any]) -> web.Response:
        if fault.kind in ("drop_before", "drop_after"):
            if request.transport is not None:
                request.transport.close()
            return web.Response(status=500)
        if fault.kind in ("502", "html"):
            status = 502 if fault.kind == "502" else 200
            return web.Response(body=BAD_GATEWAY, status=status, content_type="text/html")
        return self.refuse(fault, params)

    # faults

    def fail_next(
        self,
        kind: Kind | None,
        method: str | list[str] | None = None,
        times: int = 1,
        chat: int | None = None,
        **details: Any,
    ) -> int:
        with self.lock:
            return self.faults.fail_next(kind, method, times, chat, **details)

    def fail_randomly(
        self,
        kind: Kind,
        probability: float,
        method: str | list[str] | None = None,
        chat: int | None = None,
        **details: Any,
    ) -> int:
        with self.lock:
            return self.faults.fail_randomly(kind, probability, method, chat, **details)

    def clear_faults(self, number: int | None = None) -> None:
        with self.lock:
            self.faults.clear(number)

    @property
    def faults_hit(self) -> dict[str, int]:
        return dict(self.faults.hits)

    def set_token_revoked(self, revoked: bool = True) -> None:
        self.token_revoked = revoked

    def set_latency(self, latency: float = 0.0, jitter: float = 0.0) -> None:
        self.latency, self.jitter = latency, jitter
