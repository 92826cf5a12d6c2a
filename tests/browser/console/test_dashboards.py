"""The dashboards of a company with a year behind it: each figure, where it leads, and the same figures elsewhere."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from openpyxl import load_workbook
from playwright.sync_api import Page

from bot.cli.program import program
from bot.cli.surveys import report as report_command
from tests.browser.console.conftest import OpenPage
from tests.pictures.past import TAG, company
from tests.pictures.stage import Stage

pytestmark = pytest.mark.browser

KEYS = ("overview", "quality", "operators", "faq", "load")
QUARTER = "from=2024-10-01&to=2024-12-31"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One for all: the pages only read."""
    stage = company(tmp_path_factory.mktemp("company") / "house")
    yield stage
    stage.close()


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("locale", ["ru-RU", "en-US"])
def test_each_fits_and_can_be_used_by_everybody(
    stage: Stage, come_in: OpenPage, locale: str, size: dict[str, Any]
) -> None:
    page, axe = come_in("vera", "/reports/overview", locale=locale, **size), Axe()
    for key in KEYS:
        page.goto(f"{stage.url}/reports/{key}?{QUARTER}")
        assert page.evaluate("document.documentElement.lang") == locale[:2]
        wide = page.evaluate("(main => main.scrollWidth - main.clientWidth)(document.getElementById('main'))")
        wide = max(wide, page.evaluate("document.documentElement.scrollWidth - innerWidth"))
        assert wide <= 0, f"{key} is {wide} px too wide"
        tables = page.locator(".table-wrap:visible").evaluate_all(
            "all => all.map(one => one.scrollWidth - one.clientWidth)"
        )
        assert size or max(tables, default=0) <= 0, f"{key} has a table that is cut"
        assert page.locator(".tile, .card").count() > 1
        assert page.locator("text=report.").count() == 0  # no key instead of words
        found = axe.run(page).response["violations"] if locale == "ru-RU" and size else []  # dear
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == [], key


def test_each_number_leads_to_as_many_conversations(stage: Stage, come_in: OpenPage) -> None:
    page = come_in("vera", f"/reports/overview?{QUARTER}")
    figures = json.loads(report(stage))
    followed = 0
    for key in KEYS:
        page.goto(f"{stage.url}/reports/{key}?{QUARTER}")
        links = {
            one.get_attribute("href") or "": one.locator("xpath=..").inner_text()
            for one in page.locator(".tile a").all()
        }
        for href, shown in links.items():
            behind = page.request.get(stage.url + href).text()
            total = int(behind.partition('data-total="')[2].partition('"')[0])
            assert behind.partition("<tbody>")[2].count("<tr>") == min(total, 200)
            assert total == expected(href, shown, figures), f"{href}: {shown}"
            followed += 1
    assert followed >= 15
    page.locator(".tile a").first.click()
    page.locator("tbody a").first.click()
    page.wait_for_selector("#messages")


def expected(href: str, shown: str, figures: dict[str, Any]) -> int:
    """How many conversations are behind a figure: those it counts, or its share of them, from the whole report."""
    what = href.partition("/behind/")[2].partition("?")[0]
    if what in {"opened", "closed"}:
        return int(figures["conversations"][what])
    if what == "handed":
        return int(shown.splitlines()[1].replace("\xa0", ""))
    if what in {"csi", "csat", "nps", "ces", "acsi"}:  # of the newest version, which stands first
        answered = "csi" if what == "csat" else what
        return next(int(one["responses"]) for one in figures["surveys"] if one["key"] == answered)
    closed, sla = figures["conversations"]["closed"], figures["sla"]
    handed = int(shown.partition("· из ")[2].split()[0]) if what == "abandoned" else 0
    percent, cases = {
        "late": (100 - sla["first_response_percent"], sla["first_response_count"]),
        "unresolved": (100 - sla["resolution_percent"], sla["resolution_count"]),
        "returned": (100 - figures["first_contact_resolution_percent"], closed),
        "contained": (figures["containment_percent"], closed),
        "abandoned": (figures["abandonment_percent"], handed),
    }[what]
    return round(percent * cases / 100)


def test_files_have_the_figures_of_the_page(stage: Stage, come_in: OpenPage) -> None:
    page = come_in("vera", f"/reports/{KEYS[0]}?{QUARTER}")
    for key in KEYS:
        page.goto(f"{stage.url}/reports/{key}?{QUARTER}")
        compare_files(page)


def compare_files(page: Page) -> None:
    shown = {one.locator("span").first.inner_text(): value(one) for one in page.locator(".tile").all()}
    tables = page.locator("section.bare table").evaluate_all(
        "all => all.map(one => [...one.tBodies[0].rows].map(row => [...row.cells].flatMap(cell =>"
        " [cell.dataset.value ?? cell.innerText, ...('cases' in cell.dataset ? [cell.dataset.cases] : [])])))"
    )
    for cell in page.locator("section.bare td[data-unit]").all()[:20]:  # said with its unit, kept plainly in the files
        assert re.search(r"\d+\s?(%|с|мин|ч|д)", cell.inner_text()), cell.inner_text()
    for rows in (download(page, "CSV"), download(page, "XLSX")):
        told = {row[0]: row for row in reversed(rows) if row}  # the figures stand first
        for name, figure in shown.items():
            assert figure in ("", told[name][1]), name
            assert told[name][-1] == unit_of(page, name) or not figure, name
        plain = [row for row in rows if row]
        for table in tables:
            for row in map(trimmed, table[:20]):  # behind it a file may tell the row's unit
                assert any(trimmed(one)[: len(row)] == row for one in plain), row
    assert shown or tables


