"""The chat as a customer meets it, on a foreign page with a strict policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route

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


def badge(page: Page) -> int:
    """The unread count, as the frame tells the page."""
    return int(page.evaluate("window.told ?? 0"))


def listen_for_badge(page: Page) -> None:
    page.evaluate("addEventListener('message', (e) => { if (e.data?.otklik === 'unread') window.told = e.data.count })")


def test_whole_conversation(stand: Stand, site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    chat = open_chat(page)
    expect_bubble(chat, "Здравствуйте")
    say(chat, "Где взять чек?")
    expect_bubble(chat, "Чек приходит")
    chat.get_by_role("button", name="Не помогло").click()
    chat.get_by_role("button", name="оператора").last.click()
    chat.locator("[data-status=queued]").wait_for()
    stand.writes("Сейчас пришлю")
    expect_bubble(chat, "Сейчас пришлю")
    assert chat.inner_text("#state") == "Анна на связи"
    assert chat.locator(".row.operator strong").inner_text() == "Анна"
    stand.writes("/close")
    chat.get_by_role("button", name="5").click()
    expect_bubble(chat, "5")
    stand.settled()
    texts = bubbles(chat)
    assert len([text for text in texts if text == "Сейчас пришлю"]) == 1
    chat.locator(".chip.chosen", has_text="5").wait_for()


def test_topics_of_an_empty_chat(stand: Stand, site: str, open_page: OpenPage) -> None:
    chat = open_chat(open_page(site))
    first = chat.locator(".greeting .chip").first
    topic = first.inner_text()
    first.click()
    expect_bubble(chat, topic)
    chat.locator("#lines .row.bot:not(.greeting) .chip").first.wait_for()


def test_reload_keeps_history_and_goes_on(stand: Stand, site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    chat = open_chat(page)
    say(chat, "оператор")
    expect_bubble(chat, "Позвал оператора")
    before = bubbles(chat)
    page.reload()
    chat = chat_in(page)  # it was open, so it is open again
    expect_bubble(chat, "Позвал оператора")
    assert bubbles(chat) == before
    stand.writes("Я здесь")
    expect_bubble(chat, "Я здесь")


def test_two_windows_of_one_browser(stand: Stand, site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    chat = open_chat(page)
    say(chat, "Где взять чек?")
    expect_bubble(chat, "Чек приходит")
    other = open_page(site, page.context)
    second = open_chat(other)
    expect_bubble(second, "Чек приходит")
    say(second, "спасибо")
    expect_bubble(chat, "спасибо")
    stand.settled()
    until_same(chat, second)


def test_what_was_in_the_field_before_can_be_sent(stand: Stand, site: str, open_page: OpenPage) -> None:
    """Typed before the chat's own script came, or put there by the browser or by what helps people to write."""
    page = open_page("about:blank")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/chat.js*", hold)
    page.goto(site)
    until(page, "!!window.SupportChat")
    page.evaluate("SupportChat.open()")
    while not held:
        page.wait_for_timeout(20)
    chat = next(frame for frame in page.frames if "/widget/frame" in frame.url)
    chat.fill("#text", "Где взять чек?")
    held[0].continue_()
    chat.click("#send")
    expect_bubble(chat, "Чек приходит")
    chat.focus("#log")
    chat.evaluate("document.getElementById('text').value = 'спасибо'")
    chat.focus("#text")
    chat.click("#send")
    expect_bubble(chat, "спасибо")


def test_keys_reach_the_field_though_the_page_took_the_focus(stand: Stand, site: str, open_page: OpenPage) -> None:
    """As a slow new tab or a script of the shop does it; who clicks into the page writes there."""
    page = open_page(site)
    chat = open_chat(page)
    until(chat, "document.activeElement.id === 'text'")
    page.evaluate("addEventListener('blur', () => window.lost = true); window.focus()")
    until(page, "window.lost")  # the chat has it again
    page.keyboard.type("Где взять чек?")
    page.keyboard.press("Enter")
    expect_bubble(chat, "Чек приходит")
    page.mouse.click(300, 500)
    page.wait_for_timeout(100)
    page.keyboard.type("не сюда")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert chat.input_value("#text") == ""


