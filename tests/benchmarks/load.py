"""Load from outside: webhooks in, sent messages out; as lean as it can be, so that the server is what is measured."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_CHAT = re.compile(rb'"?chat_id"?\s*[:=]\s*"?(\d+)')
_BOT = {"id": 42, "is_bot": True, "first_name": "Bot", "username": "bench_bot"}


@dataclass
class Platform:
    """A Bot API that takes everything and notes when each chat was sent something."""

    sent_at: list[tuple[int, float]] = field(default_factory=list)
    wanted: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: int = 0

    async def start(self) -> int:
        server = await asyncio.get_running_loop().create_server(lambda: _Connection(self), "127.0.0.1", 0)
        return int(server.sockets[0].getsockname()[1])

    def answer(self, head: bytes, body: bytes) -> bytes:
        method = head.split(b" ", 2)[1].rsplit(b"/", 1)[-1]
        if method == b"sendMessage":
            found = _CHAT.search(body)
            chat = int(found[1]) if found else 0
            self._ids += 1
            self.sent_at.append((chat, time.perf_counter()))
            if len(self.sent_at) >= self.wanted:
                self.done.set()
            return (
                b'{"ok":true,"result":{"message_id":%d,"date":1767225600,"chat":{"id":%d,"type":"private",'
                b'"first_name":"A"},"text":"x"}}' % (self._ids, chat)
            )
        if method == b"getMe":
            return json.dumps({"ok": True, "result": _BOT | {"can_join_groups": True}}).encode()
        if method == b"getWebhookInfo":
            return b'{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":0}}'
        return b'{"ok":true,"result":true}'

    def expect(self, count: int) -> None:
        self.sent_at.clear()
        self.wanted = count
        self.done.clear()


class _Connection(asyncio.Protocol):
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, rest = self._buffer.partition(b"\r\n\r\n")
            found = _LENGTH.search(head)
            length = int(found[1]) if found else 0
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            answer = self._platform.answer(head, rest[:length])
            self._transport.write(  # type: ignore[attr-defined]
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (len(answer), answer)
            )


def update(number: int, chat: int, text: str) -> bytes:
    """A private message as Telegram posts it."""
    person = {"id": chat, "first_name": "Анна", "language_code": "ru"}
    message = {
        "message_id": number,
        "date": int(time.time()),
        "chat": {"id": chat, "type": "private", "first_name": "Анна"},
        "from": person | {"is_bot": False},
        "text": text,
    }
    return json.dumps({"update_id": number, "message": message}).encode()


async def post_all(
    port: int,
    path: str,
    secret: str,
    bodies: Sequence[bytes],
    *,
    connections: int,
    rate: float | None = None,
    due: Sequence[float] | None = None,
) -> list[float]:
    """Post every body, each connection one after another, or at `rate` a second, or so many seconds after the start as
    `due` says; returns when each was begun."""
    began = [0.0] * len(bodies)
    numbers = iter(range(len(bodies)))
    start = time.perf_counter()

    async def work() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            if due is not None or rate is not None:
                wait = due[number] if due is not None else number / (rate or 1)
                await asyncio.sleep(max(0.0, start + wait - time.perf_counter()))
            body = bodies[number]
            began[number] = time.perf_counter()
            writer.write(
                f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n", 1)[0] + b" ":
                raise RuntimeError(f"a webhook was answered with {head[:60]!r}")
            found = _LENGTH.search(head)
            if found and int(found[1]):
                await reader.readexactly(int(found[1]))
            elif b"chunked" in head.lower():
                await reader.readuntil(b"0\r\n\r\n")
        writer.close()

    await asyncio.gather(*(work() for _ in range(connections)))
    return began
