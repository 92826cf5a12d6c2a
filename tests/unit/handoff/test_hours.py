"""Working hours: out of hours, holidays, clocks that are turned, nights over midnight, ends of months and years."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from handoff.service.hours import (
    Hours,
    Schedule,
    Span,
    add_working_time,
    is_open,
    next_opening,
    working_time_between,
)
from handoff.service.hours_form import read_hours, write_hours

MOSCOW, BERLIN, NEW_YORK = "Europe/Moscow", "Europe/Berlin", "America/New_York"
OFFICE: dict[str, Any] = {"week": {"mon-fri": ["09:00-13:00", "14:00-18:00"], "sat": "10:00-15:00"}, "holidays": "RU"}
NIGHTS: dict[str, Any] = {"week": {"fri": "22:00-06:00", "sat": "22:00-06:00"}}


def plan(raw: dict[str, Any], zone: str = MOSCOW, level: int = 1) -> Schedule:
    return read_hours(raw).of(level, zone)


def local(text: str, zone: str = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_open_around_the_clock_until_hours_are_set() -> None:
    schedule = Hours().of(1, MOSCOW)
    at = local("2026-01-01T03:00")
    assert is_open(schedule, at)
    assert next_opening(schedule, at) == at
    assert add_working_time(schedule, at, timedelta(hours=5)) == at + timedelta(hours=5)


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-11-26T12:59", "2026-11-26T12:59"),
        ("2026-11-26T13:00", "2026-11-26T14:00"),  # lunch
        ("2026-11-26T17:59:59", "2026-11-26T17:59:59"),
        ("2026-11-26T18:00", "2026-11-27T09:00"),  # tomorrow
        ("2026-11-27T19:00", "2026-11-28T10:00"),  # Saturday is shorter
        ("2026-11-28T15:00", "2026-11-30T09:00"),  # over Sunday
        ("2026-11-03T18:00", "2026-11-05T09:00"),  # Unity Day
        ("2026-11-30T18:30", "2026-12-01T09:00"),  # the end of a month
        ("2025-12-30T18:30", "2026-01-10T10:00"),  # the long New Year holidays, with a moved day off before
        ("2028-02-28T18:00", "2028-02-29T09:00"),  # a leap day
    ],
)
def test_next_opening(now: str, opening: str) -> None:
    schedule = plan(OFFICE)
    assert next_opening(schedule, local(now)) == local(opening)
    assert is_open(schedule, local(now)) is (now == opening)


def test_own_exceptions_win_over_holidays_and_the_week() -> None:
    days = {"2026-01-02": "12:00-15:00", "2026-11-26": [], "2026-11-29": "10:00-12:00"}
    schedule = plan({**OFFICE, "days": days})
    assert is_open(schedule, local("2026-01-02T12:00"))  # worked in the holidays
    assert next_opening(schedule, local("2026-11-26T10:00")) == local("2026-11-27T09:00")  # a free Thursday
    assert is_open(schedule, local("2026-11-29T11:00"))  # a worked Sunday


def test_breaks_are_no_working_time_on_any_day() -> None:
    schedule = plan({"week": {"mon-sun": "09:00-21:00"}, "breaks": ["13:00-13:30", "17:00-17:15"]})
    day = working_time_between(schedule, local("2026-11-26T00:00"), local("2026-11-27T00:00"))
    assert day == timedelta(hours=11, minutes=15)
    assert next_opening(schedule, local("2026-11-26T13:10")) == local("2026-11-26T13:30")


def test_break_after_midnight_cuts_the_night() -> None:
    schedule = plan({**NIGHTS, "breaks": ["02:00-03:00", "23:00-23:30"]})
    assert not is_open(schedule, local("2026-11-28T02:30"))
    night = working_time_between(schedule, local("2026-11-27T20:00"), local("2026-11-28T12:00"))
    assert night == timedelta(hours=6, minutes=30)


def test_night_belongs_to_the_day_it_begins_on() -> None:
    schedule = plan(NIGHTS)
    assert is_open(schedule, local("2026-11-28T05:59"))  # Friday's night
    assert not is_open(schedule, local("2026-11-28T06:00"))
    assert is_open(schedule, local("2026-11-29T03:00"))  # Saturday's
    assert not is_open(schedule, local("2026-11-27T03:00"))  # Thursday has none
    holiday = plan({"week": {"mon-sun": "22:00-06:00"}, "holidays": "RU"})
    assert is_open(holiday, local("2026-11-04T05:00"))  # begun the evening before the holiday, worked to its end
    assert not is_open(holiday, local("2026-11-04T23:00"))


def test_levels_have_hours_of_their_own() -> None:
    hours = read_hours({**OFFICE, "levels": {"2": {"week": {"mon": "10:00-12:00"}}, 3: {"zone": "Asia/Vladivostok"}}})
    at = local("2026-11-26T10:30")  # a Thursday
    assert is_open(hours.of(1, MOSCOW), at)
    assert next_opening(hours.of(2, MOSCOW), at) == local("2026-11-30T10:00")
    assert is_open(hours.of(3, MOSCOW), at)  # half past five in the evening there
    assert not is_open(hours.of(3, MOSCOW), local("2026-11-26T11:30"))
    assert hours.of(2, MOSCOW).holidays == "RU"  # what is not said is as usual


@pytest.mark.parametrize(
    ("raw", "zone", "start", "end", "hours"),
    [
        # clocks go forward: from 00:00 to 06:00 is five hours
        ({"week": {"sun": "00:00-06:00"}}, BERLIN, "2026-03-29T00:00", "2026-03-29T12:00", 5.0),
        # and back: seven
        ({"week": {"sun": "00:00-06:00"}}, BERLIN, "2026-10-25T00:00", "2026-10-25T12:00", 7.0),
        # a night shift over the change
        ({"week": {"sat": "22:00-06:00"}}, BERLIN, "2026-03-28T12:00", "2026-03-29T12:00", 7.0),
        ({"week": {"sat": "22:00-06:00"}}, BERLIN, "2026-10-24T12:00", "2026-10-25T12:00", 9.0),
        # hours that begin, or end, in the hour that is left out
        ({"week": {"sun": "02:30-06:00"}}, BERLIN, "2026-03-29T00:00", "2026-03-29T12:00", 3.0),
        ({"week": {"sun": "00:00-02:30"}}, BERLIN, "2026-03-29T00:00", "2026-03-29T12:00", 2.0),
        ({"week": {"sun": "02:15-02:45"}}, BERLIN, "2026-03-29T00:00", "2026-03-29T12:00", 0.0),
        # hours that begin, or end, in the hour that comes twice
        ({"week": {"sun": "02:30-06:00"}}, BERLIN, "2026-10-25T00:00", "2026-10-25T12:00", 4.5),
        ({"week": {"sun": "00:00-02:30"}}, BERLIN, "2026-10-25T00:00", "2026-10-25T12:00", 3.5),
        ({"week": {"sun": "00:00-06:00"}}, NEW_YORK, "2026-03-08T00:00", "2026-03-08T12:00", 5.0),
        # Moscow turns no clocks
        ({"week": {"sun": "00:00-06:00"}}, MOSCOW, "2026-03-29T00:00", "2026-03-29T12:00", 6.0),
    ],
)
def test_clocks_are_turned(raw: dict[str, Any], zone: str, start: str, end: str, hours: float) -> None:
    worked = working_time_between(plan(raw, zone), local(start, zone), local(end, zone))
    assert worked == timedelta(hours=hours)


def test_opening_after_the_clocks_were_turned_is_by_the_new_time() -> None:
    schedule = plan({"week": {"mon": "09:00-18:00"}}, BERLIN)
    assert next_opening(schedule, local("2026-03-28T12:00", BERLIN)) == datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert next_opening(schedule, local("2026-03-21T12:00", BERLIN)) == datetime(2026, 3, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        ("2026-11-26T12:30", timedelta(hours=1), "2026-11-26T14:30"),  # over lunch
        ("2026-11-26T17:30", timedelta(hours=1), "2026-11-27T09:30"),  # over the night
        ("2026-11-26T20:00", timedelta(minutes=15), "2026-11-27T09:15"),
        ("2026-11-28T14:30", timedelta(hours=1), "2026-11-30T09:30"),  # over the weekend
        ("2026-11-26T17:00", timedelta(hours=1), "2026-11-26T18:00"),  # exactly to the end
        ("2026-11-30T17:30", timedelta(hours=1), "2026-12-01T09:30"),  # into the next month
        ("2025-12-30T17:00", timedelta(hours=2), "2026-01-10T11:00"),  # over the holidays
    ],
)
def test_add_working_time(start: str, span: timedelta, end: str) -> None:
    assert add_working_time(plan(OFFICE), local(start), span) == local(end)


def test_nobody_ever_works() -> None:
    schedule = plan({"week": {}})
    at = local("2026-11-26T12:00")
    assert next_opening(schedule, at) is None
    assert add_working_time(schedule, at, timedelta(seconds=1)) is None
    assert working_time_between(schedule, at, at + timedelta(days=3000)) == timedelta(0)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ([], "hours"),
        ({"weak": {}}, "'weak' is not known"),
        ({"week": {"mo": "09:00-18:00"}}, "week: 'mo' is no day"),
        ({"week": {"mon": "9-18"}}, "week.mon: '9-18' is no time like 09:00-18:00"),
        ({"week": {"mon": "09:00-25:00"}}, "week.mon"),
        ({"week": {"mon": "09:61-18:00"}}, "week.mon"),
        ({"week": {"mon": "09:00-09:00"}}, "00:00-24:00"),
        ({"week": {"mon": ["09:00-14:00", "13:00-18:00"]}}, "overlap"),
        ({"week": {"mon-fri": "09:00-18:00", "wed": "09:00-10:00"}}, "wed is there twice"),
        ({"week": {"mon": 9}}, "week.mon"),
        ({"holidays": "XX"}, "holidays of XX"),
        ({"holidays": "DE-ZZ"}, "holidays of DE-ZZ"),
        ({"days": {"31.12.2026": []}}, "31.12.2026"),
        ({"days": {"2026-02-29": []}}, "2026-02-29"),
        ({"zone": "Moscow"}, "no time zone"),
        ({"zone": "../etc"}, "no time zone"),
        ({"levels": {"4": {}}}, "levels.4"),
        ({"levels": {"2": {"week": {"mon": "x"}}}}, "levels.2.week.mon"),
    ],
)
def test_faulty_hours_are_refused_with_the_place(raw: Any, fault: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_hours(raw)
    assert fault in str(refused.value)
    assert re.search("[а-я]{3}", refused.value.told("ru"))


# --- properties, against minutes counted one by one


def _span(opens: int, length: int) -> Span:
    return Span(opens * 15, (opens + length) * 15)


_spans = st.lists(st.builds(_span, st.integers(0, 95), st.integers(1, 95)) | st.just(Span(0, 1440)), max_size=3).map(
    tuple
)
_SPANS = st.timedeltas(timedelta(0), timedelta(days=9))
_pauses = st.lists(st.builds(_span, st.integers(0, 90), st.integers(1, 5)))
_schedules = st.builds(
    Schedule,
    week=st.tuples(*[_spans] * 7),
    breaks=_pauses.map(lambda found: tuple(found[:2])),
    holidays=st.sampled_from(["", "DE"]),
    days=st.lists(st.tuples(st.dates(date(2026, 3, 27), date(2026, 3, 31)), _spans), max_size=2).map(tuple),
    zone=st.sampled_from([BERLIN, NEW_YORK, "Australia/Lord_Howe", MOSCOW]),
)
_moments = st.datetimes(datetime(2026, 3, 26), datetime(2026, 4, 7), timezones=st.just(UTC)).map(
    lambda at: at.replace(second=0, microsecond=0)
) | st.datetimes(datetime(2026, 10, 22), datetime(2026, 11, 3), timezones=st.just(UTC)).map(
    lambda at: at.replace(second=0, microsecond=0)
)


@settings(max_examples=60, deadline=None)
@given(_schedules, _moments, st.integers(0, 40))
def test_working_time_is_the_sum_of_open_minutes(schedule: Schedule, start: datetime, hours: int) -> None:
    start = start.replace(minute=start.minute // 15 * 15)
    quarters = (start + timedelta(minutes=minute) for minute in range(0, hours * 60, 15))
    worked = working_time_between(schedule, start, start + timedelta(hours=hours))
    assert worked == timedelta(minutes=15) * sum(is_open(schedule, at) for at in quarters)


@settings(max_examples=200, deadline=None)
@given(_schedules, _moments, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_adding_is_the_inverse_of_measuring(schedule: Schedule, start: datetime, span: timedelta) -> None:
    end = add_working_time(schedule, start, span)
    if end is None:
        assert next_opening(schedule, start + timedelta(days=500)) is None
        return
    assert end >= start
    assert working_time_between(schedule, start, end) == span
    if span:
        assert working_time_between(schedule, start, end - timedelta(microseconds=1)) < span


@settings(max_examples=200, deadline=None)
@given(_schedules, _moments, _SPANS, _SPANS)
def test_working_time_adds_up(schedule: Schedule, start: datetime, first: timedelta, second: timedelta) -> None:
    middle, end = start + first, start + first + second
    whole = working_time_between(schedule, start, end)
    assert whole == working_time_between(schedule, start, middle) + working_time_between(schedule, middle, end)
    assert timedelta(0) <= whole <= end - start
    assert working_time_between(schedule, end, start) == timedelta(0)


@settings(max_examples=200, deadline=None)
@given(_schedules, _moments)
def test_next_opening_is_open_and_nothing_before_is(schedule: Schedule, at: datetime) -> None:
    opening = next_opening(schedule, at)
    if opening is None:
        return
    assert is_open(schedule, opening)
    assert working_time_between(schedule, at, opening) == timedelta(0)


@settings(max_examples=100)
@given(_schedules)
def test_written_hours_are_read_again(schedule: Schedule) -> None:
    plain = Schedule(
        tuple(_apart(spans) for spans in schedule.week),
        _apart(schedule.breaks),
        schedule.holidays,
        tuple(sorted({day: _apart(spans) for day, spans in schedule.days}.items())),
        schedule.zone,
    )
    hours = Hours(plain, ((2, plain),))
    assert read_hours(write_hours(hours)) == hours


def _apart(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: one.opens):
        if not kept or kept[-1].closes <= span.opens:
            kept.append(span)
    return tuple(kept)
