"""A house with open doors, and operators who come in with a Chromium each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.integration.console.house import PASSWORD
from tests.pictures.browser import Complaints, log_in
from tests.pictures.stage import Stage

OpenPage = Callable[..., Page]


@pytest.fixture
def console_chromium(chromium: Browser) -> Browser:
    return chromium


@pytest.fixture
def stage(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path / "house", database_url=sqlite_url)
    yield stage
    stage.close()


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Nothing may be complained of, unless a test says what it expects."""
    complaints = Complaints()
    yield complaints
    assert complaints == []


@pytest.fixture
def come_in(console_chromium: Browser, stage: Stage, complaints: Complaints) -> Iterator[OpenPage]:
    """Opens a page in a browser of its own, with somebody logged in ("": nobody)."""
    contexts: list[BrowserContext] = []

    def open_page(login: str = "anna", path: str = "/inbox", expected: tuple[str, ...] = (), **options: Any) -> Page:
        chosen = {"locale": "ru-RU", "viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **options}
        context = console_chromium.new_context(**chosen)
        contexts.append(context)
        complaints.watch(context, stage.url, expected=expected)
        page = context.new_page()
        page.set_default_timeout(10_000)
        if login:
            log_in(page, stage.url, login, PASSWORD)
        if path != "/inbox" or not login:
            page.goto(stage.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
