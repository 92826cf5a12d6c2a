"""What operators read: the list, a conversation, its parts; as full pages and as fragments."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from core.message import AttachmentKind
from tests.integration.console.house import Browser, House

Open = Callable[[str], Awaitable[Browser]]


async def test_queue_shows_who_waits_and_the_conversation_what_was_said(house: House, browser: Open) -> None:
    await house.says("Сколько стоит <b>доставка</b>?")
    await house.says("оператор")
    anna = await browser("anna")
    status, page = await anna.get("/inbox?view=queue")
    assert status == 200
    assert "Иван Петров" in page
    assert 'data-status="queued"' in page
    status, page = await anna.get("/inbox/1")
    assert status == 200
    assert "Сколько стоит &lt;b&gt;доставка&lt;/b&gt;?" in page
    assert "<b>доставка</b>" not in page
    status, fragment = await anna.get("/inbox/1", fragment=True)
    assert status == 200
    assert "<html" not in fragment
    assert 'id="composer"' in fragment


def said_in(rows: str, number: int = 1) -> str:
    """What the list shows a conversation to be about."""
    line = (
        rows.partition(f'data-conv="{number}"')[2]
        .partition('class="row-line">')[2]
        .partition('<span class="row-foot')[0]
    )
    return " ".join(re.sub(r"<[^>]*>", "", line).split())


async def test_list_tells_what_people_want_and_only_what_was_really_said(house: House, browser: Open) -> None:
    anna, boris = await browser("anna"), await browser("boris")
    await house.says("Продайте мне гараж в Туле пожалуйста")
    await house.says("позовите оператора")
    _, rows = await anna.get("/inbox?view=queue", fragment=True)
    assert said_in(rows) == "Продайте мне гараж в Туле пожалуйста"
    await house.says("можно кирпичный")
    await anna.post("/inbox/1/act", {"act": "reply", "text": "Подскажу"})
    await house.settled()
    await boris.post("/inbox/1/act", {"act": "reply", "text": "Гаражей нет"})
    _, rows = await anna.get("/inbox?view=mine", fragment=True)
    assert said_in(rows) == "Подскажу", "Boris was asked whether to send it"
    await house.says("жду")
    await anna.post("/inbox/1/act", {"act": "close"})
    await house.settled()
    _, rows = await anna.get("/inbox?view=closed", fragment=True)
    assert said_in(rows) == "жду", "what the bot said on closing is not what it was about"
    _, page = await anna.get("/inbox/1")
    assert "Гаражей нет" in page
    assert "kind-held" not in page, "nobody is asked to confirm it any more"


async def test_list_tells_a_mere_call_where_nothing_was_asked(house: House, browser: Open) -> None:
    await house.says("оператор")
    _, rows = await (await browser("anna")).get("/inbox?view=queue", fragment=True)
    assert said_in(rows) == "оператор"


async def test_views_show_what_belongs_to_them(house: House, browser: Open) -> None:
    await house.says("оператор", "1")
    await house.says("Привет", "2", name="Ольга")
    vera = await browser("vera")
    _, queue = await vera.get("/inbox?view=queue", fragment=True)
    _, every = await vera.get("/inbox?view=all", fragment=True)
    _, mine = await vera.get("/inbox?view=mine", fragment=True)
    assert ("Иван Петров" in queue, "Ольга" in queue) == (True, False)
    assert ("Иван Петров" in every, "Ольга" in every) == (True, True)
    assert "Иван Петров" not in mine
    anna = await browser("anna")
    assert (await anna.get("/inbox?view=all"))[0] == 403


async def test_search_finds_names_numbers_and_words_in_any_case(house: House, browser: Open) -> None:
    await house.says("оператор", "1", name="Мария Ёлкина")
    await house.says("у меня сломалась КОФЕВАРКА", "1", name="Мария Ёлкина")
    await house.says("оператор", "2", name="Пётр")
    anna = await browser("anna")
    for words in ("ёлкина", "кофеварка", "#1"):
        _, found = await anna.get(f"/inbox?view=queue&q={quote(words)}", fragment=True)
        assert "Мария" in found, words
        assert "Пётр" not in found, words
    _, found = await anna.get("/inbox?view=queue&q=%25", fragment=True)
    assert "Мария" not in found


async def test_unread_is_counted_for_each_operator(house: House, browser: Open) -> None:
    await house.says("оператор")
    await house.says("ау")
    anna, boris = await browser("anna"), await browser("boris")
    _, rows = await anna.get("/inbox?view=queue", fragment=True)
    assert 'data-unread="2"' in rows
    assert (await anna.post("/inbox/1/read", {"message": "9999"}))[0] == 200
    _, rows = await anna.get("/inbox?view=queue", fragment=True)
    assert 'data-unread="0"' in rows
    _, rows = await boris.get("/inbox?view=queue", fragment=True)
    assert 'data-unread="2"' in rows


async def test_draft_is_kept_for_whoever_wrote_it(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna, boris = await browser("anna"), await browser("boris")
    assert (await anna.post("/inbox/1/draft", {"text": "Добрый день, смотрю", "note": "1"}))[0] == 200
    _, page = await anna.get("/inbox/1")
    assert "Добрый день, смотрю</textarea>" in page
    assert 'class="composer is-note"' in page
    _, page = await boris.get("/inbox/1")
    assert "Добрый день, смотрю" not in page
    await anna.post("/inbox/1/draft", {"text": " "})
    assert "Добрый день, смотрю" not in (await anna.get("/inbox/1"))[1]
    assert (await anna.post("/inbox/99/draft", {"text": "x"}))[0] == 404


async def test_older_messages_come_on_request(house: House, browser: Open) -> None:
    await house.says("оператор")
    for number in range(70):
        await house.channels["telegram"].says("1001", f"сообщение {number}.", name="Иван Петров")
    await house.settled()
    anna = await browser("anna")
    _, page = await anna.get("/inbox/1")
    assert "сообщение 69." in page
    assert "сообщение 1." not in page
    before = page.split("older?before=")[1].split('"')[0]
    _, older = await anna.get(f"/inbox/1/older?before={before}", fragment=True)
    assert "сообщение 1." in older
    assert "сообщение 69." not in older


async def test_suggestions_fit_what_was_asked(house: House, browser: Open) -> None:
    await house.says("оператор")
    await house.says("когда мне привезут заказ, какая доставка")
    anna = await browser("anna")
    status, found = await anna.get("/inbox/1/suggestions", fragment=True)
    assert status == 200
    assert "По городу 1-2 дня" in found
    for words in ("Спасибо!", "оператор", "Здравствуйте! Позовите, пожалуйста, человека"):  # these ask nothing
        await house.says(words)
        assert (await anna.get("/inbox/1/suggestions", fragment=True))[1] == found


async def test_photo_is_shown_and_a_document_only_downloaded(house: House, browser: Open) -> None:
    await house.says("оператор")
    channel = house.channels["telegram"]
    await channel.sends("1001", AttachmentKind.PHOTO, b"\xff\xd8picture", name="Иван Петров")
    await channel.sends("1001", AttachmentKind.DOCUMENT, b"<script>alert(1)</script>", name="Иван Петров")
    await house.settled()
    anna, nobody = await browser("anna"), await browser("")
    _, page = await anna.get("/inbox/1")
    paths = sorted({part.split('"')[0] for part in page.split('"/files/')[1:]})
    assert len(paths) == 2
    kinds = []
    for path in paths:
        async with anna.http.get(f"/files/{path}") as answer:
            assert answer.status == 200
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            kinds.append((answer.content_type, answer.headers["Content-Disposition"].split(";")[0]))
        assert (await nobody.get(f"/files/{path}", Accept="application/json"))[0] == 401
    assert kinds == [("image/jpeg", "inline"), ("application/octet-stream", "attachment")]
    assert (await anna.get("/files/1/7"))[0] == 404
