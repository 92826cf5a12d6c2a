"""The whole program on a fresh machine: first admin, a customer on /help, an operator, the score, and a gap closed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from tests.browser.website.places import expect_bubble, open_chat, say
from tests.integration.console.house import PASSWORD
from tests.pictures.browser import Complaints, log_in
from tests.test_house import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTION = "Продайте мне гараж в Туле пожалуйста"


class Program:
    """`otklik run` in an empty folder, with nothing set but a free port."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("OTKLIK_")}
        environ |= {"OTKLIK_HTTP_PORT": str(port), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=folder,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = _find(self._process.stdout, r"console: (http://\S+)/$")
        self.port = int(self.url.rpartition(":")[2])
        self.first_link = _find(self._process.stdout, r"(http://\S+/first/\S+)") if port == 0 else ""

    def kill(self) -> None:
        """As kill -9 does."""
        self._process.kill()
        self._process.wait(15)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def close(self) -> None:
        self._process.terminate()
        assert self._process.wait(15) == 0
        assert self._process.stdout is not None
        self._process.stdout.close()


def _find(lines: IO[str], pattern: str) -> str:
    for line in lines:
        if found := re.search(pattern, line):
            return found.group(1)
    raise AssertionError("the program ended without printing its address")


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path)
    yield program
    program.close()


@pytest.fixture
def people(console_chromium: Browser, program: Program) -> Iterator[dict[str, Page]]:
    """Everybody's browser; none of them may complain."""
    complaints = Complaints()
    contexts: list[BrowserContext] = []
    pages: dict[str, Page] = {}
    for name in ("admin", "operator", "customer", "next customer"):
        context = console_chromium.new_context(locale="ru-RU", reduced_motion="reduce")
        complaints.watch(context, program.url)
        contexts.append(context)
        pages[name] = context.new_page()
        pages[name].set_default_timeout(15_000)
    yield pages
    for context in contexts:
        context.close()
    assert complaints == []


def open_chat_on_help(page: Page, url: str) -> Frame:
    page.goto(f"{url}/help")
    return open_chat(page)


def test_day_of_everybody(program: Program, people: dict[str, Page]) -> None:
    admin, operator = people["admin"], people["operator"]
    make_first_admin(admin, program)
    link = add_operator(admin, program)
    operator.goto(link)
    operator.fill("[name=password]", PASSWORD)
    operator.fill("[name=again]", PASSWORD)
    operator.click("button.primary")
    operator.wait_for_url("**/inbox**")

    chat = open_chat_on_help(people["customer"], program.url)
    say(chat, QUESTION)
    chat.get_by_role("button", name="оператора").last.click()  # under what the bot had to say
    row = operator.locator(".row").first
    expect(row).to_contain_text("#1")
    row.click()
    expect(operator.locator("#messages")).to_contain_text(QUESTION)
    operator.fill("#reply", "Гаражи продаёт наш партнёр: garage.example")
    operator.keyboard.press("Control+Enter")
    expect_bubble(chat, "garage.example")
    operator.locator("[data-act=close] button").click()
    chat.get_by_role("button", name="5").click()
    chat.locator(".chip.chosen", has_text="5").wait_for()
    # in the history, where the console shows it, the press is there when it was decided on
    operator.goto(f"{program.url}/inbox?view=closed")
    expect(operator.locator(".row").first).to_contain_text("#1")

    for _ in range(20):
        admin.goto(f"{program.url}/inbox/1")
        if admin.locator(".panel .score").count():
            break
    expect(admin.locator(".panel .score").first).to_have_text("5/5")

    admin.goto(f"{program.url}/unanswered")
    admin.locator(".gap", has_text=QUESTION).get_by_role("link", name="Сделать вопросом").click()
    expect(admin.locator("[name=answer]")).to_have_value(re.compile("garage.example"))
    admin.locator("[name=state]").select_option("published")
    admin.locator("form.card button.primary").click()
    expect(admin.locator(".said")).to_be_visible()
    for _ in range(60):  # the FAQ is looked at every second, and its index is made beside the one in use
        admin.goto(f"{program.url}/faq/try?text={quote(QUESTION)}")
        if admin.get_by_role("heading", name="Бот ответит").count():
            break
        admin.wait_for_timeout(500)

    other = open_chat_on_help(people["next customer"], program.url)
    say(other, QUESTION)
    expect_bubble(other, "garage.example")


def test_kill_9_under_open_pages(console_chromium: Browser, tmp_path: Path) -> None:
    """Console and chat go on by themselves; nothing is lost and nothing is there twice."""
    first = Program(tmp_path)
    contexts = [console_chromium.new_context(locale="ru-RU", reduced_motion="reduce") for _ in range(2)]
    admin, customer = (context.new_page() for context in contexts)
    make_first_admin(admin, first)
    chat = open_chat_on_help(customer, first.url)
    say(chat, "оператор")
    admin.locator(".row").first.click()
    admin.fill("#reply", "Слушаю вас")
    admin.keyboard.press("Control+Enter")
    expect_bubble(chat, "Слушаю вас")
    say(chat, "до сбоя")
    expect(admin.locator("#messages")).to_contain_text("до сбоя")
    first.kill()
    expect(admin.locator("#net")).to_be_visible()
    second = Program(tmp_path, first.port)
    expect(admin.locator("#net")).to_be_hidden(timeout=30_000)
    say(chat, "после сбоя")
    expect(admin.locator("#messages")).to_contain_text("после сбоя", timeout=30_000)
    admin.fill("#reply", "Всё на месте")
    admin.keyboard.press("Control+Enter")
    expect_bubble(chat, "Всё на месте")
    said = admin.locator("#messages .message.customer .words").all_inner_texts()
    assert said == ["оператор", "до сбоя", "после сбоя"]
    replies = admin.locator("#messages .message.operator .words").all_inner_texts()
    assert replies == ["Слушаю вас", "Всё на месте"]
    for context in contexts:
        context.close()
    second.close()


def make_first_admin(page: Page, program: Program) -> None:
    page.goto(program.first_link)
    page.fill("[name=login]", "ada")
    page.fill("[name=name]", "Ада")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/inbox**")
    page.context.clear_cookies()
    log_in(page, program.url, "ada", PASSWORD)


def add_operator(page: Page, program: Program) -> str:
    page.goto(f"{program.url}/operators")
    page.fill("[name=login]", "anna")
    page.fill("[name=name]", "Анна")
    page.locator("form[action='/operators'] button.primary").click()
    return page.locator("#link").input_value()