def unit_of(page: Page, name: str) -> str:
    """As the page shows it: % or a time, which files tell in seconds; "" for counts and scores."""
    strong = page.locator(".tile", has=page.get_by_text(name, exact=True)).locator("strong").inner_text()
    return "%" if "%" in strong else "с" if re.search(r"\d\s?(с|мин|ч|д)\b", strong) else ""


def value(tile: Any) -> str:
    """As the page says it, without its unit; "" where there is none, or too few cases."""
    strong = tile.locator("strong")
    number = (strong.get_attribute("data-value") or "").replace("\u202f", "")
    if number and "мин" not in strong.inner_text():  # long times are told in words
        said = re.sub(r"[\s%с]", "", strong.inner_text())
        assert said in {number.replace(".", ","), f"{round(float(number))}"}
    return number


def download(page: Page, label: str) -> list[list[str]]:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=label).click()
    content = Path(waiting.value.path()).read_bytes()
    if label == "CSV":
        rows: list[list[Any]] = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    else:
        book = load_workbook(io.BytesIO(content))
        rows = [list(row) for sheet in book for row in sheet.iter_rows(values_only=True)]
    return [[said(cell) for cell in row] for row in rows]


def said(cell: Any) -> str:
    """A cell as the page would write it."""
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return str(cell or "").removeprefix("'").replace("—", "")
    return f"{number:.1f}".removesuffix(".0") if abs(number) < 100 else f"{number:.0f}"


def trimmed(row: list[str]) -> list[str]:
    cells = [said(cell.strip()) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def test_figures_are_those_of_the_command(
    stage: Stage, come_in: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(report_command, "SystemClock", lambda: stage.house.clock)
    page = come_in("vera", f"/reports/overview?{QUARTER}")
    for narrowing in ({}, {"channel": "vk"}, {"level": "2"}, {"category": "Доставка"}, {"tag": TAG}):
        query = "".join(f"&{name}={given}" for name, given in narrowing.items())
        page.goto(f"{stage.url}/reports/overview?{QUARTER}{query}")
        with page.expect_download() as waiting:
            page.get_by_role("link", name="JSON").click()
        found = json.loads(Path(waiting.value.path()).read_text())
        told = json.loads(report(stage, *(part for name, given in narrowing.items() for part in (f"--{name}", given))))
        assert found == told
        assert value(page.locator(".tile").first) == str(told["conversations"]["opened"])
        assert told["conversations"]["opened"] > 10


def report(stage: Stage, *options: str) -> str:
    arguments = ["report", "--json", "--from", "2024-10-01", "--to", "2024-12-31", *options]
    done = CliRunner().invoke(program, arguments, env={"OTKLIK_DATABASE_URL": stage.house.database_url})
    assert done.exit_code == 0, done.output
    return done.output


def test_busy_hours_stand_out(stage: Stage, come_in: OpenPage) -> None:
    page = come_in("vera", f"/reports/load?{QUARTER}")
    cells = page.locator(".shades td")
    counts = [int(text) for text in cells.all_inner_texts()]
    colours = cells.evaluate_all("all => all.map(one => getComputedStyle(one).backgroundColor)")
    assert len(counts) == 7 * 24
    by_colour = {
        colour: [count for count, one in zip(counts, colours, strict=True) if one == colour] for colour in colours
    }
    ranges = sorted((min(found), max(found)) for found in by_colour.values())
    assert len(ranges) == 6  # nothing, and five shades
    assert ranges[0] == (0, 0)
    assert all(low > high for (_, high), (low, _) in pairwise(ranges))
    assert page.get_by_role("rowheader").all_inner_texts() == ["Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"]


def test_trend_of_complaints_adds_up_to_the_complaints(stage: Stage, come_in: OpenPage) -> None:
    page = come_in("vera", f"/reports/quality?{QUARTER}")
    causes = page.locator("section.bare", has_text="Почему оценки низкие").locator("tbody tr")
    complaints = sum(int(row.locator("td").last.inner_text()) for row in causes.all())
    for name in ("Жалобы по темам", "Жалобы по причинам"):
        card = page.locator("section.card", has=page.get_by_role("heading", name=name))
        card.locator("summary").click()
        numbers = [int(text) for text in card.locator("td:not(:first-child)").all_inner_texts()]
        assert sum(numbers) == complaints > 20
        assert card.locator("tbody tr").count() == 14  # weeks
    assert page.get_by_role("heading", name="Жалобы по меткам").count() == 1
