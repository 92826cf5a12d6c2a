"""What each page asks of the database, for the default month and for the whole year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import Connection

from bot.storage.measures.period import WHOLE, Narrowing, Period
from bot.storage.measures.reading import load_facts
from surveys.report import build_report
from tests.year.hours import ZONE

MONTH = Period(date(2024, 12, 2), date(2024, 12, 31), ZONE)
YEAR = Period(date(2024, 1, 1), date(2024, 12, 31), ZONE)


def _report(period: Period, where: Narrowing = WHOLE) -> Callable[[Connection], object]:
    return lambda connection: build_report(load_facts(connection, period, where))


PAGES: dict[str, Callable[[Connection], object]] = {
    "report, month": _report(MONTH),
    "report, year": _report(YEAR),
    "report, year, one channel": _report(YEAR, Narrowing(channel="vk")),
    "report, year, one operator": _report(YEAR, Narrowing(operator_id=3)),
}
