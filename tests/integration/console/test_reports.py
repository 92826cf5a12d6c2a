"""Reports: each page in both languages, the same numbers in the spreadsheet, and the conversations behind them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert

from bot.storage.desk.tables import conversation_tag
from tests.integration.console.house import Browser, House

Open = Callable[[str], Awaitable[Browser]]
KEYS = ["overview", "quality", "operators", "faq", "load"]


async def file(browser: Browser, path: str) -> bytes:
    async with browser.http.get(path) as answer:
        assert answer.status == 200
        return await answer.read()


@pytest.mark.parametrize("key", KEYS)
async def test_report_is_there_in_both_languages(house: House, browser: Open, key: str) -> None:
    await house.says("Сколько идёт доставка?")
    await house.says("оператор", "2", name="Ольга")
    vera = await browser("vera")
    status, page = await vera.get(f"/reports/{key}")
    assert status == 200
    assert "Отчёты" in page
    assert "report." not in page.split("<main", 1)[-1].split("</main>")[0].replace("/reports/", "")
    for table in page.split("<thead>")[1:]:  # no two columns of one name
        heads = re.findall("<th[^>]*>(.*?)</th>", table.partition("</thead>")[0])
        assert len(set(heads)) == len(heads)
    await vera.post("/language", {"language": "en"})
    status, page = await vera.get(f"/reports/{key}")
    assert (status, "Reports" in page) == (200, True)


async def test_number_leads_to_its_conversations(house: House, browser: Open) -> None:
    await house.says("оператор")
    await house.says("оператор", "2", name="Ольга")
    vera = await browser("vera")
    _, page = await vera.get("/reports/overview")
    assert "/reports/behind/opened?" in page
    status, behind = await vera.get("/reports/behind/opened")
    assert status == 200
    assert ('href="/inbox/1"' in behind, 'href="/inbox/2"' in behind, "2 обращения" in behind) == (True, True, True)
    _, other = await vera.get("/reports/behind/opened?channel=vk")
    assert "/inbox/1" not in other
    status, page = await vera.get("/reports/behind/nothing")
    assert (status, "Такого показателя нет." in page) == (404, True)


async def test_spreadsheets_have_the_numbers_of_the_page(house: House, browser: Open) -> None:
    await house.says("оператор")
    await house.says("оператор", "2", name="=cmd()")
    vera = await browser("vera")
    day = datetime.now(ZoneInfo("Europe/Moscow")).date().isoformat()
    text = (await file(vera, f"/reports/overview.csv?to={day}")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert ["Открыто", "2", "0", "", "", "", "", ""] in rows
    assert ["Telegram", "2"] in rows  # the channel in words
    book = load_workbook(io.BytesIO(await file(vera, f"/reports/overview.xlsx?to={day}")))
    cells = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    assert ("Открыто", 2, 0, None, None, None, None, None) in cells


async def test_spreadsheets_say_the_units(house: House, browser: Open) -> None:
    await house.says("оператор")
    vera = await browser("vera")

    async def rows(key: str) -> list[list[str]]:
        text = (await file(vera, f"/reports/{key}.csv")).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text), delimiter=";"))

    load = {row[0]: row for row in await rows("load") if row}
    assert load["Показатель"][-1] == "Единица"
    assert [load[name][-1] for name in ("Передано операторам", "Скорость ответа (ASA)", "Уровень сервиса")] == [
        "",
        "с",
        "%",
    ]
    heads = next(row for row in await rows("operators") if "Проверено" in row)
    assert {"Первый ответ, с", "Первый ответ в срок, %", "Обработка, с"} <= set(heads)
    assert "Проверка, %" in heads


async def test_charts_of_one_series_say_what_it_is(house: House, browser: Open) -> None:
    await house.says("оператор")
    vera = await browser("vera")
    _, page = await vera.get("/reports/load")
    by_hour = page.partition("По часам")[2].partition("</figure>")[0]
    assert '<span class="legend chart-1">Открыто</span>' in by_hour
    for query, unit in (("from=2025-01-01&to=2025-01-31", "День"), ("from=2025-01-01&to=2025-12-31", "Неделя с")):
        _, page = await vera.get(f"/reports/overview?{query}")
        assert f"<th>{unit}</th>" in page.partition("Обращения по времени")[2]


async def test_too_few_cases_are_told_as_such(house: House, browser: Open) -> None:
    await house.says("Сколько идёт доставка?")
    await house.says("оператор")
    await house.says("оператор", "2", name="Ольга")
    vera = await browser("vera")
    await vera.post("/inbox/1/act", {"act": "close"})
    await house.settled()
    _, page = await vera.get("/reports/overview")
    assert "Мало данных: 1 обращение, нужно 10" in page
    assert "Мало данных: 2 новых клиента, нужно 10" in page
    assert '<strong title="Нет данных">—</strong>' in page  # nobody was asked
    subjects = page.partition("По темам</h2>")[2]
    assert re.search(r">100\s?% <small>из 1</small>", subjects)
    text = (await file(vera, "/reports/overview.csv")).decode("utf-8-sig")
    heads = next(row for row in csv.reader(io.StringIO(text), delimiter=";") if row[:1] == ["Тема"])
    assert heads[3:5] == ["Решено с первого раза (FCR), %", "Решено с первого раза (FCR): случаев"]


async def test_subjects_and_tags_are_suggested_and_unknown_ones_said(house: House, browser: Open) -> None:
    await house.says("Сколько идёт доставка?")
    vera = await browser("vera")
    tagged = insert(conversation_tag).values(conversation_id=1, tag="брак")
    await house.database.write(lambda connection: connection.execute(tagged))
    _, page = await vera.get(f"/reports/overview?{urlencode({'category': 'Доставка', 'tag': 'брак'})}")
    subjects = page.partition('<datalist id="categories">')[2].partition("</datalist>")[0]
    tags = page.partition('<datalist id="tags">')[2].partition("</datalist>")[0]
    assert ('value="Доставка"' in subjects, 'value="брак"' in tags, "считать нечего" in page) == (True, True, False)
    _, page = await vera.get(f"/reports/overview?{urlencode({'category': 'Достаква', 'tag': 'нет'})}")
    assert "Темы «Достаква» нет ни у чего" in page
    assert "Метки «нет» нет ни на чём" in page


async def test_nonsense_in_the_address_is_the_usual_period(house: House, browser: Open) -> None:
    vera = await browser("vera")
    for query in (
        "from=nonsense",
        "from=2025-05-01&to=2025-04-01",
        "operator=x&level=9999999999999999999",
        "category=%00",
    ):
        status, _ = await vera.get(f"/reports/overview?{query}")
        assert status == 200


async def test_reports_are_for_supervisors(house: House, browser: Open) -> None:
    anna = await browser("anna")
    status, _ = await anna.get("/reports/overview")
    assert status == 403
