"""Chromium as the tests and the pictures use it: quiet, offline, and every complaint of a page is collected."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


def launch(kind: BrowserType, *arguments: str, language: str = "en") -> Browser:
    """`language` is that of what the browser itself says: dates, buttons for files. Without its words it is English."""
    return kind.launch(
        executable_path=chromium_path(), args=[*ARGUMENTS, *arguments], env={**os.environ, "LANGUAGE": language}
    )


@contextmanager
def open_browser(*arguments: str, language: str = "en") -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium, *arguments, language=language)
        yield browser
        browser.close()


class Complaints(list[str]):
    """What pages complained of: errors in their console, exceptions, breaches of the policy, foreign hosts."""

    def watch(self, context: BrowserContext, own: str, *, expected: tuple[str, ...] = ()) -> None:
        host = urlsplit(own).netloc

        def on_page(page: Page) -> None:
            page.on("pageerror", lambda error: self.append(f"exception: {error}"))
            page.on(
                "console",
                lambda line: (
                    self.append(f"{line.type}: {line.text}")
                    if line.type == "error" and not any(part in line.text for part in expected)
                    else None
                ),
            )

        context.on("page", on_page)
        context.on(
            "request",
            lambda request: (
                self.append(f"foreign host: {request.url}")
                if urlsplit(request.url).scheme in ("http", "https") and urlsplit(request.url).netloc != host
                else None
            ),
        )


def log_in(page: Page, url: str, login: str, password: str) -> None:
    page.goto(f"{url}/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.click("button.primary")
    page.wait_for_url("**/inbox**")
