"""Working hours as admins write them, and back.

week: {mon-fri: ["09:00-13:00", "14:00-18:00"], sat: "10:00-15:00"}   # days left out are free; without it: always
breaks: ["13:00-14:00"]
holidays: RU
days: {"2026-12-31": "09:00-15:00", "2027-01-02": []}                  # exceptions
zone: Europe/Moscow                                                    # else the installation's
levels: {2: {week: ...}}                                               # what a level has of its own
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from handoff.service.hours import ALL_DAY, DAY, Hours, Schedule, Span, Week, public_holidays

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEVELS = (1, 2, 3)
_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*[-–—]\s*(\d{1,2}):(\d\d)")
_MOST_SPANS, _MOST_DAYS = 12, 1000


def read_hours(raw: Any) -> Hours:
    """Raises ValueError that names the faulty place."""
    found = _mapping(raw, "hours", {"week", "breaks", "holidays", "days", "zone", "levels"})
    usual = _schedule(found, Schedule())
    levels = []
    for name, own in _mapping(found.get("levels") or {}, "levels", None).items():
        number = int(name) if str(name).isdecimal() and len(str(name)) < 3 else 0
        if number not in LEVELS:
            raise ValueError(f"levels.{name}: a level is 1, 2 or 3")
        known = _mapping(own, f"levels.{name}", {"week", "breaks", "holidays", "days", "zone"})
        levels.append((number, _schedule(known, usual, f"levels.{name}.")))
    return Hours(usual, tuple(sorted(levels)))


def write_hours(hours: Hours) -> dict[str, Any]:
    """The plain form; reading it gives the same hours."""
    written = _written(hours.usual)
    if hours.levels:
        written["levels"] = {str(level): _written(schedule) for level, schedule in hours.levels}
    return written


def read_spans(raw: Any, where: str) -> tuple[Span, ...]:
    listed = [raw] if isinstance(raw, str) else raw if raw is not None else []
    if not isinstance(listed, list | tuple) or len(listed) > _MOST_SPANS:
        raise ValueError(f"{where}: expected a list of times like 09:00-18:00")
    spans = sorted((_span(one, where) for one in listed), key=lambda span: span.opens)
    for before, after in pairwise(spans):
        if after.opens < before.closes:
            raise ValueError(f"{where}: {_shown(before)} and {_shown(after)} overlap")
    return tuple(spans)


def _schedule(raw: Mapping[str, Any], usual: Schedule, where: str = "") -> Schedule:
    """`usual` where nothing else is said."""
    zone = raw.get("zone", usual.zone) or ""
    if zone:
        try:
            ZoneInfo(str(zone))
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{where}zone: {zone!r} is no time zone; use a name like Europe/Moscow") from None
    holidays = raw.get("holidays", usual.holidays) or ""
    if not isinstance(holidays, str):
        raise ValueError(f"{where}holidays: use a country's code like RU")
    if holidays:
        public_holidays(holidays.upper(), 2025)
    week = _week(raw["week"], f"{where}week") if raw.get("week") is not None else usual.week
    breaks = read_spans(raw["breaks"], f"{where}breaks") if "breaks" in raw else usual.breaks
    days = _days(raw["days"], f"{where}days") if "days" in raw else usual.days
    return Schedule(week, breaks, holidays.upper(), days, str(zone))


def _week(raw: Any, where: str) -> Week:
    week: dict[str, tuple[Span, ...]] = {}
    for names, spans in _mapping(raw, where, None).items():
        for name in _weekdays(str(names), where):
            if name in week:
                raise ValueError(f"{where}: {name} is there twice")
            week[name] = read_spans(spans, f"{where}.{names}")
    return tuple(week.get(name, ()) for name in WEEKDAYS)


def _weekdays(text: str, where: str) -> Iterable[str]:
    """ "mon", "mon-fri" or "mon,wed"."""
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last and last not in WEEKDAYS):
            raise ValueError(f"{where}: {text!r} is no day; use {', '.join(WEEKDAYS)} or a range like mon-fri")
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        yield from WEEKDAYS[start : end + 1] if start <= end else (*WEEKDAYS[start:], *WEEKDAYS[: end + 1])


def _days(raw: Any, where: str) -> tuple[tuple[date, tuple[Span, ...]], ...]:
    found = _mapping(raw or {}, where, None)
    if len(found) > _MOST_DAYS:
        raise ValueError(f"{where}: more than {_MOST_DAYS} exceptions")
    days = []
    for name, spans in found.items():
        try:
            day = name if isinstance(name, date) else date.fromisoformat(str(name))
        except ValueError:
            raise ValueError(f"{where}: {name!r} is no day; write it like 2026-12-31") from None
        days.append((day, read_spans(spans, f"{where}.{name}")))
    return tuple(sorted(days))


def _span(raw: Any, where: str) -> Span:
    found = _SPAN.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if found is None:
        raise ValueError(f"{where}: {raw!r} is no time like 09:00-18:00")
    first, last = (int(found[place]) * 60 + int(found[place + 1]) for place in (1, 3))
    if int(found[2]) > 59 or int(found[4]) > 59 or first >= DAY or last > DAY or first == last:
        raise ValueError(f"{where}: {raw!r} is no time like 09:00-18:00 (a whole day is 00:00-24:00)")
    return Span(first, last if last > first else last + DAY)  # over midnight


def _mapping(raw: Any, where: str, known: set[str] | None) -> Mapping[Any, Any]:
    if not isinstance(raw, Mapping):
        raise ValueError(f"{where}: expected names with values, like week: {{mon-fri: 09:00-18:00}}")
    strange = [name for name in raw if known is not None and name not in known]
    if strange:
        raise ValueError(f"{where}: {strange[0]!r} is not known; there are {', '.join(sorted(known or ()))}")
    return raw


def _written(schedule: Schedule) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if schedule.week != (ALL_DAY,) * 7:
        week = zip(WEEKDAYS, schedule.week, strict=True)
        written["week"] = {name: [_shown(span) for span in spans] for name, spans in week if spans}
    written["breaks"] = [_shown(span) for span in schedule.breaks]
    written["holidays"] = schedule.holidays
    written["days"] = {str(day): [_shown(span) for span in spans] for day, spans in schedule.days}
    written["zone"] = schedule.zone
    return {name: value for name, value in written.items() if value or name == "week"}


def _shown(span: Span) -> str:
    closes = span.closes if span.closes <= DAY else span.closes - DAY
    return f"{span.opens // 60:02}:{span.opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
