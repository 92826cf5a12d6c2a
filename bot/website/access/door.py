"""What every request of the chat goes through: its errors as HTTP, its origin, its size, its pace."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.website.access.limits import Limiter, Rates, TooMany, address_on_the_net
from core.errors import ChannelError, Conflict, Forbidden, InvalidInput, NotFound, OtklikError

log = logging.getLogger(__name__)

JSON_LIMIT = 64 * 1024  # bytes
_BODY_TIME = 20.0  # seconds for a JSON body to come in whole
_UPLOAD_TIME = 180.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store"}


class SignInAnew(OtklikError):
    """The token is not good any more."""


class TooBig(OtklikError):
    """More bytes than are taken."""


_STATUS: tuple[tuple[type[OtklikError], int], ...] = (
    (SignInAnew, 401),
    (TooBig, 413),
    (TooMany, 429),
    (InvalidInput, 400),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (ChannelError, 503),
)


class Door:
    """Wraps handlers; `public_url` counts as our own origin besides the host that was asked."""

    def __init__(self, limiter: Limiter, rates: Rates, public_url: str | None) -> None:
        self.limiter, self.rates, self._public_url = limiter, rates, public_url

    def guard(self, handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                self.limiter.take("ip", self.ip(request), self.rates.everything)
                self._check_origin(request)
                return await handler(request)
            except OtklikError as error:
                return answer({"error": str(error)}, _status(error), _later(error))

        return handle

    def ip(self, request: web.Request) -> str:
        return address_on_the_net(request.remote or "", request.headers.get("X-Forwarded-For", ""))

    def is_own(self, request: web.Request, origin: str) -> bool:
        """Whether a page of this origin is one of ours."""
        return urlsplit(origin).netloc == request.host or (self._public_url or "").rstrip("/") == origin

    def _check_origin(self, request: web.Request) -> None:
        """The chat's frame is of our own origin: a request from any other page is somebody else's doing."""
        origin = request.headers.get("Origin", "")
        if origin and not self.is_own(request, origin):
            raise Forbidden("requests come from the chat's own frame only")


def _status(error: OtklikError) -> int:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def _later(error: OtklikError) -> dict[str, str]:
    after = getattr(error, "after", None)
    return {"Retry-After": str(max(1, round(after)))} if after else {}


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    sent = {**HEADERS, "Content-Type": "application/json; charset=utf-8", **(headers or {})}
    return web.Response(text=text, status=status, headers=sent)


async def read_json(request: web.Request) -> dict[str, Any]:
    """Raises InvalidInput for anything that is no JSON object of a sensible size."""
    try:
        raw = json.loads(await read_body(request, JSON_LIMIT, _BODY_TIME))
    except (ValueError, RecursionError):
        raise InvalidInput("the body must be JSON") from None
    if not isinstance(raw, dict):
        raise InvalidInput("the body must be a JSON object")
    return raw


def words(raw: dict[str, Any], name: str, limit: int = 200) -> str:
    """A text field, "" when it is not there; raises InvalidInput."""
    value = raw.get(name, "")
    if not isinstance(value, str) or len(value) > limit:
        raise InvalidInput(f"{name} must be a text of at most {limit} characters")
    return value


async def read_body(request: web.Request, limit: int, within: float = _UPLOAD_TIME) -> bytes:
    """The body, never more than `limit` bytes of it; raises TooBig."""
    if (request.content_length or 0) > limit:
        raise TooBig(f"at most {limit // 1024} kB are taken")
    parts, size = [], 0
    try:
        async with asyncio.timeout(within):
            async for part in request.content.iter_chunked(64 * 1024):
                size += len(part)
                if size > limit:
                    raise TooBig(f"at most {limit // 1024} kB are taken")
                parts.append(part)
    except TimeoutError:
        raise InvalidInput("the body did not come in time") from None
    return b"".join(parts)