def test_unread_is_counted_while_closed(stand: Stand, site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    chat = open_chat(page)
    say(chat, "оператор")
    expect_bubble(chat, "Позвал оператора")
    listen_for_badge(page)
    page.evaluate("SupportChat.close()")
    stand.writes("раз")
    stand.writes("два")
    until(page, "window.told === 2")
    page.evaluate("SupportChat.open()")
    until(page, "window.told === 0")


def test_keyboard_alone(stand: Stand, site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    until(page, "!!window.SupportChat")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the launcher
    chat = chat_in(page)
    expect_bubble(chat, "Здравствуйте")
    until(chat, "document.activeElement.id === 'text'")
    page.keyboard.type("Где взять")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("чек?")
    page.keyboard.press("Enter")
    expect_bubble(chat, "Чек приходит")
    assert bubbles(chat)[0] == "Где взять\nчек?"
    page.keyboard.press("Escape")
    until(
        chat, "!document.hasFocus()"
    )  # the launcher has it again; to the page the frame and the launcher are one element
    page.keyboard.press("Enter")
    until(chat, "document.activeElement.id === 'text'")


def test_typing_both_ways(stand: Stand, site: str, open_page: OpenPage) -> None:
    chat = open_chat(open_page(site))
    say(chat, "оператор")
    expect_bubble(chat, "Позвал оператора")
    stand.writes("Слушаю вас")
    expect_bubble(chat, "Слушаю вас")
    typing: list[str] = []
    stand.shop.chats.on_typing = typing.append
    chat.type("#text", "Сейчас объясню")
    for _ in range(200):
        if typing:
            break
        chat.wait_for_timeout(50)
    chat.wait_for_timeout(200)
    assert len(typing) == 1
    stand.run(stand.shop.website.channel.type(typing[0], "Анна"))
    chat.locator("#typing").wait_for()
    assert "Анна печатает" in chat.locator("#typing").inner_text()
    stand.writes("Понимаю")
    expect_bubble(chat, "Понимаю")
    assert chat.locator("#typing").is_hidden()


def test_text_stays_text(stand: Stand, site: str, open_page: OpenPage) -> None:
    chat = open_chat(open_page(site))
    evil = '<img src=x onerror="parent.hacked=1"><b>жирно</b> javascript:alert(1) https://shop.example/a?b=1&c=2.'
    say(chat, evil)
    expect_bubble(chat, "жирно")
    assert chat.locator(".bubble img, .bubble b").count() == 0
    assert bubbles(chat)[0] == evil
    links = chat.locator(".bubble a").all()
    assert [link.get_attribute("href") for link in links] == ["https://shop.example/a?b=1&c=2"]
    assert links[0].get_attribute("rel") == "noopener noreferrer nofollow"


def test_a_message_stays_on_the_screen_until_its_line_comes(stand: Stand, site: str, open_page: OpenPage) -> None:
    """The server may have stored it long before the stream brings it back."""
    page = open_page("about:blank")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/widget/api/events*", hold)
    page.goto(site)
    chat = open_chat(page)
    expect_bubble(chat, "Здравствуйте")
    with page.expect_response("**/widget/api/messages") as stored:
        say(chat, "Где взять чек?")
    assert stored.value.json()["line"]
    chat.locator(".row.me .mark", has_text="✓").wait_for()
    chat.wait_for_timeout(100)
    assert bubbles(chat) == ["Где взять чек?"]
    held[0].continue_()
    expect_bubble(chat, "Чек приходит")
    assert bubbles(chat).count("Где взять чек?") == 1
    assert chat.locator(".row.waiting").count() == 0


def test_own_words_changed(stand: Stand, site: str, open_page: OpenPage) -> None:
    chat = open_chat(open_page(site))
    say(chat, "оператор")
    expect_bubble(chat, "Позвал оператора")
    say(chat, "Заказ 15")
    expect_bubble(chat, "Заказ 15")
    row = chat.locator(".row.me", has_text="Заказ 15")
    chat.fill("#text", "И ещё вопрос")
    row.hover()
    row.get_by_role("button", name="Изменить").click()
    chat.fill("#text", "Заказ 16")
    chat.click("#send")
    expect_bubble(chat, "Заказ 16")
    assert chat.input_value("#text") == "И ещё вопрос"  # begun before, and not lost
    stand.settled()
    assert "Заказ 15" not in bubbles(chat)
    assert chat.locator(".row.me", has_text="Заказ 16").count() == 1


def test_files(stand: Stand, site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    chat = open_chat(page)
    picture = page.screenshot(clip={"x": 0, "y": 0, "width": 60, "height": 40})
    paper = {"name": "договор.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    chat.set_input_files("#file", [{"name": "снимок.png", "mimeType": "image/png", "buffer": picture}, paper])
    until(chat, "document.querySelectorAll('#files li:not(.busy)').length === 2")
    chat.click("#send")
    chat.locator(".bubble .file", has_text="договор.pdf").wait_for()
    until(chat, "document.querySelector('.bubble img')?.naturalWidth === 60")


def test_file_that_is_refused_says_so(stand: Stand, site: str, open_page: OpenPage, problems: list[str]) -> None:
    chat = open_chat(open_page(site))
    chat.set_input_files("#file", [{"name": "x.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}])
    chat.get_by_role("alert").wait_for()
    assert "x.exe" in chat.get_by_role("alert").inner_text()
    assert chat.locator("#files li").count() == 0
    assert "400" in problems.pop()


def test_sound_is_off_until_it_is_wanted_and_stays(stand: Stand, site: str, open_page: OpenPage) -> None:
    page = open_page(site)
    chat = open_chat(page)
    say(chat, "оператор")
    chat.locator("[data-status=queued]").wait_for()
    stand.writes("Здравствуйте!")
    expect_bubble(chat, "Здравствуйте!")
    bell = chat.locator("#sound")
    assert (bell.get_attribute("aria-pressed"), chat.evaluate("document.body.dataset.rang ?? ''")) == ("false", "")
    bell.click()
    until(chat, "document.body.dataset.rang === '1'")  # heard at once what was chosen
    stand.writes("Уже ищу")
    expect_bubble(chat, "Уже ищу")
    until(chat, "document.body.dataset.rang === '2'")
    page.reload()
    chat = chat_in(page)
    chat.locator("#sound[aria-pressed=true]").wait_for()
    stand.writes("Нашла")  # before the first click no browser lets a sound out; nothing fails of it
    expect_bubble(chat, "Нашла")


def test_colour_of_the_page(stand: Stand, open_page: OpenPage) -> None:
    with foreign_site(stand.shop.base, stand.shop.site.key, 'data-color="#ffd43b" data-lang="en"') as address:
        allow(stand, address)
        chat = open_chat(open_page(address))
        expect_bubble(chat, "Hello")
        assert (
            chat.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor") == "rgb(255, 212, 59)"
        )
        assert chat.evaluate("getComputedStyle(document.querySelector('header')).color") == "rgb(17, 17, 17)"


def test_written_before_the_session_is_there(stand: Stand, site: str, open_page: OpenPage, problems: list[str]) -> None:
    """A slow sign-in makes nobody two visitors: what was written meanwhile is theirs, and so is the answer."""
    page = open_page("about:blank")
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    page.route("**/widget/api/session", hold)
    page.goto(site)
    chat = open_chat(page)
    for _ in range(200):
        if asked:
            break
        page.wait_for_timeout(50)
    say(chat, "оператор")
    page.wait_for_timeout(500)
    assert len(asked) == 1
    asked[0].continue_()
    expect_bubble(chat, "Позвал оператора")
    stand.writes("Здравствуйте!")
    expect_bubble(chat, "Здравствуйте!")
    assert [text for text in bubbles(chat) if text == "оператор"] == ["оператор"]
    assert problems == []
