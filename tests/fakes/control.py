"""The HTTP control interface: every public name of a fake, called with JSON."""

from __future__ import annotations

import base64
import inspect
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.fakes.server import FakeServer

HIDDEN = {"start", "stop", "serve", "carry_out", "in_background", "wait_for", "block_for", "refuse", "wake_all"}


def to_json(value: Any) -> bytes:
    return json.dumps(value, default=_encode, ensure_ascii=False).encode()


def _encode(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    raise TypeError(f"{type(value).__name__} does not travel as JSON")


def decode(value: Any) -> Any:
    """`{"b64": …}` stands for bytes, wherever it is."""
    if isinstance(value, dict):
        if value.keys() == {"b64"}:
            return base64.b64decode(value["b64"])
        return {key: decode(item) for key, item in value.items()}
    return [decode(item) for item in value] if isinstance(value, list) else value


async def serve_control(fake: FakeServer, request: web.BaseRequest) -> web.Response:
    name = request.path.removeprefix("/_control/").removeprefix("block_for").removeprefix("wait_for")
    if name != request.path.removeprefix("/_control/"):
        name = "wait_for" + name
    try:
        body = decode(json.loads(await request.read() or b"{}"))
        args, kwargs = body.pop("args", []), body.pop("kwargs", {}) | body
        if name.startswith("_") or name in HIDDEN or not hasattr(fake, name):
            raise AttributeError(f"no such control: {name}")
        value = getattr(fake, name)
        if callable(value):
            value = value(*args, **kwargs)
            if inspect.isawaitable(value):
                value = await value
        return web.Response(body=to_json({"ok": True, "result": value}), content_type="application/json")
    except Exception as error:
        told = {"ok": False, "error": str(error) or type(error).__name__, "type": type(error).__name__}
        return web.Response(body=to_json(told), status=400, content_type="application/json")
