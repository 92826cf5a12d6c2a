"""A Chromium, and pages that fail a test on any error in them and on any request to a foreign host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.pictures.browser import chromium_path, open_browser

_PERSON: dict[str, Any] = {
    "locale": "ru-RU",
    "viewport": {"width": 1100, "height": 800},
    "reduced_motion": "reduce",  # nothing is looked at half-way
}
_HOSTS = ("127.0.0.1", "localhost")
OpenPage = Callable[..., Page]

expect.set_options(timeout=20_000)  # ms; a busy machine is no fault of a page


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's own, one for all tests: Playwright can be at work only once in a process."""
    if chromium_path() is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    with open_browser() as browser:
        yield browser


@pytest.fixture
def problems() -> list[str]:
    """What went wrong in any page of the test; what a test expects it takes out."""
    return []


@pytest.fixture
def open_page(chromium: Browser, problems: list[str]) -> Iterator[OpenPage]:
    """Opens an address in a context of its own (or a given one), Russian and 1100 px wide unless told otherwise."""
    contexts: list[Any] = []

    def open_one(url: str, context: Any = None, **options: Any) -> Page:
        if context is None:
            context = chromium.new_context(**{**_PERSON, **options})
            contexts.append(context)
        page: Page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: problems.extend(_complaint(message)))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("request", lambda request: problems.extend(_strange(request.url)))
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert problems == []


def _complaint(message: ConsoleMessage) -> list[str]:
    place = str(message.location.get("url", "")).partition("?")[0]
    return [f"{message.text} [{urlsplit(place).path}]"] if message.type == "error" else []


def _strange(url: str) -> list[str]:
    parts = urlsplit(url)
    return [f"a foreign host was asked: {url}"] if parts.scheme[:4] == "http" and parts.hostname not in _HOSTS else []
