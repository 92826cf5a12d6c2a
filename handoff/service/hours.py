"""When people work: several spans a day, breaks, public holidays, exceptions, in a time zone, for each level.

Everything is reckoned in real time: an hour through which the clocks are turned is an hour.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.errors import FaultyValue, shown
from core.text import Text

DAY = 24 * 60  # minutes
_HORIZON = 400  # days without any work after which there is none to be expected
_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Span:
    """From `opens` to `closes`, in minutes from the midnight its day begins with; beyond DAY: after the next one."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        is_whole_day = (self.opens, self.closes) == (0, DAY)
        if not is_whole_day and not 0 <= self.opens < DAY > self.closes - self.opens > 0:
            raise ValueError("a span begins within its day and lasts less than 24 hours, or is the whole day")


ALL_DAY = (Span(0, DAY),)
Week = tuple[tuple[Span, ...], ...]  # Monday first


@dataclass(frozen=True, slots=True)
class Schedule:
    """The hours of one level. `days` are exceptions; they win over holidays, and holidays over the week.

    A span belongs to the day it begins on: one over midnight is worked to its end, even into a holiday.
    `holidays` names a country as the library knows it ("RU", "DE-BY"); "" for none. `zone` "" is the installation's.
    """

    week: Week = (ALL_DAY,) * 7
    breaks: tuple[Span, ...] = ()
    holidays: str = ""
    days: tuple[tuple[date, tuple[Span, ...]], ...] = ()
    zone: str = ""

    @property
    def is_always_open(self) -> bool:
        return self.week == (ALL_DAY,) * 7 and not (self.breaks or self.holidays or self.days)


@dataclass(frozen=True, slots=True)
class Hours:
    """The usual schedule, and those of levels that have their own."""

    usual: Schedule = Schedule()
    levels: tuple[tuple[int, Schedule], ...] = ()

    def of(self, level: int, zone: str) -> Schedule:
        """The schedule of a level; `zone` where it names none."""
        found = dict(self.levels).get(level, self.usual)
        return found if found.zone else replace(found, zone=zone)


def is_open(schedule: Schedule, at: datetime) -> bool:
    return next_opening(schedule, at) == at


def next_opening(schedule: Schedule, at: datetime) -> datetime | None:
    """`at` itself while people work, else when they do next; None when that is not to be expected."""
    for start, _ in _spans_from(schedule, at):
        return max(start, at)
    return None


def working_time_between(schedule: Schedule, start: datetime, end: datetime) -> timedelta:
    """How much of the time between was working time; nothing when `end` is not later."""
    if end <= start:
        return _NOTHING
    if schedule.is_always_open:
        return end - start
    total = _NOTHING
    for opens, closes in _spans_from(schedule, start):
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return total


def add_working_time(schedule: Schedule, at: datetime, span: timedelta) -> datetime | None:
    """The first moment by which so much working time has passed; None when it never will have."""
    if span <= _NOTHING or schedule.is_always_open:
        return at + max(span, _NOTHING)
    left = span
    for opens, closes in _spans_from(schedule, at):
        start = max(opens, at)
        if closes - start >= left:
            return start + left
        left -= closes - start
    return None


def _spans_from(schedule: Schedule, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Working time that ends after `at`, in order and without overlaps; may go on for ever."""
    day = at.astimezone(ZoneInfo(schedule.zone)).date() - timedelta(days=2)
    reached, idle = at, 0
    while idle < _HORIZON and day.year < 9990:
        idle += 1
        for opens, closes in _spans_of(schedule, day):
            if closes > reached:
                yield (max(opens, reached) if reached > at else opens), closes
                reached, idle = closes, 0
        day += timedelta(days=1)


@lru_cache(maxsize=8192)
def _spans_of(schedule: Schedule, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The working time that begins on a day, as moments."""
    zone = ZoneInfo(schedule.zone)
    spans = _without(_planned(schedule, day), schedule.breaks)
    moments = ((_moment(day, first, zone, fold=0), _moment(day, last, zone, fold=1)) for first, last in spans)
    return tuple(sorted((opens, closes) for opens, closes in moments if opens < closes))


def _planned(schedule: Schedule, day: date) -> tuple[Span, ...]:
    for exception, spans in schedule.days:
        if exception == day:
            return spans
    if schedule.holidays and day in public_holidays(schedule.holidays, day.year):
        return ()
    return schedule.week[day.weekday()]


def _without(spans: tuple[Span, ...], breaks: tuple[Span, ...]) -> list[tuple[int, int]]:
    """The spans in minutes, with the breaks cut out, also where they fall into the part after midnight."""
    left = [(span.opens, span.closes) for span in spans]
    for pause in breaks:
        for shift in (-DAY, 0, DAY):
            first, last = pause.opens + shift, pause.closes + shift
            before = [(opens, min(closes, first)) for opens, closes in left]
            after = [(max(opens, last), closes) for opens, closes in left]
            left = [(opens, closes) for opens, closes in (*before, *after) if opens < closes]
    return left


def _moment(day: date, minute: int, zone: ZoneInfo, *, fold: int) -> datetime:
    """A time of day as a moment.

    One that comes twice: the first to open (fold 0), the second to close (1). One that is left out: when the clocks
    go forward.
    """
    days, minutes = divmod(minute, DAY)
    local = datetime.combine(day + timedelta(days=days), time(minutes // 60, minutes % 60), zone)
    later, earlier = (local.replace(fold=part).astimezone(UTC) for part in (0, 1))
    if earlier >= later:  # there, once or twice
        return earlier if fold else later
    new = local.replace(fold=1).utcoffset()
    between = range(int((later - earlier).total_seconds()) // 60 + 1)
    step = bisect_left(
        between, True, key=lambda passed: (earlier + timedelta(minutes=passed)).astimezone(zone).utcoffset() == new
    )
    return earlier + timedelta(minutes=step)


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Days off of a country ("RU") or a part of it ("DE-BY"); raises FaultyValue for one the library does not know."""
    import holidays

    code, _, part = country.partition("-")
    try:
        return frozenset(holidays.country_holidays(code, subdiv=part or None, years=year))
    except NotImplementedError:
        raise FaultyValue(Text("fault.hours.country", {"country": shown(country)})) from None
