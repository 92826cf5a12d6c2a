"""A span of the company's days, and what a report is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, and_, or_

from core.errors import InvalidInput
from surveys.figures.days import number_of

_LONGEST = timedelta(days=3660)
_YEARS = (1970, 9000)


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of the first day to the end of the last, in the company's time zone."""

    first_day: date
    last_day: date
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise InvalidInput(f"the period ends ({self.last_day}) before it begins ({self.first_day})")
        if self.last_day - self.first_day > _LONGEST:
            raise InvalidInput("a period has at most ten years")
        if not _YEARS[0] <= self.first_day.year <= self.last_day.year <= _YEARS[1]:
            raise InvalidInput(f"a period lies between the years {_YEARS[0]} and {_YEARS[1]}")

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first_day, time.min, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return datetime.combine(self.last_day + timedelta(days=1), time.min, self.zone)

    @property
    def before(self) -> Period:
        """As many days, right before it."""
        days = self.last_day - self.first_day
        last = self.first_day - timedelta(days=1)
        return replace(self, first_day=last - days, last_day=last)

    def covers(self, column: Column[datetime]) -> ColumnElement[bool]:
        return and_(column >= self.start, column < self.end)

    def covers_day(self, column: Column[int]) -> ColumnElement[bool]:
        return column.between(number_of(self.first_day), number_of(self.last_day))

    def covers_sums(self, column: Column[int]) -> ColumnElement[bool]:
        """The same of what is kept by day and by month: whole months, and the days before and after them."""
        first, last = number_of(self.first_day), number_of(self.last_day)
        begins = first // 100 if self.first_day.day == 1 else _month_after(self.first_day)
        ends_month = (self.last_day + timedelta(days=1)).day == 1
        ends = last // 100 if ends_month else _month_before(self.last_day)
        if begins > ends:
            return self.covers_day(column)
        spans = [column.between(begins, ends)]
        if first < begins * 100:
            spans.append(column.between(first, begins * 100))
        if last > ends * 100 + 99:
            spans.append(column.between(ends * 100 + 99, last))
        return or_(*spans)


def _month_after(day: date) -> int:
    return number_of(day.replace(day=1) + timedelta(days=31)) // 100


def _month_before(day: date) -> int:
    return number_of(day.replace(day=1) - timedelta(days=1)) // 100


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Only this part of the company; None: all of it. `category` "" is what has none; `tag`: what carries it."""

    channel: str | None = None
    operator_id: int | None = None
    level: int | None = None
    category: str | None = None
    tag: str | None = None

    @property
    def names(self) -> set[str]:
        """The dimensions it narrows."""
        given = {
            "channel": self.channel,
            "operator": self.operator_id,
            "level": self.level,
            "category": self.category,
            "tag": self.tag,
        }
        return {name for name, value in given.items() if value is not None}

    @property
    def is_whole(self) -> bool:
        return self == WHOLE


WHOLE = Narrowing()
