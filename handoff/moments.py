"""Moments as operators type them: "30m", "2h", "15:00", "завтра 9:00", "25.12 10:00". Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from core.errors import InvalidInput

_SPAN = re.compile(
    r"(\d{1,4})\s*(m|min|мин|м|h|hour|hours|ч|час|часа|часов|d|day|days|д|день|дня|дней)\.?", re.IGNORECASE
)
_UNITS = {"m": "minutes", "м": "minutes", "h": "hours", "ч": "hours", "d": "days", "д": "days"}
_CLOCK = re.compile(
    r"(?:(?P<day>(?!(?:в|at)\s)\S+)\s+)?(?:(?:в|at)\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d\d)", re.IGNORECASE
)
_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d\d))?")
_DAYS = {"сегодня": 0, "today": 0, "завтра": 1, "tomorrow": 1, "послезавтра": 2}
_FURTHEST = timedelta(days=366)


def read_moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment meant, aware and later than `now`; raises InvalidInput when it cannot be told or is past.

    A bare time that is over today means tomorrow; a bare date that is over this year means the next.
    """
    words = " ".join(text.split())
    found = _read(words, now, zone)
    if found is None:
        raise InvalidInput(f"no moment: {words[:40]}")
    if not now < found <= now + _FURTHEST:
        raise InvalidInput(f"not in the year to come: {words[:40]}")
    return found


def _read(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    if span := _SPAN.fullmatch(words):
        return now + timedelta(**{_UNITS[span[2][0].lower()]: int(span[1])})
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        moment = None
    if moment is not None and len(words) > len("2025-01-01"):
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    clock = _CLOCK.fullmatch(words)
    if clock is None or int(clock["hour"]) > 23 or int(clock["minute"]) > 59:
        return None
    today, at = now.astimezone(zone).date(), time(int(clock["hour"]), int(clock["minute"]))
    if clock["day"] is None:
        first = datetime.combine(today, at, zone)
        return first if first > now else datetime.combine(today + timedelta(days=1), at, zone)
    day = _day(clock["day"].lower(), today, at, now, zone)
    return datetime.combine(day, at, zone) if day is not None else None


def _day(word: str, today: date, at: time, now: datetime, zone: tzinfo) -> date | None:
    if word in _DAYS:
        return today + timedelta(days=_DAYS[word])
    found = _DATE.fullmatch(word)
    if found is None:
        return None
    year = int(found[3]) + (2000 if len(found[3]) == 2 else 0) if found[3] else today.year
    try:
        day = date(year, int(found[2]), int(found[1]))
        is_over = not found[3] and datetime.combine(day, at, zone) <= now
        return date(year + 1, day.month, day.day) if is_over else day
    except ValueError:
        return None
