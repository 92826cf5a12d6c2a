"""Who is let in, in a browser: the refused page, the forged name, the known customer, and their signing out."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.website.conftest import allow
from tests.browser.website.places import (
    Stand,
    bubbles,
    chat_in,
    expect_bubble,
    foreign_site,
    open_chat,
    say,
    until,
    until_same,
)

pytestmark = pytest.mark.browser


def complained_of(page: Page, problems: list[str]) -> None:
    """Wait until the browser says that something was refused, and a moment longer for what might show nevertheless."""
    for _ in range(200):
        if problems:
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)


def test_page_that_is_not_allowed(stand: Stand, open_page: OpenPage, problems: list[str]) -> None:
    with foreign_site(stand.shop.base, stand.shop.site.key) as address:  # the shop's site is https://shop.example
        page = open_page(address)
        until(page, "!!window.SupportChat")
        page.evaluate("SupportChat.open()")
        complained_of(page, problems)
        assert not any(frame.locator("#text").count() for frame in page.frames)
    assert any("frame-ancestors" in problem or "403" in problem for problem in problems)
    problems.clear()


def test_page_that_frames_the_chat_without_asking(stand: Stand, open_page: OpenPage, problems: list[str]) -> None:
    """Without a referrer nobody can tell beforehand; the browser itself stops it."""
    with foreign_site(stand.shop.base, stand.shop.site.key) as address:
        page = open_page(address)
        until(page, "!!window.SupportChat")
        page.evaluate(
            "base => { const f = document.createElement('iframe'); f.referrerPolicy = 'no-referrer';"
            "f.src = base; document.body.append(f) }",
            f"{stand.shop.base}/widget/frame?key={stand.shop.site.key}",
        )
        complained_of(page, problems)
        assert not any(frame.locator("#text").count() for frame in page.frames)
    assert any("frame-ancestors" in problem for problem in problems)
    problems.clear()


def test_forged_name_gets_nobodys_chat(stand: Stand, site: str, open_page: OpenPage, problems: list[str]) -> None:
    known = stand.shop.sign("42", "Анна")
    with foreign_site(stand.shop.base, stand.shop.site.key, f'data-identity="{known}"') as own:
        allow(stand, site, own)
        chat = open_chat(open_page(own))
        say(chat, "мой секрет")
        expect_bubble(chat, "мой секрет")
        stand.settled()
    forged = stand.shop.sign("42", secret="1" * 64)
    with foreign_site(stand.shop.base, stand.shop.site.key, f'data-identity="{forged}"') as own:
        allow(stand, site, own)
        chat = open_chat(open_page(own))
        expect_bubble(chat, "Здравствуйте")  # the chat works, as for somebody unknown
        assert bubbles(chat) == []
    assert "403" in problems.pop()


def test_known_customer_on_two_devices(stand: Stand, open_page: OpenPage) -> None:
    identity = f'data-identity="{stand.shop.sign("42", "Анна")}"'
    with foreign_site(stand.shop.base, stand.shop.site.key, identity) as own:
        allow(stand, own)
        phone, laptop = open_chat(open_page(own)), open_chat(open_page(own))
        say(phone, "Где взять чек?")
        expect_bubble(laptop, "Чек приходит")
        stand.settled()
        until_same(phone, laptop)


def test_guest_signs_in_and_out_without_a_reload(stand: Stand, site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    chat = open_chat(page)
    say(chat, "оператор")
    expect_bubble(chat, "Позвал оператора")
    stand.settled()
    token = page.evaluate("localStorage.getItem(Object.keys(localStorage)[0])")
    page.evaluate("signed => SupportChat.identify(signed)", stand.shop.sign("42", "Анна"))
    until(page, f"localStorage.getItem(Object.keys(localStorage)[0]) !== {json.dumps(token)}")
    expect_bubble(chat, "Позвал оператора")
    say(chat, "Я вошла")
    expect_bubble(chat, "Я вошла")
    stand.writes("Вижу")
    expect_bubble(chat, "Вижу")
    page.evaluate("SupportChat.signOut()")
    expect_bubble(chat, "Здравствуйте")
    assert bubbles(chat) == []
    page.reload()
    chat = chat_in(page)
    expect_bubble(chat, "Здравствуйте")
    assert bubbles(chat) == []


def test_page_without_storage(stand: Stand, site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })")
    page.reload()
    chat = open_chat(page)
    say(chat, "Где взять чек?")
    expect_bubble(chat, "Чек приходит")


def test_strangers_messages_are_not_heard(stand: Stand, site: str, open_page: OpenPage) -> None:
    """A page that talks like the loader, or like the frame, is not believed."""
    page = open_page(site)
    chat = open_chat(page)
    say(chat, "Где взять чек?")
    expect_bubble(chat, "Чек приходит")
    token = page.evaluate("localStorage.getItem(Object.keys(localStorage)[0])")
    page.evaluate("postMessage({ otklik: 'token', value: 'stolen' }, '*')")  # from the page itself, not the frame
    page.wait_for_timeout(200)
    assert page.evaluate("localStorage.getItem(Object.keys(localStorage)[0])") == token
    chat.evaluate("postMessage({ otklik: 'identity', identity: '' }, '*')")  # from the frame itself, not the page
    page.wait_for_timeout(300)
    assert len(bubbles(chat)) == 2
