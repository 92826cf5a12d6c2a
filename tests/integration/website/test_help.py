"""The public FAQ: two taps to any answer, the bot's own search, an address for each; reading needs no script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import aiohttp
import pytest
from yarl import URL

from bot.knowledge import editing
from bot.storage.announcements import keeping
from bot.storage.entries import import_entries
from bot.storage.knowledge.files import keep_file, signed_path
from bot.storage.service.settings import change_setting
from bot.storage.service.wording import change_wording
from core.message import Attachment, AttachmentKind
from faq.entry import Entry
from handoff.announcement import Audience
from tests.integration.website.shop import Browser, Shop


class Links(HTMLParser):
    """Every link with its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = dict(attrs).get("href") or ""
            self.found[self._open] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[self._open] += data


async def page(shop: Shop, http: aiohttp.ClientSession, path: str, **headers: str) -> tuple[int, str]:
    async with http.get(f"{shop.base}{path}", headers=headers) as response:
        assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        return response.status, await response.text()


async def test_every_answer_is_two_taps_away(shop: Shop, http: aiohttp.ClientSession) -> None:
    _, index = await page(shop, http, "/help")
    links = Links(index).found
    live = [entry for entry in shop.app.library.index.entries if entry.language == "ru"]
    assert live
    for entry in live:
        path = next(path for path, words in links.items() if words.strip() == entry.question)
        status, text = await page(shop, http, path)
        assert status == 200
        assert entry.question in text
        assert entry.answer.split()[0] in text
    assert index.count("<details") == len({entry.category for entry in live})


async def test_search_by_the_bots_engine(shop: Shop, http: aiohttp.ClientSession) -> None:
    _, text = await page(shop, http, "/help?q=gde+vzyat+chek")
    hits = re.findall(r'class="hit".*?<strong>(.*?)</strong>', text)
    assert "чек" in hits[0].lower()


async def test_search_that_finds_nothing_offers_the_chat(shop: Shop, http: aiohttp.ClientSession) -> None:
    _, text = await page(shop, http, "/help?q=щщщщ")
    assert 'class="hit"' not in text
    assert "чате" in text


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", '" onfocus="alert(1)', "%00", "{{ 7*7 }}", "x" * 5000, "%F0%9F%98%80"]
)
async def test_words_stay_words(shop: Shop, http: aiohttp.ClientSession, query: str) -> None:
    status, text = await page(shop, http, f"/help?q={query}")
    assert status == 200
    assert "<script>alert" not in text
    assert 'onfocus="alert' not in text.replace("&#34;", "")
    assert "49" not in re.findall(r'value="([^"]*)"', text)


async def test_language_is_the_readers(shop: Shop, http: aiohttp.ClientSession) -> None:
    now = shop.clock.now()
    entry = Entry(
        "en-1", "Delivery", "Where is my parcel?", "On its way. See https://shop.example/track.", language="en"
    )
    await shop.database.write(lambda c: import_entries(c, [entry], now))
    await shop.app.library.refresh()
    for path, headers in (("/help?lang=en", {}), ("/help", {"Accept-Language": "en-GB,en;q=0.9"})):
        _, text = await page(shop, http, path, **headers)
        assert '<html lang="en">' in text
        assert "How can we help?" in text
        assert "Where is my parcel?" in text
        assert "Где взять чек" not in text
    _, answer = await page(shop, http, "/help/en-1?lang=en")
    assert Links(answer).found["https://shop.example/track"] == "https://shop.example/track"


async def test_answer_that_is_gone(shop: Shop, http: aiohttp.ClientSession) -> None:
    status, text = await page(shop, http, "/help/nothing-of-ours")
    assert status == 404
    assert "больше нет" in text
    assert "<details" in text


async def test_answers_with_markup_are_shown_as_text(shop: Shop, http: aiohttp.ClientSession) -> None:
    now = shop.clock.now()
    entry = Entry('a/b "c"?', "", "<b>Жирный</b> вопрос?", "<img src=x onerror=alert(1)>\n\nвторой абзац")
    await shop.database.write(lambda c: import_entries(c, [entry], now))
    await shop.app.library.refresh()
    _, index = await page(shop, http, "/help")
    path = next(path for path, words in Links(index).found.items() if "Жирный" in words)
    status, text = await page(shop, http, path)
    assert status == 200
    assert "<img" not in text
    assert "второй абзац" in text


async def test_static_files_stay_with_browsers_for_ever(shop: Shop, http: aiohttp.ClientSession) -> None:
    _, text = await page(shop, http, "/help")
    (path,) = re.findall(r'stylesheet" href="([^"]+)"', text)
    async with http.get(shop.base + path) as response:
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["Content-Type"].startswith("text/css")
    async with http.get(f"{shop.base}/widget/static/old/help.css") as response:
        assert "immutable" not in response.headers["Cache-Control"]
    for strange in ("../chat.py", "%2e%2e%2fapi.py", "nothing.js"):
        async with http.get(f"{shop.base}/widget/static/x/{strange}") as response:
            assert response.status == 404


