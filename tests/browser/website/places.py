"""Where the chat is looked at: a shop in a thread of its own, and pages of a foreign site with a strict policy."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Frame, Page

from tests.integration.website.shop import Shop, open_shop

T = TypeVar("T")


class Run:
    """An event loop in a thread; the shop lives in it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def __call__(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Stand:
    """A shop, and how to make things happen in it."""

    def __init__(self, shop: Shop, run: Run) -> None:
        self.shop, self.run = shop, run

    def settled(self) -> None:
        self.run(self.shop.settled())

    def writes(self, text: str, number: int = 1, member: str = "7001") -> None:
        """An operator writes in the topic of a conversation."""

        async def work() -> None:
            await self.shop.settled()
            topic = await self.shop.desk.topic_of(number)
            assert topic, "the conversation is not on the desk"
            await self.shop.desk.writes(topic, member, text)
            await self.shop.settled()

        self.run(work())


@contextmanager
def standing(url: str, folder: Path) -> Iterator[Stand]:
    run = Run()
    context = open_shop(url, folder)
    try:
        yield Stand(run(context.__aenter__()), run)
    finally:
        run(context.__aexit__(None, None, None))
        run.close()


@contextmanager
def foreign_site(base: str, key: str, attributes: str = "") -> Iterator[str]:
    """A page elsewhere (another origin) that carries the chat, under a policy that names us and nothing else."""
    policy = (
        f"default-src 'none'; style-src 'self'; img-src 'self'; script-src {base}; frame-src {base}; base-uri 'none'"
    )
    page = (
        f'<!doctype html><html lang="ru"><head><title>Магазин</title><link rel="icon" href="/icon">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"></head><body>'
        f'<h1>Магазин</h1><script defer src="{base}/widget.js" data-key="{key}" {attributes}></script></body></html>'
    ).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind = (page, "text/html; charset=utf-8") if self.path != "/icon" else (b"", "image/png")
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def open_chat(page: Page) -> Frame:
    """Open it as the page's own button does; the button itself stands in a closed shadow root."""
    until(page, "!!window.SupportChat")
    page.evaluate("SupportChat.open()")
    return chat_in(page)


def chat_in(page: Page) -> Frame:
    for _ in range(200):
        found = [frame for frame in page.frames if "/widget/frame" in frame.url]
        if found:
            found[0].wait_for_load_state()
            return found[0]
        page.wait_for_timeout(50)
    raise AssertionError("the chat's frame did not come")


def until(where: Page | Frame, expression: str) -> None:
    """Wait until it is true; a page's policy forbids the waiting that is built in, which evaluates text in the page."""
    for _ in range(200):
        if where.evaluate(expression):
            return
        where.wait_for_timeout(50)
    raise AssertionError(f"it never became true: {expression}")


def until_same(one: Frame, other: Frame) -> None:
    """Wait until both show the same; each has a stream of its own."""
    for _ in range(200):
        if bubbles(one) == bubbles(other):
            return
        one.wait_for_timeout(50)
    assert bubbles(one) == bubbles(other)


def say(chat: Frame, text: str) -> None:
    chat.fill("#text", text)
    chat.click("#send")


def bubbles(chat: Frame) -> list[str]:
    """What stands in the chat, without names, times and marks."""
    return [text.strip() for text in chat.locator("#lines .row:not(.greeting) .bubble > p").all_inner_texts()]


def quiet(chat: Frame) -> list[str]:
    """What stands in the chat when nothing has been added for three seconds."""
    while True:
        before = bubbles(chat)
        chat.wait_for_timeout(3000)
        if bubbles(chat) == before:
            return before


def expect_bubble(chat: Frame, text: str) -> None:
    chat.locator("#lines .bubble > p", has_text=text).first.wait_for()
