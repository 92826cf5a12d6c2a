"""The FAQ editor: list, edit, history, try, import, export; and the list of what was left unanswered."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import aiohttp

from bot.storage.entries import find_entry, load_entries
from tests.integration.console.house import Browser, House

Open = Callable[[str], Awaitable[Browser]]
NEW = {
    "question": "Есть ли подарочная упаковка?",
    "answer": "Да, 150 ₽.",
    "phrasings": "упакуете в подарок\nможно с бантом?",
    "category": "Товары",
    "language": "ru",
    "state": "published",
    "valid_until": "",
}


async def test_list_is_searched_and_filtered(house: House, browser: Open) -> None:
    anna = await browser("anna")
    _, page = await anna.get("/faq")
    assert page.count('class="entry"') == 3
    _, page = await anna.get(f"/faq?q={quote('ДЕНЬГИ')}")
    assert "Как вернуть товар?" in page
    assert "способы оплаты" not in page
    _, page = await anna.get(f"/faq?category={quote('Оплата')}")
    assert "способы оплаты" in page
    assert "Как вернуть товар?" not in page


async def test_entry_that_is_not_there_is_said_in_the_readers_language(house: House, browser: Open) -> None:
    anna = await browser("anna")
    status, page = await anna.get("/faq/entry?id=nobody")
    assert (status, "Такого вопроса в базе знаний нет" in page) == (404, True)


async def test_new_entry_answers_the_next_customer(house: House, browser: Open) -> None:
    vera = await browser("vera")
    status, _, place = await vera.post("/faq/new", NEW)
    assert status == 303
    await house.app.library.refresh()
    await house.says("Есть ли подарочная упаковка?")
    assert any("150 ₽" in one.message.text for one in house.channels["telegram"].sent)
    _, page = await vera.get(place)
    assert "упакуете в подарок" in page
    assert "vera" in page


async def test_edit_is_in_the_history_and_can_be_rolled_back(house: House, browser: Open) -> None:
    vera = await browser("vera")
    _, page = await vera.get("/faq/entry?id=pay")
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    changed = {**NEW, "question": "Какие способы оплаты?", "answer": "Только картой.", "revision": revision.group(1)}
    assert (await vera.post("/faq/entry?id=pay", changed))[0] == 303
    status, page, _ = await vera.post("/faq/entry?id=pay", {**changed, "answer": "Только наличными."})
    assert (status, "изменил кто-то другой" in page) == (409, True)
    assert "Только наличными." in page  # what was typed is not lost
    assert (await vera.post("/faq/back?id=pay", {"revision": revision.group(1)}))[0] == 303
    entry = await house.read(lambda connection: find_entry(connection, "pay"))
    assert entry.answer == "Картой на сайте или наличными курьеру."


async def test_faulty_entry_is_shown_again_with_its_fault(house: House, browser: Open) -> None:
    vera = await browser("vera")
    status, page, _ = await vera.post("/faq/new", {**NEW, "answer": "", "valid_until": "вчера"})
    assert status == 422
    assert "упакуете в подарок" in page
    assert len(await house.read(load_entries)) == 3


async def test_archive_and_publish(house: House, browser: Open) -> None:
    vera = await browser("vera")
    await vera.post("/faq/archive?id=pay")
    assert (await house.read(lambda connection: find_entry(connection, "pay"))).state == "archived"
    await vera.post("/faq/publish?id=pay")
    assert (await house.read(lambda connection: find_entry(connection, "pay"))).state == "published"
    assert (await vera.get("/faq/entry?id=none"))[0] == 404
    status, page, _ = await vera.post("/faq/publish?id=none")
    assert (status, "Вопроса с кодом «none» в базе знаний нет" in page) == (404, True)


async def test_try_shows_what_the_bot_would_do(house: House, browser: Open) -> None:
    anna = await browser("anna")
    _, page = await anna.get(f"/faq/try?text={quote('как оплатить')}")
    assert "Бот ответит сам" in page
    assert "Какие способы оплаты?" in page
    _, page = await anna.get(f"/faq/try?text={quote('позовите человека')}")
    assert "Бот позовёт человека" in page


async def test_import_shows_its_difference_and_changes_nothing_until_applied(house: House, browser: Open) -> None:
    vera = await browser("vera")
    csv = "id,category,question,answer\npay,Оплата,Какие способы оплаты?,Только СБП\ngift,Товары,Упаковка?,Да\n"
    page = await upload(vera, "база.csv", csv.encode())
    assert "Только СБП" in page
    assert 'class="toast said"' not in page  # nothing has been done that could be said
    assert len(await house.read(load_entries)) == 3
    fields = dict(re.findall(r'name="(ref|suffix|name)" value="([^"]+)"', page))
    assert (await vera.post("/faq/import/apply", fields))[0] == 303
    entries = {one.id: one for one in await house.read(load_entries)}
    assert (entries["pay"].answer, entries["gift"].answer) == ("Только СБП", "Да")


async def test_faulty_import_names_every_row_and_cannot_be_applied(house: House, browser: Open) -> None:
    vera = await browser("vera")
    page = await upload(vera, "база.csv", "id,question,answer\na,,Да\nb,Что?,\n".encode())
    assert page.count('class="diff-fault"') == 2
    assert "/faq/import/apply" not in page
    assert "нужен .csv" in await upload(vera, "база.exe", b"MZ")
    fields = {"ref": "0" * 64, "suffix": ".csv", "name": "x"}
    assert (await vera.post("/faq/import/apply", fields))[0] == 422


async def test_long_file_is_counted_whole_and_shown_in_part(house: House, browser: Open) -> None:
    vera = await browser("vera")
    rows = "".join(f"{number},Вопрос {number}?,Ответ\n" for number in range(301))
    page = await upload(vera, "база.csv", f"id,question,answer\n{rows}".encode())
    assert "Добавится: 301, изменится: 0" in page
    assert "Вопрос 300?" not in page
    page = await upload(vera, "база.csv", f"id,question,answer\n{rows.replace('Ответ', '')}".encode())
    assert "В файле 301 ошибка." in page
    assert (page.count('class="diff-fault"'), "Показаны первые 300." in page) == (300, True)


async def test_faults_of_a_file_are_told_in_the_readers_language(house: House, browser: Open) -> None:
    vera = await browser("vera")
    faulty = 'id,question,answer,state\na,,Да,живой\nb,Что?,"То,\n'.encode()
    page = html.unescape(await upload(vera, "база.csv", faulty))
    assert "Вопрос пустой; впишите его или уберите строку." in page
    assert "«живой» — не состояние" in page
    assert "Кавычка, открытая в строке файла 3, нигде не закрыта" in page
    assert re.search(r"<td>3</td><td></td><td>Кавычка", page)
    assert "Файл пустой" in await upload(vera, "база.csv", b"")
    _, page, _ = await vera.post("/faq/new", {**NEW, "answer": "", "valid_until": "вчера"})
    assert "Ответ: Ответ пустой;" in page
    assert "Действует до: «вчера» — не дата" in page
    await vera.post("/faq/new", {**NEW, "id": "pay"})
    assert "Вопрос с кодом «pay» уже есть" in (await vera.post("/faq/new", {**NEW, "id": "pay"}))[1]
    await vera.post("/language", {"language": "en", "next": "/faq"})
    page = html.unescape(await upload(vera, "база.csv", faulty))
    assert "The quote that opens on line 3 of the file is never closed" in page
    assert not re.search(
        "[А-Яа-я]", page.partition('class="diff-fault"')[2].replace("живой", "").partition("</tbody>")[0]
    )


async def upload(browser: Browser, name: str, content: bytes) -> str:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", content, filename=name)
    return (await browser.post("/faq/import", form))[1]


async def test_export_read_again_changes_nothing(house: House, browser: Open) -> None:
    vera = await browser("vera")
    for kind in ("csv", "xlsx", "yaml"):
        async with vera.http.get(f"/faq/export.{kind}") as answer:
            content = await answer.read()
            assert "attachment" in answer.headers["Content-Disposition"]
        assert "Изменений нет" in await upload(vera, f"faq.{kind}", content)


async def test_unanswered_question_becomes_known(house: House, browser: Open) -> None:
    await house.says("Продайте мне гараж в Туле пожалуйста", "1")
    vera, anna = await browser("vera"), await browser("anna")
    _, page = await vera.get("/unanswered")
    assert "Продайте мне гараж в Туле пожалуйста" in page
    assert "/unanswered/ignore" not in (await anna.get("/unanswered"))[1]  # operators see, supervisors act
    await vera.post("/unanswered/phrasings", {"entry": "delivery", "wording": "Продайте мне гараж в Туле пожалуйста"})
    entry = await house.read(lambda connection: find_entry(connection, "delivery"))
    assert "Продайте мне гараж в Туле пожалуйста" in entry.phrasings
    await house.app.library.refresh()
    assert "Продайте мне гараж в Туле пожалуйста" not in (await vera.get("/unanswered"))[1]


async def test_words_that_are_not_for_the_bot(house: House, browser: Open) -> None:
    await house.says("Продайте мне гараж в Туле пожалуйста", "1")
    vera = await browser("vera")
    await vera.post("/unanswered/ignore", {"wording": "Продайте мне гараж в Туле пожалуйста"})
    _, page = await vera.get("/unanswered")
    assert "Не для бота (1)" in page
    number = re.search(r"/exceptions/(\d+)/end", page)
    assert number
    await vera.post(f"/exceptions/{number.group(1)}/end")
    assert "Не для бота (1)" not in (await vera.get("/unanswered"))[1]
    assert (await vera.post("/unanswered/look"))[0] == 303


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200
PDF = b"%PDF-1.4 price list"


def entry_form(*files: tuple[str, bytes, str], keep: tuple[str, ...] = (), **fields: str) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    for name, value in {**NEW, "with_files": "1", **fields}.items():
        form.add_field(name, value)
    for one in keep:
        form.add_field("keep", one)
    for name, content, mime in files:
        form.add_field("files", io.BytesIO(content), filename=name, content_type=mime)
    return form


async def test_files_of_an_answer_go_with_it_and_come_back_with_its_history(house: House, browser: Open) -> None:
    vera, anna = await browser("vera"), await browser("anna")
    sent = (("бант.png", PNG, "image/png"), ("цены.pdf", PDF, "application/pdf"))
    status, _, place = await vera.post("/faq/new", entry_form(*sent))
    assert status == 303
    await house.app.library.refresh()
    await house.says("Есть ли подарочная упаковка?")
    got = [one.message.attachments for one in house.channels["telegram"].sent]
    assert [one.name for files in got for one in files] == ["бант.png", "цены.pdf"]
    _, page = await anna.get(place)
    assert "бант.png" in page
    (picture, *_) = re.findall(r'src="(/faq/files/[0-9a-f]{64}[^"]*)"', page)
    async with anna.http.get(house.url + picture) as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (200, "image/png", PNG)
    _, page = await anna.get(f"/faq/try?text={quote('упакуете в подарок')}")
    assert "цены.pdf" in page

    key = place.partition("id=")[2]
    entry = (await house.read(load_entries))[-1]
    revision = re.search(r'name="revision" value="(\d+)"', (await vera.get(place))[1])
    assert revision
    kept = f"{entry.attachments[1].ref}|цены.pdf"
    changed = entry_form(("цены.pdf", PDF + b" of May", "application/pdf"), keep=(kept,), revision=revision.group(1))
    assert (await vera.post(place, changed))[0] == 303
    (after,) = (await house.read(load_entries))[-1].attachments
    assert (after.name, after.ref == entry.attachments[1].ref) == ("цены.pdf", False)
    assert (await vera.post(f"/faq/back?id={key}", {"revision": revision.group(1)}))[0] == 303
    assert (await house.read(load_entries))[-1].attachments == entry.attachments


async def test_form_that_says_nothing_of_files_leaves_them(house: House, browser: Open) -> None:
    vera = await browser("vera")
    _, _, place = await vera.post("/faq/new", entry_form(("a.png", PNG, "image/png")))
    assert (await vera.post(place, {**NEW, "answer": "Да, 200 ₽."}))[0] == 303
    entry = (await house.read(load_entries))[-1]
    assert (entry.answer, len(entry.attachments)) == ("Да, 200 ₽.", 1)


async def test_file_that_is_not_taken_is_named_and_nothing_is_saved(house: House, browser: Open) -> None:
    vera = await browser("vera")
    for name, content, words in (
        ("вирус.exe", b"MZ\x90\0", "не подходит"),
        ("страница.html", b"<script>alert(1)</script>", "не подходит"),
        ("пусто.png", b"", "пустой"),
        ("большой.png", PNG + b"\0" * 10 * 1024 * 1024, "больше 10 МБ"),
    ):
        status, page, _ = await vera.post("/faq/new", entry_form((name, content, "image/png")))
        assert (status, name in page, words in page) == (422, True, True), name
        assert "упакуете в подарок" in page
    six = [(f"{number}.png", PNG, "image/png") for number in range(6)]
    assert "не больше 5 файлов" in (await vera.post("/faq/new", entry_form(*six)))[1]
    assert len(await house.read(load_entries)) == 3
    _, _, place = await vera.post("/faq/new", entry_form(*six[:4]))
    entry = (await house.read(load_entries))[-1]
    keep = tuple(f"{one.ref}|{one.name}" for one in entry.attachments)
    assert "не больше 5 файлов" in (await vera.post(place, entry_form(*six[3:], keep=keep)))[1]
    assert (await vera.post(place, entry_form(*six[3:5], keep=keep)))[0] == 303  # one of them replaces one
    assert len((await house.read(load_entries))[-1].attachments) == 5


async def test_import_names_files_it_cannot_bring_and_takes_none_away(house: House, browser: Open) -> None:
    vera = await browser("vera")
    _, _, place = await vera.post("/faq/new", entry_form(("a.png", PNG, "image/png")))
    key = (await house.read(load_entries))[-1].id
    csv = (
        f"id,category,question,answer,state,attachments\n{key},Товары,Есть ли подарочная упаковка?,Да,published,\n"
        "map,,Как доехать?,Вот схема,published,схема.png|проезд.pdf\n"
    )
    page = await upload(vera, "база.csv", csv.encode())
    assert "Пока не хватает: схема.png, проезд.pdf" in page
    fields = dict(re.findall(r'name="(ref|suffix|name)" value="([^"]+)"', page))
    assert (await vera.post("/faq/import/apply", fields))[0] == 303
    entries = {one.id: one for one in await house.read(load_entries)}
    assert [one.name for one in entries[key].files] == ["a.png"]
    assert [one.name for one in entries["map"].attachments] == ["схема.png", "проезд.pdf"]
    await house.app.library.refresh()
    await house.says("Как доехать?")
    assert house.channels["telegram"].sent[-1].message.attachments == ()  # a name alone is not sent
    keep = tuple(f"|{one.name}" for one in entries["map"].attachments)
    form = entry_form(("схема.png", PNG, "image/png"), keep=keep, question="Как доехать?", answer="Вот схема")
    assert (await vera.post("/faq/entry?id=map", form))[0] == 303
    entry = await house.read(lambda connection: find_entry(connection, "map"))
    assert [(one.name, bool(one.ref)) for one in entry.attachments] == [("схема.png", True), ("проезд.pdf", False)]
    assert [one.name for one in entry.files] == ["схема.png"]
    assert place
