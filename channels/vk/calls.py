"""Calls of VK's API: vk_api in a few threads, so that a slow call holds up no other, within the token's rate."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from channels.vk import sdk
from channels.vk.errors import CAPTCHA, TOO_FAST, VkError
from channels.vk.settings import API_URL, API_VERSION, VkSettings
from core.errors import Retryable

TIMEOUTS = (5.0, 15.0)  # seconds to connect, to read
SECOND = 1.02  # and a little more


@dataclass(slots=True)
class _Call:
    method: str
    params: dict[str, Any]
    is_raw: bool
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]


class Rate:
    """At most so many calls in any second, for everybody who uses the token; first come, first served.

    A call counts until a second after its end: somewhere between beginning and end the platform counted it.
    """

    def __init__(self, calls_per_second: int) -> None:
        self._most = calls_per_second
        self._running = 0
        self._ended: deque[float] = deque()
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()

    def spare(self) -> int:
        """How many calls could go right now."""
        now = asyncio.get_running_loop().time()
        while self._ended and self._ended[0] <= now - SECOND:
            self._ended.popleft()
        return self._most - self._running - len(self._ended)

    def try_take(self) -> bool:
        if self._turn.locked() or self.spare() < 1:
            return False
        self._running += 1
        return True

    async def take(self) -> None:
        """Whoever took a turn gives it back by `end`."""
        async with self._turn:
            while self.spare() < 1:
                self._news.clear()
                now = asyncio.get_running_loop().time()
                wait = self._ended[0] + SECOND - now if self._ended else None
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), wait)
            self._running += 1

    def end(self) -> None:
        self._running -= 1
        self._ended.append(asyncio.get_running_loop().time())
        self._news.set()


class VkCalls:
    """Raises VkError for VK's own errors and Retryable (uncertain) for everything that broke on the way."""

    def __init__(self, settings: VkSettings) -> None:
        self.rate = Rate(settings.calls_per_second)
        self._settings = settings
        self._waiting: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._busy = 0
        self._is_closed = False

    async def call(self, method: str, /, *, is_raw: bool = False, has_turn: bool = False, **params: Any) -> Any:
        """`has_turn`: the caller took the rate's turn itself; `is_raw`: the whole answer, with execute_errors."""
        if not has_turn:
            await self.rate.take()
        try:
            return await self._in_thread(method, plain(params), is_raw)
        finally:
            self.rate.end()

    async def _in_thread(self, method: str, params: dict[str, Any], is_raw: bool) -> Any:
        if self._is_closed:
            raise Retryable(f"{method}: the channel is closed")
        loop = asyncio.get_running_loop()
        call = _Call(method, params, is_raw, loop, loop.create_future())
        self._busy += 1
        if self._busy > len(self._threads) and len(self._threads) < self._settings.workers:
            name = f"vk-{len(self._threads) + 1}"
            self._threads.append(threading.Thread(target=self._work, name=name, daemon=True))
            self._threads[-1].start()
        self._waiting.put(call)
        try:
            return await call.answer
        finally:
            self._busy -= 1

    async def close(self) -> None:
        """Calls under way get a moment to end; a hanging one is left to its timeout in a daemon thread."""
        self._is_closed = True
        for _ in self._threads:
            self._waiting.put(None)
        await asyncio.to_thread(_join, self._threads)

    def _work(self) -> None:
        session = None
        while (call := self._waiting.get()) is not None:
            answer: Any = None
            error: Exception | None = None
            try:
                session = session or _open(self._settings)
                answer = session.method(call.method, call.params, raw=call.is_raw)
            except Exception as problem:
                error = _translated(call.method, problem, self._settings.token)
            _hand_over(call, answer, error)
        if session is not None:
            session.http.close()


def _hand_over(call: _Call, answer: Any, error: Exception | None) -> None:
    def settle() -> None:
        if call.answer.done():  # nobody waits any more
            return
        if error is None:
            call.answer.set_result(answer)
        else:
            call.answer.set_exception(error)

    try:
        call.loop.call_soon_threadsafe(settle)
    except RuntimeError:
        return  # the loop is closed


def _open(settings: VkSettings) -> Any:
    """A VkApi of our own making: moved base, timeouts, no retries inside, no pacing (Rate does that)."""

    class Transport(sdk.HTTPAdapter):
        def send(self, request: sdk.PreparedRequest, *args: Any, **kwargs: Any) -> sdk.Response:
            if settings.api_url:
                request.url = settings.api_url.rstrip("/") + request.path_url
            kwargs["timeout"] = kwargs.get("timeout") or TIMEOUTS
            return super().send(request, *args, **kwargs)

    http = sdk.Session()
    http.mount(API_URL, Transport())
    session = sdk.VkApiGroup(token=settings.token, api_version=API_VERSION, session=http, config=sdk.MemoryConfig)
    session.RPS_DELAY = 0
    session.error_handlers.pop(TOO_FAST)
    session.error_handlers.pop(CAPTCHA)
    return session


def _translated(method: str, problem: Exception, token: str) -> Exception:
    """Without the original: it holds the parameters of the request, and the token among them."""
    if isinstance(problem, sdk.ApiError):
        text = str(problem.error.get("error_msg", "")).replace(token, "***")[:300]
        return VkError(method, int(problem.code), text)
    if isinstance(problem, sdk.Captcha):
        return VkError(method, CAPTCHA, "captcha needed")
    if isinstance(problem, sdk.ApiHttpError):
        return Retryable(f"{method}: HTTP {problem.response.status_code}", is_uncertain=True)
    return Retryable(f"{method}: {type(problem).__name__}", is_uncertain=True)


def plain(params: dict[str, Any]) -> dict[str, Any]:
    """Parameters as VK takes them: no empty ones, flags as 1, structures as JSON, lists with commas."""
    plain: dict[str, Any] = {}
    for key, value in params.items():
        if value is None:
            continue
        if isinstance(value, bool):
            plain[key] = int(value)
        elif isinstance(value, dict):
            plain[key] = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        elif isinstance(value, list | tuple):
            plain[key] = ",".join(map(str, value))
        else:
            plain[key] = value
    return plain


def _join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(timeout=0.5)