async def test_loader_is_asked_for_again_and_again_but_sent_once(shop: Shop, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{shop.base}/widget.js") as response:
        text, tag = await response.text(), response.headers["ETag"]
        assert response.headers["Content-Type"].startswith("text/javascript")
    assert "/* texts */" not in text
    assert "Открыть чат" in text
    assert "Open the support chat" in text
    async with http.get(f"{shop.base}/widget.js", headers={"If-None-Match": tag}) as response:
        assert response.status == 304


async def test_files_of_an_answer(shop: Shop, http: aiohttp.ClientSession, browser: Callable[[Shop], Browser]) -> None:
    """On its page and in the chat while it is answered; afterwards only by a link that was signed for a customer."""
    picture, paper, now = b"\x89PNG\r\n\x1a\n picture", b"%PDF-1.4 form", shop.clock.now()

    def work(connection: Any) -> list[Attachment]:
        files = [
            keep_file(connection, "схема.png", "image/png", AttachmentKind.PHOTO, picture, now),
            keep_file(connection, "бланк.pdf", "application/pdf", AttachmentKind.DOCUMENT, paper, now),
        ]
        values = {"id": "way", "question": "Как доехать до склада?", "answer": "Вот схема.", "state": "published"}
        editing.add_entry(connection, values, editing.By("admin"), now, files=files)
        return files

    files = await shop.database.write(work)
    await shop.app.library.refresh()
    _, text = await page(shop, http, "/help/way")
    (shown,) = re.findall(r'<img src="([^"]+)"', text)
    (linked,) = re.findall(r'<a href="(/help/files/[^"]+)" download>', text)
    for path, content, mime, way in (
        (shown, picture, "image/png", "inline"),
        (linked, paper, "application/octet-stream", "attachment"),
    ):
        async with http.get(URL(shop.base + path, encoded=True)) as response:
            assert (response.status, await response.read(), response.content_type) == (200, content, mime)
            assert response.headers["Content-Disposition"].startswith(way)
            assert "sandbox" in response.headers["Content-Security-Policy"]

    visitor = browser(shop)
    await visitor.open()
    await visitor.says("Как доехать до склада?")
    await shop.settled()
    (line, *_) = [one for one in await visitor.lines() if one.get("files")]
    assert await visitor.ask("GET", f"files/{line['id']}/0") == picture

    await shop.database.write(lambda connection: editing.archive_entry(connection, "way", editing.By("admin"), now))
    await shop.app.library.refresh()
    status, text = await page(shop, http, linked)
    assert (status, "больше не раздаётся" in text) == (404, True)
    signed = await shop.database.write(lambda connection: signed_path(connection, files[1], now))
    async with http.get(URL(shop.base + signed, encoded=True)) as response:
        assert (response.status, await response.read()) == (200, paper)
    for spoilt in (signed[:-1] + ("0" if signed[-1] != "0" else "1"), signed.replace("until=", "until=1")):
        async with http.get(URL(shop.base + spoilt, encoded=True)) as response:
            assert response.status == 404
    shop.clock.later = timedelta(days=31)
    async with http.get(URL(shop.base + signed, encoded=True)) as response:
        assert response.status == 404


async def test_page_speaks_and_looks_as_the_company_wants(shop: Shop, http: aiohttp.ClientSession) -> None:
    """Title, greeting, the operator's button and the loader's words are the installation's; and the colour."""
    now = shop.clock.now()
    own = {"help.title": "Магазин: помощь", "button.operator": "Живой оператор", "chat.open": "Спросить магазин"}

    def work(connection: Any) -> None:
        for key, words in own.items():
            change_wording(connection, key, "ru", [words], "ada", now)
        change_setting(connection, "help.colour", "#3B5BDB", "ada", now)

    _, before = await page(shop, http, "/help")
    assert "/widget/colour/" not in before
    await shop.database.write(work)
    await shop.app.board.refresh()
    _, index = await page(shop, http, "/help")
    assert ("<h1>Магазин: помощь</h1>" in index, 'data-color="#3b5bdb"' in index) == (True, True)
    async with http.get(f"{shop.base}/widget/colour/3b5bdb.css") as response:
        assert response.content_type == "text/css"
        assert "light-dark(#3b5bdb, " in await response.text()
    for path in ("/widget/colour/red.css", "/widget/colour/3b5bdb;x.css"):
        async with http.get(f"{shop.base}{path}") as response:
            assert response.status == 404
    async with http.get(f"{shop.base}/widget.js") as response:
        assert "Спросить магазин" in await response.text()
    _, english = await page(shop, http, "/help?lang=en")
    assert "<h1>How can we help?</h1>" in english
    one = Browser(shop, http)
    await one.open()
    assert one.opened["starters"][-1][0] == "Живой оператор"


async def test_what_is_said_first_stands_on_the_page(shop: Shop, http: aiohttp.ClientSession) -> None:
    now = shop.clock.now()

    def work(connection: Any) -> None:
        for words, channels in (("Сайт <b>чиним</b>.", ()), ("Чиним бота.", ("telegram",))):
            number = keeping.add_announcement(connection, {"ru": words}, Audience(channels), None, now)
            keeping.say_until(connection, number, now + timedelta(hours=4), now)

    await shop.database.write(work)
    _, text = await page(shop, http, "/help")
    assert "Сайт &lt;b&gt;чиним&lt;/b&gt;." in text
    assert "Чиним бота." not in text
    assert "чиним" in (await page(shop, http, "/help/receipt"))[1]
    shop.clock.later = timedelta(hours=5)
    assert "чиним" not in (await page(shop, http, "/help"))[1]
