"""What people do to the FAQ in the console stands in the audit log: who, what, which entry; not what customers said."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote

import aiohttp
from sqlalchemy import select

from bot.storage.desk.tables import audit
from bot.storage.knowledge.revisions import last_revision
from bot.storage.knowledge.suggestions import store_proposals
from faq.learning.proposals import Proposal, Proposed
from tests.integration.console.house import House
from tests.integration.console.test_faq_pages import NEW, Open, upload

CSV = "id,category,question,answer\npay,Оплата,Какие способы оплаты?,Только СБП\ngift,Товары,Упаковка?,Да\n"
ASKED = "Продайте мне гараж в Туле пожалуйста"


async def lines(house: House) -> list[tuple[int, str, str, str, dict[str, Any] | None]]:
    """Everything in the log, in order."""

    def work(connection: Any) -> list[Any]:
        return list(connection.execute(select(audit).order_by(audit.c.id)))

    return [(row.operator_id, row.desk, row.act, row.outcome, row.detail) for row in await house.read(work)]


async def test_every_change_of_an_entry_is_in_the_log(house: House, browser: Open) -> None:
    vera, admin = await browser("vera"), await browser("admin")
    first = await house.read(lambda connection: last_revision(connection, "pay"))
    changed = {**NEW, "question": "Какие способы оплаты?", "revision": str(first)}
    for path, fields in (
        ("/faq/new", {**NEW, "id": "gift"}),
        ("/faq/entry?id=pay", changed),
        ("/faq/archive?id=pay", {}),
        ("/faq/archive?id=pay", {}),  # it is archived already: nothing is done, and nothing is written down
        ("/faq/publish?id=pay", {}),
        ("/faq/back?id=pay", {"revision": str(first)}),
    ):
        assert (await vera.post(path, fields))[0] == 303
    assert (await vera.post("/faq/new", {**NEW, "id": "gift"}))[0] == 422  # refused: nothing was changed
    acts = [
        ("faq_add", "gift"),
        ("faq_edit", "pay"),
        ("faq_archive", "pay"),
        ("faq_publish", "pay"),
        ("faq_back", "pay"),
    ]
    who = house.operators["vera"]
    assert await lines(house) == [(who, "console", act, "done", {"entry": key}) for act, key in acts]
    _, page = await admin.get("/audit?act=faq_edit")
    assert "изменение вопроса" in page
    assert "Вера Старшая" in page
    assert 'href="/faq/entry?id=pay"' in page


async def test_import_is_counted_in_the_log_and_names_who_did_it(house: House, browser: Open) -> None:
    vera, admin = await browser("vera"), await browser("admin")
    fields = dict(re.findall(r'name="(ref|suffix|name)" value="([^"]+)"', await upload(vera, "база.csv", CSV.encode())))
    for told in ("Добавлено: 1, изменено: 1, без изменений: 0", "Добавлено: 0, изменено: 0, без изменений: 2"):
        assert (await vera.post("/faq/import/apply", fields))[0] == 303
        assert told in (await vera.get("/faq"))[1]
        assert told not in (await vera.get("/faq"))[1]  # said once
    (line,) = await lines(house)  # what changed nothing is not written down
    counts = {"added": 1, "changed": 1, "unchanged": 0}
    assert line == (house.operators["vera"], "console", "faq_import", "done", {"file": "база.csv", **counts})
    _, page = await vera.get("/faq/entry?id=pay")
    assert re.search(r"<strong>Импортирован</strong> <span[^>]*>[^<]* · vera · база.csv</span>", page)
    _, page = await admin.get("/audit")
    assert "импорт базы знаний" in page
    assert '<span class="faint">добавлено:</span> 1' in page
    await admin.post("/language", {"language": "en", "next": "/audit"})
    assert '<span class="faint">added:</span> 1' in (await admin.get("/audit"))[1]


async def test_what_was_learned_is_in_the_log_without_customers_words(house: House, browser: Open) -> None:
    await house.says(ASKED, "1")
    vera, admin = await browser("vera"), await browser("admin")
    proposals = [
        Proposal(Proposed.PHRASING, "когда явится посыльный", "delivery", count=2),
        Proposal(Proposed.EXCEPTION, "верните мой 2007", "return"),
    ]
    now = house.clock.now()
    await house.database.write(lambda connection: store_proposals(connection, proposals, now))
    await vera.post("/unanswered/phrasings", form(entry="delivery", wording=(ASKED, "гараж в Туле")))
    await vera.post("/unanswered/ignore", form(wording=(ASKED, "гараж")))
    await vera.post("/exceptions/1/end")
    await vera.post("/suggestions/1/approve")
    await vera.post("/suggestions/2/reject")
    status, page, _ = await vera.post("/suggestions/1/reject")  # somebody else was first
    assert (status, "Подсказку 1 уже приняли" in page) == (409, True)
    told = [(act, detail) for *_, act, _, detail in await lines(house)]
    assert told == [
        ("faq_teach", {"entry": "delivery", "wordings": 2}),
        ("faq_ignore", {"exceptions": [1, 2]}),
        ("faq_heed", {"exceptions": [1]}),
        ("faq_approve", {"suggestion": 1, "kind": "phrasing", "entry": "delivery"}),
        ("faq_reject", {"suggestion": 2, "kind": "exception", "entry": "return"}),
    ]
    _, page = await admin.get("/audit")
    assert "не отвечать так" in page  # the kind, in words
    assert not [words for words in (ASKED, "посыльный", "2007") if words in html.unescape(page)]


async def test_entry_made_of_a_customers_question_is_not_named_after_it(house: House, browser: Open) -> None:
    vera, admin = await browser("vera"), await browser("admin")
    asked, now = "Продайте гараж Иванову в Туле", house.clock.now()
    proposals = [Proposal(Proposed.ENTRY, asked, "", answer="Продадим.", count=2)]
    await house.database.write(lambda connection: store_proposals(connection, proposals, now))
    await vera.post("/suggestions/1/approve")
    page = (await vera.get(f"/faq/new?question={quote(asked)}"))[1]  # as from the list of what was left unanswered
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    drafted = {**NEW, "question": asked, "asked": hidden["asked"]}
    status, page, _ = await vera.post("/faq/new", {**drafted, "valid_until": "вчера"})
    assert (status, 'name="asked" value="1"' in page) == (422, True)  # not forgotten over a fault
    assert (await vera.post("/faq/new", drafted))[0] == 303
    told = [(act, detail) for *_, act, _, detail in await lines(house)]
    assert told == [
        ("faq_approve", {"suggestion": 1, "kind": "entry", "entry": "entry-1"}),
        ("faq_add", {"entry": "tovary-1"}),
    ]
    assert not [words for words in ("garazh", "гараж") if words in (await admin.get("/audit"))[1].casefold()]
    assert 'name="asked"' not in (await vera.get("/faq/new"))[1]  # in the words of whoever writes it


def form(**fields: str | tuple[str, ...]) -> aiohttp.FormData:
    made = aiohttp.FormData()
    for name, values in fields.items():
        for value in (values,) if isinstance(values, str) else values:
            made.add_field(name, value)
    return made
