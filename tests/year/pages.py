"""What each page asks of the database, for the usual month and for the whole year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import Connection

from bot.console.look.words import words_of
from bot.console.pages.reports.building import REPORTS
from bot.storage.measures import pages
from bot.storage.measures.period import WHOLE, Narrowing, Period
from bot.storage.measures.reading import load_facts
from surveys.report import build_report
from tests.year.hours import ZONE

MONTH = Period(date(2024, 12, 2), date(2024, 12, 31), ZONE)
YEAR = Period(date(2024, 1, 1), date(2024, 12, 31), ZONE)
_PERIODS = {"month": MONTH, "year": YEAR}


def _report(period: Period, where: Narrowing = WHOLE) -> Callable[[Connection], object]:
    return lambda connection: build_report(load_facts(connection, period, where))


def _page(key: str, period: Period, where: Narrowing = WHOLE) -> Callable[[Connection], object]:
    say = words_of("ru").say
    return lambda connection: REPORTS[key](connection, period, where, say, timedelta(seconds=60))


PAGES: dict[str, Callable[[Connection], object]] = {
    **{f"otklik report, {name}": _report(period) for name, period in _PERIODS.items()},
    **{f"page {key}, {name}": _page(key, period) for key in REPORTS for name, period in _PERIODS.items()},
    "page overview, year, one channel": _page("overview", YEAR, Narrowing(channel="vk")),
    "page overview, year, one operator": _page("overview", YEAR, Narrowing(operator_id=3)),
    "page overview, year, operator and subject": _page("overview", YEAR, Narrowing(operator_id=3, category="delivery")),
    "page overview, year, one subject": _page("overview", YEAR, Narrowing(category="delivery")),
    "page overview, year, one tag": _page("overview", YEAR, Narrowing(tag="hard")),
    "page quality, year, one tag": _page("quality", YEAR, Narrowing(tag="hard")),
    "conversations behind a number, year": lambda connection: pages.behind(connection, "late", YEAR),
}
