"""The server is killed under an open chat, or stands behind a proxy that says 502: nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.website.places import bubbles, chat_in, expect_bubble, open_chat, quiet, say

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Service:
    """`otklik run` in a process of its own, on the same port each time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {**os.environ, "OTKLIK_HTTP_PORT": str(self.port), "OTKLIK_ENCODER": "off"}
        environment["PYTHONPATH"] = str(Path(__file__).parents[3])
        command = [sys.executable, "-m", "bot", "run"]
        said = self._folder / "said.txt"
        with said.open("w", encoding="utf-8") as output:
            self._process = subprocess.Popen(command, cwd=self._folder, env=environment, stdout=output, stderr=output)
        end = time.monotonic() + 60
        while "Otklik is running" not in said.read_text("utf-8"):
            assert self._process.poll() is None, said.read_text("utf-8")
            assert time.monotonic() < end, "it did not start"
            time.sleep(0.05)

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def end(self) -> int:
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(15)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    service.start()
    yield service
    service.kill()


def forgive(problems: list[str]) -> None:
    """A browser reports every request that found no server."""
    problems[:] = [one for one in problems if not re.search(r"ERR_|50[234]", one)]


def test_killed_under_an_open_chat(service: Service, open_page: OpenPage, problems: list[str]) -> None:
    page = open_page(f"{service.base}/help")
    chat = open_chat(page)
    say(chat, "привет")
    expect_bubble(chat, "привет")
    said = []
    for number in range(4):
        words = f"вопрос номер {number}"
        said.append(words)
        say(chat, words)
        service.kill()  # now and then before it was stored, now and then after
        later = f"пока вас нет {number}"
        said.append(later)
        say(chat, later)
        chat.locator("#offline").wait_for()
        service.start()
        expect_sent(chat, later)
    assert own(chat) == ["привет", *said]
    before = quiet(chat)
    forgive(problems)
    page.reload()
    chat = chat_in(page)
    expect_bubble(chat, said[-1])
    assert bubbles(chat) == before
    assert chat.locator(".row.bot:not(.greeting)").count() >= 4


def test_reload_while_the_server_is_away(service: Service, open_page: OpenPage, problems: list[str]) -> None:
    """What was written and not yet stored is kept by the page, and sent when somebody is there again."""
    page = open_page(f"{service.base}/help")
    chat = open_chat(page)
    say(chat, "привет")
    expect_bubble(chat, "привет")
    page.wait_for_timeout(2000)
    service.kill()
    say(chat, "не потеряйте это")
    chat.locator(".row.waiting").wait_for()
    page.wait_for_timeout(300)
    service.start()
    page.reload()
    chat = chat_in(page)
    expect_sent(chat, "не потеряйте это")
    page.wait_for_timeout(2000)
    assert own(chat) == ["привет", "не потеряйте это"]
    forgive(problems)


def test_ends_in_time_under_open_chats(service: Service, open_page: OpenPage, problems: list[str]) -> None:
    chat = open_chat(open_page(f"{service.base}/help"))
    say(chat, "привет")
    expect_bubble(chat, "привет")
    begun = time.monotonic()
    assert service.end() == 0
    assert time.monotonic() - begun < 5
    service.start()
    say(chat, "вы вернулись?")
    expect_sent(chat, "вы вернулись?")
    forgive(problems)


def test_proxy_that_says_502(service: Service, open_page: OpenPage, problems: list[str]) -> None:
    page = open_page(f"{service.base}/help")
    chat = open_chat(page)
    page.context.route("**/widget/api/**", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    say(chat, "сквозь ошибки")
    page.wait_for_timeout(1500)
    assert chat.locator(".row.waiting").count() == 1
    page.context.unroute_all()
    expect_sent(chat, "сквозь ошибки")
    assert own(chat) == ["сквозь ошибки"]
    forgive(problems)


def own(chat: object) -> list[str]:
    rows = chat.locator("#lines .row.me .bubble > p").all_inner_texts()  # type: ignore[attr-defined]
    return [text.strip() for text in rows]


def expect_sent(chat: object, text: str) -> None:
    row = chat.locator("#lines .row.me:not(.waiting)", has_text=text)  # type: ignore[attr-defined]
    row.first.wait_for(timeout=45_000)
