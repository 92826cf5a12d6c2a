"""A span of the company's days, and what a report is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, and_

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


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Only this part of the company; None: all of it. `category` "" is what has none."""

    channel: str | None = None
    operator_id: int | None = None
    level: int | None = None
    category: str | None = None

    @property
    def names(self) -> set[str]:
        """The dimensions it narrows."""
        given = {
            "channel": self.channel,
            "operator": self.operator_id,
            "level": self.level,
            "category": self.category,
        }
        return {name for name, value in given.items() if value is not None}

    @property
    def is_whole(self) -> bool:
        return self == WHOLE


WHOLE = Narrowing()
