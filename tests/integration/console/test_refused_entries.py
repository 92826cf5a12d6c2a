"""A form of an FAQ entry that is not saved keeps what was typed, which files were ticked off, and those that fit."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable

from bot.storage.entries import find_entry, load_entries
from faq.entry import Entry
from tests.integration.console.house import Browser, House
from tests.integration.console.test_canned_pages import PICTURE, PRICES, ticks
from tests.integration.console.test_faq_pages import entry_form

Open = Callable[[str], Awaitable[Browser]]
TYPED = {
    "question": "Упакуете в «бант»?",
    "answer": "Да,\n150 ₽ & лента.",
    "phrasings": "упакуете в подарок\n\nможно с бантом?",
    "category": "Товары и <ленты>",
    "language": "en",
    "state": "archived",
    "valid_until": "2031-02-28",
    "id": "bow",
}


def typed(page: str) -> dict[str, str]:
    """What the form's fields hold, as a browser would send them."""
    fields = dict(re.findall(r'<input (?:type="date" )?name="(\w+)" value="([^"]*)"', page))
    fields |= dict(re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)</textarea>', page))
    for name, options in re.findall(r'<select name="(\w+)">(.*?)</select>', page):
        fields[name] = re.findall(r'<option(?: value="(\w+)")? selected', options)[0]
    return {name: html.unescape(value) for name, value in fields.items()}


def kept(page: str) -> tuple[str, ...]:
    return tuple(re.findall(r'name="keep" value="([^"]+)" checked', page))


def keys(entry: Entry) -> list[str]:
    return [f"{one.ref}|{one.name}" for one in entry.attachments]


async def stored(house: House, key: str) -> Entry:
    return await house.read(find_entry, key)  # type: ignore[no-any-return]


def revision(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found[1]


async def test_new_entry_keeps_every_field_and_the_files_that_fit(house: House, browser: Open) -> None:
    vera = await browser("vera")
    bad = [("virus.html", b"<script>", "text/html"), ("пусто.pdf", b"", "application/pdf")]
    faulty = {**TYPED, "answer": "", "valid_until": "31.02.2031"}
    status, page, _ = await vera.post("/faq/new", entry_form(PICTURE, *bad, **faulty, asked="1"))
    assert (status, typed(page), ticks(page)) == (422, faulty, {"карта.png": True})
    for told in ("virus.html", "пусто.pdf» пустой", "Ответ:", "Действует до:"):  # all that is wrong at once
        assert told in page.split('role="alert"')[1].split("</p>")[0], told
    assert 'name="asked" value="1"' in page
    assert len(await house.read(load_entries)) == 3

    status, page, _ = await vera.post("/faq/new", entry_form(PRICES, *bad[:1], keep=kept(page), **TYPED))
    assert (status, typed(page), ticks(page)) == (422, TYPED, {"карта.png": True, "прайс.pdf": True})
    assert "Ответ:" not in page  # nothing but the file was wrong
    assert len(await house.read(load_entries)) == 3
    assert (await vera.post("/faq/new", entry_form(keep=kept(page), **TYPED)))[0] == 303  # nothing is chosen again
    made = await stored(house, "bow")
    assert [one.name for one in made.attachments] == ["карта.png", "прайс.pdf"]
    assert (made.question, made.answer, made.language) == (TYPED["question"], TYPED["answer"], "en")

    status, page, _ = await vera.post("/faq/new", entry_form(PRICES, **TYPED))  # the id is taken by now
    assert (status, typed(page), ticks(page)) == (422, TYPED, {"прайс.pdf": True})


async def test_changed_entry_keeps_what_was_ticked_off_and_put_in(house: House, browser: Open) -> None:
    vera = await browser("vera")
    sent = (PICTURE, PRICES, ("бланк.pdf", b"%PDF-1.4 form", "application/pdf"))
    _, _, place = await vera.post("/faq/new", entry_form(*sent, **TYPED))
    before = await stored(house, "bow")
    _, page = await vera.get(place)
    newer = ("бланк.pdf", b"%PDF-1.4 newer form", "application/pdf")
    fields = {**TYPED, "answer": " ", "category": "Упаковка", "revision": revision(page)}
    status, page, _ = await vera.post(place, entry_form(newer, keep=tuple(keys(before)[1:]), **fields))
    assert (status, typed(page)["category"], typed(page)["phrasings"]) == (422, "Упаковка", TYPED["phrasings"])
    assert await stored(house, "bow") == before
    shown = re.findall(r'name="keep" value="[0-9a-f]+\|([^"]+)"( checked)?', page)
    assert shown == [("прайс.pdf", " checked"), ("бланк.pdf", " checked"), ("карта.png", ""), ("бланк.pdf", "")]

    more = [(f"{number}.pdf", b"%PDF-1.4", "application/pdf") for number in range(4)]
    fields = {**TYPED, "revision": revision(page)}
    status, page, _ = await vera.post(place, entry_form(*more, keep=kept(page), **fields))
    assert (status, "не больше 5 файлов" in page) == (422, True)
    assert (ticks(page)["карта.png"], [ticks(page)[name] for name, *_ in more]) == (False, [True] * 4)
    there = tuple(one for one in kept(page) if not one.endswith(("|2.pdf", "|3.pdf")))
    assert (await vera.post(place, entry_form(keep=there, **fields)))[0] == 303
    after = await stored(house, "bow")
    assert [one.name for one in after.attachments] == ["прайс.pdf", "бланк.pdf", "0.pdf", "1.pdf"]
    assert after.attachments[1].ref not in keys(before)[2]


async def test_who_was_later_keeps_words_and_files_beside_the_colleagues(house: House, browser: Open) -> None:
    vera, admin = await browser("vera"), await browser("admin")
    _, _, place = await vera.post("/faq/new", entry_form(PRICES, **TYPED))
    _, page = await vera.get(place)
    seen, first = revision(page), keys(await stored(house, "bow"))[0]
    theirs = {**TYPED, "answer": "Слова Ады", "revision": seen}
    assert (await admin.post(place, entry_form(PICTURE, keep=(first,), **theirs)))[0] == 303

    mine = {**TYPED, "answer": "Слова Веры", "state": "draft", "revision": seen}
    paper = ("бланк.pdf", b"%PDF-1.4 form", "application/pdf")
    bad = ("virus.html", b"<script>", "text/html")
    status, page, _ = await vera.post(place, entry_form(paper, bad, keep=(first,), **mine))
    assert (status, typed(page)["answer"], typed(page)["state"]) == (409, "Слова Веры", "draft")
    assert "virus.html" in page.split('role="alert"')[1].split("</p>")[0]
    assert ticks(page) == {"прайс.pdf": True, "бланк.pdf": True, "карта.png": False}
    assert (await stored(house, "bow")).answer == "Слова Ады"
    assert (await vera.post(place, entry_form(keep=kept(page), **{**mine, "revision": revision(page)})))[0] == 303
    entry = await stored(house, "bow")
    assert (entry.answer, [one.name for one in entry.attachments]) == ("Слова Веры", ["прайс.pdf", "бланк.pdf"])
