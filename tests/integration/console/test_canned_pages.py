"""Canned replies with files: kept from the page, put into the box, and sent with a reply."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import aiohttp
from sqlalchemy import func, select

from bot.storage.desk.canned import list_shared
from bot.storage.knowledge.tables import faq_file
from bot.storage.service.settings import change_setting
from bot.storage.tables import message
from handoff.canned import Canned
from tests.integration.console.house import Browser, House

Open = Callable[[str], Awaitable[Browser]]
JSON = {"Accept": "application/json"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200
PDF = b"%PDF-1.4 price list"
PICTURE, PRICES = ("карта.png", PNG, "image/png"), ("прайс.pdf", PDF, "application/pdf")


def form(*files: tuple[str, bytes, str], **fields: str | list[str]) -> aiohttp.FormData:
    made = aiohttp.FormData(quote_fields=False)
    for name, value in {"name": "прайс", "text": "Вот прайс.", "with_files": "1", **fields}.items():
        for one in [value] if isinstance(value, str) else value:
            made.add_field(name, one)
    for name, content, mime in files:
        made.add_field("files", io.BytesIO(content), filename=name, content_type=mime)
    return made


async def own(house: House, login: str = "anna") -> list[Canned]:
    return await house.read(list_shared, house.operators[login])  # type: ignore[no-any-return]


def names(one: Canned) -> list[str]:
    return [file.name for file in one.attachments]


def keys(one: Canned) -> list[str]:
    return [f"{file.ref}|{file.name}" for file in one.attachments]


def row(page: str, name: str) -> str:
    """The form of one in the list."""
    return (
        page.split(f"<strong>/{name}</strong>")[1].split("</li>\n\n", maxsplit=1)[0].split("</details>", maxsplit=1)[0]
    )


def seal(page: str, name: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', row(page, name))
    assert found
    return found[1]


def ticks(part: str) -> dict[str, bool]:
    found = re.findall(r'name="keep" value="[0-9a-f]*\|([^"]+)"( checked)?', part)
    return {name: bool(is_on) for name, is_on in found}


async def suggested(anna: Browser) -> list[dict[str, Any]]:
    return list(json.loads((await anna.get("/api/canned?conversation=1"))[1])["replies"])


async def test_files_are_put_in_shown_replaced_and_taken_away(house: House, browser: Open) -> None:
    anna, vera = await browser("anna"), await browser("vera")
    assert (await anna.post("/canned", form(PICTURE, PRICES, new="1")))[0] == 303
    (made,) = await own(house)
    assert names(made) == ["карта.png", "прайс.pdf"]
    _, page = await anna.get("/canned")
    assert ticks(row(page, "прайс")) == {"карта.png": True, "прайс.pdf": True}
    (picture, *_) = re.findall(r'src="(/faq/files/[0-9a-f]{64}[^"]*)"', page)
    async with anna.http.get(house.url + picture) as answer:
        assert (answer.status, await answer.read()) == (200, PNG)

    newer = ("прайс.pdf", PDF + b" 2", "application/pdf")
    fields = {"seen": seal(page, "прайс"), "keep": keys(made)[1:]}
    assert (await anna.post("/canned", form(newer, **fields)))[0] == 303
    (changed,) = await own(house)
    assert (names(changed), changed.attachments[0].ref != made.attachments[1].ref) == (["прайс.pdf"], True)
    assert (await anna.post("/canned", {"name": "прайс", "text": "Новые слова."}))[0] == 303  # says nothing of files
    assert (await own(house))[0].attachments == changed.attachments

    shared = {"name": "карта", "text": "", "shared": "1", "new": "1"}  # a picture says it without words
    assert (await vera.post("/canned", form(PICTURE, **shared)))[0] == 303
    _, page = await anna.get("/canned")
    assert ('name="keep"' in row(page, "карта"), "карта.png" in row(page, "карта")) == (False, True)
    assert (await house.read(lambda c: c.execute(select(func.count()).select_from(faq_file)).scalar())) == 3
    await anna.post("/canned/drop", {"name": "прайс"})
    assert [(one["name"], [file["name"] for file in one["files"]]) for one in await suggested(anna)] == [
        ("карта", ["карта.png"])
    ]


async def test_refused_form_keeps_words_ticks_and_the_files_that_fit(house: House, browser: Open) -> None:
    anna = await browser("anna")
    bad = [("virus.html", b"<script>", "text/html"), ("пусто.pdf", b"", "application/pdf")]
    status, page, _ = await anna.post("/canned", form(PICTURE, *bad, new="1", text="Вот, {возраст}!"))
    assert status == 422
    for told in ("virus.html", "пусто.pdf» пустой", "Таких подстановок нет: возраст", "Вот, {возраст}!"):
        assert told in page
    assert (ticks(page), await own(house)) == ({"карта.png": True}, [])  # it need not be chosen again
    kept = re.findall(r'name="keep" value="([^"]+)"', page)
    assert (await anna.post("/canned", form(PRICES, new="1", keep=kept)))[0] == 303
    (made,) = await own(house)
    assert names(made) == ["карта.png", "прайс.pdf"]

    _, page = await anna.get("/canned")
    more = [(f"{number}.pdf", PDF, "application/pdf") for number in range(5)]
    fields = {"seen": seal(page, "прайс"), "keep": keys(made)[:1], "text": "Другие слова"}
    status, page, _ = await anna.post("/canned", form(*more, **fields))
    assert (status, "не больше 5 файлов" in page, "Другие слова" in row(page, "прайс")) == (422, True, True)
    there = ticks(row(page, "прайс"))
    assert ("open" in page.split("<strong>/прайс")[0][-40:], there.pop("прайс.pdf")) == (True, False)
    assert there == dict.fromkeys(("карта.png", "0.pdf", "1.pdf", "2.pdf", "3.pdf", "4.pdf"), True)
    assert (await own(house)) == [made]


async def test_who_was_later_is_told_and_loses_nothing(house: House, browser: Open) -> None:
    vera, admin = await browser("vera"), await browser("admin")
    await vera.post("/canned", form(PRICES, new="1", shared="1"))
    (made,) = await house.read(list_shared)
    _, page = await vera.get("/canned")
    seen = seal(page, "прайс")
    await admin.get("/canned")
    fields = {"shared": "1", "seen": seen, "keep": keys(made)}
    assert (await admin.post("/canned", form(PICTURE, **fields, text="Слова Ады")))[0] == 303

    status, page, _ = await vera.post("/canned", form(**fields, text="Слова Веры"))
    mine = row(page, "прайс")
    assert (status, "изменил кто-то другой" in mine) == (422, True)
    assert ("Слова Ады" in mine, "Слова Веры</textarea>" in mine) == (True, True)
    assert ticks(mine) == {"прайс.pdf": True, "карта.png": False}
    fields["seen"] = seal(page, "прайс")
    assert (await vera.post("/canned", form(**fields, text="Слова Веры")))[0] == 303
    (made,) = await house.read(list_shared)
    assert (made.text, names(made)) == ("Слова Веры", ["прайс.pdf"])

    status, page, _ = await admin.post("/canned", form(new="1", shared="1", text="Ещё одна"))
    assert (status, "таким именем уже есть" in page, "Ещё одна</textarea>" in page) == (422, True, True)
    await vera.post("/canned/drop", {"name": "прайс", "shared": "1"})
    status, page, _ = await admin.post("/canned", form(**fields, text="Слова Ады"))
    assert (status, "удалили" in page, "Слова Ады</textarea>" in page, ticks(page)) == (
        *(422, True, True),
        {"прайс.pdf": True},
    )
    assert await house.read(list_shared) == []


async def test_files_go_with_the_reply_once_also_when_it_is_sent_again(house: House, browser: Open) -> None:
    await house.says("оператор")
    now = house.clock.now()
    await house.database.write(lambda connection: change_setting(connection, "undo.console", "0s", "x", now))
    await house.app.board.refresh()
    anna, boris = await browser("anna"), await browser("boris")
    await anna.post("/canned", form(PRICES, new="1"))
    ((one,), stored) = ((await suggested(anna))[0]["files"], (await own(house))[0].attachments[0])
    assert one == {"key": f"{stored.ref}|прайс.pdf", "ref": stored.ref, "name": "прайс.pdf"}
    fields = {"act": "reply", "text": "Держите", "nonce": "12345678", "stored": one["key"]}
    await anna.post("/canned/drop", {"name": "прайс"})  # somebody cleans up meanwhile
    for _ in range(2):  # the browser did not hear of the first
        assert (await anna.post("/inbox/1/act", form(PICTURE, **fields), **JSON))[0] == 200
    await house.settled()
    replies = [each.message for each in house.channels["telegram"].sent if each.message.text == "Держите"]
    assert [[file.name for file in each.attachments] for each in replies] == [["прайс.pdf"]]
    last = house.channels["telegram"].sent[-1].message.attachments
    assert ([file.name for file in last], last[0].channel) == (["карта.png"], "upload")
    _, page = await boris.get("/inbox/1")
    path = page.split('href="/files/')[1].split('"')[0]
    async with boris.http.get(f"/files/{path}") as answer:
        assert (answer.status, await answer.read()) == (200, PDF)


async def test_file_that_is_not_there_or_too_many_sends_nothing(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna = await browser("anna")
    many = [f"{'0' * 64}|{number}" for number in range(11)]
    for stored, why in ((["f" * 64 + "|x.pdf"], "больше нет"), (["x"], "больше нет"), (many, "не больше десяти")):
        status, told, _ = await anna.post("/inbox/1/act", form(act="reply", stored=stored), **JSON)
        assert (status, why in json.loads(told)["error"]) == (422, True)
    count = select(func.count()).where(message.c.author == "operator")
    assert await house.read(lambda connection: connection.execute(count).scalar()) == 0


async def test_draft_remembers_the_files_it_was_begun_with(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna = await browser("anna")
    await anna.post("/canned", form(PRICES, new="1"))
    key = keys((await own(house))[0])[0]
    assert (await anna.post("/inbox/1/draft", {"text": "", "note": "", "stored": key}))[0] == 200
    _, page = await anna.get("/inbox/1")
    begun = json.loads(page.split('id="begun">')[1].split("</script>")[0])
    assert begun == [{"key": key, "ref": key[:64], "name": "прайс.pdf"}]
    assert "прайс.pdf" in (await anna.get("/inbox?view=queue", fragment=True))[1]
    await anna.post("/inbox/1/act", {"act": "reply", "text": "", "stored": key}, **JSON)
    _, page = await anna.get("/inbox/1")
    assert 'id="begun">[]' in page
    assert unquote(key.partition("|")[2]) in page.split('id="messages"')[1]
