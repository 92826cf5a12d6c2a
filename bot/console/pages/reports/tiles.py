"""Tiles as several report pages show them, and how a course of days is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.console.pages.reports.blocks import Say, Tile
from bot.storage.measures.period import Narrowing, Period
from bot.storage.measures.reading import Part, load_facts
from surveys.figures import measures
from surveys.figures.measures import Figure
from surveys.figures.tally import Scores, Tally
from surveys.report import Facts

_WEEKLY = 62  # days; a longer course is shown by week
_SCORES: dict[str, tuple[Callable[[Scores], Figure], str]] = {
    "csi": (measures.csi, "%"),
    "csat": (measures.csat, "%"),
    "nps": (measures.nps, ""),
    "ces": (measures.ces, ""),
    "acsi": (measures.acsi, ""),
}


def both(connection: Any, period: Period, where: Narrowing, within: timedelta, parts: Part) -> tuple[Facts, Facts]:
    """Of the period and of the one before, only what the page shows."""
    now, before = (load_facts(connection, one, where, within, parts) for one in (period, period.before))
    return now, before


def tile(
    name: str, measure: Callable[[Tally], Figure], now: Facts, before: Facts, unit: str, good: int, behind: str = ""
) -> Tile:
    return Tile(name, measure(now.tally), measure(before.tally), unit, good, behind)


def count(name: str, now: int, before: int, behind: str = "", good: int = 0) -> Tile:
    return Tile(name, Figure(now, now), Figure(before, before), "", good, behind, is_whole=True)


def score(kind: str, say: Say, now: Facts, before: Facts) -> Tile:
    """CSI, CSAT, NPS, CES or ACSI, with the answers behind it."""
    measure, unit = _SCORES[kind]
    figure, earlier = (measure(facts.asked_for(kind).scores) for facts in (now, before))
    return Tile(say(f"report.{kind}"), figure, earlier, unit, 1, kind, case="answer")


def rate(say: Say, now: Facts, before: Facts) -> Tile:
    figure, earlier = (measures.response_rate(facts.result("csi").scores) for facts in (now, before))
    return Tile(say("report.rate"), figure, earlier, "%", case="invitation")


def rounded(*figures: Figure) -> list[float | None]:
    return [None if one.value is None else round(one.value, 1) for one in figures]


@dataclass(frozen=True, slots=True)
class Course:
    """The days of a period in order, or, of a long one, its weeks, named after their Mondays; `unit` says which."""

    first: date
    step: int  # days
    names: list[str]

    @property
    def unit(self) -> str:
        return "report.day" if self.step == 1 else "report.week"

    def at(self, day: date) -> int:
        """The place of a day of the period."""
        return (day - self.first).days // self.step


def course_of(period: Period) -> Course:
    length = (period.last_day - period.first_day).days + 1
    step = 7 if length > _WEEKLY else 1
    first = period.first_day - timedelta(days=period.first_day.weekday()) if step > 1 else period.first_day
    form = "%d.%m" if length <= 366 else "%d.%m.%y"
    days = range(0, (period.last_day - first).days + 1, step)
    return Course(first, step, [format(first + timedelta(days=one), form) for one in days])
