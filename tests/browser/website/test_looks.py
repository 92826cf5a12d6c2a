"""Small screens, two languages, no script, and what axe says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from bot.storage.entries import import_entries
from bot.storage.service.settings import change_setting
from faq.entry import Entry
from tests.browser.conftest import OpenPage
from tests.browser.website.places import Stand, chat_in, expect_bubble, open_chat, say, until

pytestmark = pytest.mark.browser
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SERIOUS = ("serious", "critical")


def faults(where: Page) -> list[str]:
    """What axe finds that keeps people out."""
    found = Axe().run(where).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in SERIOUS]


def widest(where: Any) -> int:
    return int(where.evaluate("document.documentElement.scrollWidth"))


def talk(stand: Stand, chat: Any) -> None:
    say(chat, "Где взять чек?")
    expect_bubble(chat, "Чек приходит")
    say(chat, "оператор")
    expect_bubble(chat, "Позвал оператора")
    stand.writes("Здравствуйте! Сейчас посмотрю ваш заказ, одну минуту. https://shop.example/orders/15")
    expect_bubble(chat, "одну минуту")


def test_phone(stand: Stand, site: str, open_page: OpenPage) -> None:
    page = open_page(site, **PHONE)
    chat = open_chat(page)
    talk(stand, chat)
    assert widest(page) == 390
    assert widest(chat) == 390
    box = chat.evaluate("[innerWidth, innerHeight]")
    assert box == [390, 844]  # the whole screen
    small = chat.evaluate(
        "[...document.querySelectorAll('button, #attach')].filter(e => e.offsetParent && !e.matches('.file, .pen'))"
        ".map(e => [e.id || e.textContent, e.getBoundingClientRect().height]).filter(one => one[1] < 40)"
    )
    assert small == []
    chat.click("#close")
    until(page, "document.elementFromPoint(195, 400).shadowRoot === null")
    until(page, "document.elementFromPoint(195, 40).tagName === 'H1'")  # the shop's own page is there again


def tap_to_an_answer(page: Page) -> None:
    """Two taps; where there are few questions the topics stand open, and it is one."""
    if not page.locator("details[open]").count():
        page.locator("summary").first.click()
    page.locator("details li a").first.click()


@pytest.mark.parametrize(("language", "words"), [("ru-RU", "Чем помочь?"), ("en-GB", "How can we help?")])
@pytest.mark.parametrize("screen", ["wide", "phone"])
def test_help_page(stand: Stand, open_page: OpenPage, language: str, words: str, screen: str) -> None:
    options = {"locale": language, **(PHONE if screen == "phone" else {})}
    page = open_page(f"{stand.shop.base}/help", **options)
    assert page.locator("h1").inner_text() == words
    assert widest(page) == (390 if screen == "phone" else 1100)
    cut = page.evaluate("(q => (q.value = q.placeholder, q.scrollWidth - q.clientWidth))(document.forms[0].q)")
    assert cut <= 0  # what may be asked is read to its end
    page.fill("input[name=q]", "")
    assert faults(page) == []
    until(page, "!!window.SupportChat")
    chat = open_chat(page)
    expect_bubble(chat, "Hello" if language == "en-GB" else "Здравствуйте")
    page.evaluate("SupportChat.close()")
    tap_to_an_answer(page)
    page.locator("article").wait_for()
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_help_page_in_the_companys_colour(stand: Stand, open_page: OpenPage, scheme: str) -> None:
    """Yellow cannot be read on white: text and buttons get the nearest shade that can."""
    now = stand.shop.clock.now()
    stand.run(stand.shop.database.write(lambda c: change_setting(c, "help.colour", "#ffd43b", "ada", now)))
    stand.run(stand.shop.app.board.refresh())
    page = open_page(f"{stand.shop.base}/help?q=чек", color_scheme=scheme)
    assert faults(page) == []
    chat = open_chat(page)
    assert chat.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor") == "rgb(255, 212, 59)"


def test_help_page_in_the_dark(stand: Stand, open_page: OpenPage) -> None:
    page = open_page(f"{stand.shop.base}/help?q=чек", color_scheme="dark")
    assert faults(page) == []


def test_chat_by_axe(stand: Stand, open_page: OpenPage) -> None:
    page = open_page(f"{stand.shop.base}/widget/frame?key=help")  # the chat alone, as a page of its own
    expect_bubble(page.main_frame, "Здравствуйте")
    assert faults(page) == []
    talk(stand, page.main_frame)
    assert faults(page) == []
    page.set_input_files("#file", [{"name": "x.txt", "mimeType": "text/plain", "buffer": b"x"}])
    page.locator("#files li:not(.busy)").wait_for()
    assert faults(page) == []


def test_reading_without_script(stand: Stand, open_page: OpenPage) -> None:
    page = open_page(f"{stand.shop.base}/help", java_script_enabled=False)
    assert page.locator("noscript").count() == 1
    page.fill("input[name=q]", "где взять чек")
    page.click("form button")
    page.locator(".hit").first.click()
    assert "чек" in page.locator("article").inner_text().lower()
    page.goto(f"{stand.shop.base}/help")
    tap_to_an_answer(page)
    assert page.locator("article p").count() >= 1


def test_english_from_first_to_last(stand: Stand, open_page: OpenPage) -> None:
    now = stand.shop.clock.now()
    entry = Entry("en-1", "Delivery", "Where is my parcel?", "It is on its way.", language="en")
    stand.run(stand.shop.database.write(lambda c: import_entries(c, [entry], now)))
    stand.run(stand.shop.app.library.refresh())
    page = open_page(f"{stand.shop.base}/help?lang=en", locale="en-GB")
    chat = open_chat(page)
    expect_bubble(chat, "Hello")
    assert chat.locator(".greeting .chip").first.inner_text() == "Delivery"
    say(chat, "Where is my parcel?")
    expect_bubble(chat, "on its way")
    assert chat.get_by_role("button", name="Did not help").count() == 1
    page.reload()
    expect_bubble(chat_in(page), "on its way")
    russian = chat_in(page).evaluate("document.body.innerText.match(/[а-яё]+/gi)")
    assert russian is None


def test_weight_of_the_page(stand: Stand, site: str, open_page: OpenPage) -> None:
    """What the chat adds to a site: before it is opened, and opened; in kB over the wire (compressed)."""
    from tests.browser.website.weight import weigh

    closed, opened = weigh(stand.shop.base, stand.shop.site.key)
    print(f"\nthe chat weighs {closed / 1000:.1f} kB until it is opened, {opened / 1000:.1f} kB more when it is")
    assert closed < 4_000
    assert opened < 16_000


def test_pictures(stand: Stand, site: str, open_page: OpenPage, tmp_path: Path) -> None:
    """Nothing is compared: they are for eyes, and drawing them must not fail."""
    page = open_page(site)
    talk(stand, open_chat(page))
    page.screenshot(path=tmp_path / "chat.png")
    assert (tmp_path / "chat.png").stat().st_size > 5_000
