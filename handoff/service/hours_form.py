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

from core.errors import FaultyValue, Place, shown
from core.text import Text
from handoff.service.hours import ALL_DAY, DAY, Hours, Schedule, Span, Week, public_holidays

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEVELS = (1, 2, 3)
_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*[-–—]\s*(\d{1,2}):(\d\d)")
_MOST_SPANS, _MOST_DAYS = 12, 1000


def read_hours(raw: Any) -> Hours:
    """Raises FaultyValue that names the faulty place."""
    found = _mapping(raw, (), {"week", "breaks", "holidays", "days", "zone", "levels"})
    usual = _schedule(found, Schedule())
    levels = []
    for name, own in _mapping(found.get("levels") or {}, ("levels",), None).items():
        number = int(name) if str(name).isdecimal() and len(str(name)) < 3 else 0
        where = ("levels", shown(name))
        if number not in LEVELS:
            raise FaultyValue(Text("fault.level"), where)
        known = _mapping(own, where, {"week", "breaks", "holidays", "days", "zone"})
        levels.append((number, _schedule(known, usual, where)))
    return Hours(usual, tuple(sorted(levels)))


def write_hours(hours: Hours) -> dict[str, Any]:
    """The plain form; reading it gives the same hours."""
    written = _written(hours.usual)
    if hours.levels:
        written["levels"] = {str(level): _written(schedule) for level, schedule in hours.levels}
    return written


def read_spans(raw: Any, where: Place) -> tuple[Span, ...]:
    listed = [raw] if isinstance(raw, str) else raw if raw is not None else []
    if not isinstance(listed, list | tuple) or len(listed) > _MOST_SPANS:
        raise FaultyValue(Text("fault.hours.spans"), where)
    places = [where if listed is not raw else (*where, number) for number in range(1, len(listed) + 1)]
    found = (_span(one, where, spot) for one, spot in zip(listed, places, strict=True))
    spans = sorted(found, key=lambda span: span.opens)
    for before, after in pairwise(spans):
        if after.opens < before.closes:
            both = {"before": _written_span(before), "after": _written_span(after)}
            raise FaultyValue(Text("fault.hours.overlap", both), where)
    return tuple(spans)


def _schedule(raw: Mapping[str, Any], usual: Schedule, where: Place = ()) -> Schedule:
    """`usual` where nothing else is said."""
    zone = raw.get("zone", usual.zone) or ""
    if zone:
        try:
            ZoneInfo(str(zone))
        except (KeyError, ValueError, OSError):
            raise FaultyValue(Text("fault.hours.zone", {"value": shown(zone)}), (*where, "zone")) from None
    holidays = raw.get("holidays", usual.holidays) or ""
    _check_country(holidays, (*where, "holidays"))
    week = _week(raw["week"], (*where, "week")) if raw.get("week") is not None else usual.week
    breaks = read_spans(raw["breaks"], (*where, "breaks")) if "breaks" in raw else usual.breaks
    days = _days(raw["days"], (*where, "days")) if "days" in raw else usual.days
    return Schedule(week, breaks, holidays.upper(), days, str(zone))


def _check_country(holidays: Any, where: Place) -> None:
    if not isinstance(holidays, str):
        raise FaultyValue(Text("fault.hours.code"), where)
    try:
        if holidays:
            public_holidays(holidays.upper(), 2025)
    except FaultyValue as fault:
        named = "" if len(where) == 1 else None  # it names the holidays itself, but not the level
        raise FaultyValue(fault.why, where, named=named) from None


def _week(raw: Any, where: Place) -> Week:
    week: dict[str, tuple[Span, ...]] = {}
    for names, spans in _mapping(raw, where, None).items():
        for name in _weekdays(str(names), where):
            if name in week:
                raise FaultyValue(Text("fault.hours.day_twice", {"day": name}), where, spot=(*where, shown(names)))
            week[name] = read_spans(spans, (*where, shown(names)))
    return tuple(week.get(name, ()) for name in WEEKDAYS)


def _weekdays(text: str, where: Place) -> Iterable[str]:
    """ "mon", "mon-fri" or "mon,wed"."""
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last and last not in WEEKDAYS):
            why = Text("fault.hours.weekday", {"value": shown(text), "known": ", ".join(WEEKDAYS)})
            raise FaultyValue(why, where, spot=(*where, shown(text)))
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        yield from WEEKDAYS[start : end + 1] if start <= end else (*WEEKDAYS[start:], *WEEKDAYS[: end + 1])


def _days(raw: Any, where: Place) -> tuple[tuple[date, tuple[Span, ...]], ...]:
    found = _mapping(raw or {}, where, None)
    if len(found) > _MOST_DAYS:
        raise FaultyValue(Text("fault.hours.days", {"limit": _MOST_DAYS}), where)
    days = []
    for name, spans in found.items():
        try:
            day = name if isinstance(name, date) else date.fromisoformat(str(name))
        except ValueError:
            why = Text("fault.hours.date", {"value": shown(name)})
            raise FaultyValue(why, where, spot=(*where, shown(name))) from None
        days.append((day, read_spans(spans, (*where, shown(name)))))
    return tuple(sorted(days))


def _span(raw: Any, where: Place, spot: Place) -> Span:
    found = _SPAN.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if found is None:
        raise FaultyValue(Text("fault.hours.span", {"value": shown(raw)}), where, spot=spot)
    first, last = (int(found[place]) * 60 + int(found[place + 1]) for place in (1, 3))
    if int(found[2]) > 59 or int(found[4]) > 59 or first >= DAY or last > DAY or first == last:
        raise FaultyValue(Text("fault.hours.whole_day", {"value": shown(raw)}), where, spot=spot)
    return Span(first, last if last > first else last + DAY)  # over midnight


def _mapping(raw: Any, where: Place, known: set[str] | None) -> Mapping[Any, Any]:
    named = None if where else "hours"
    if not isinstance(raw, Mapping):
        raise FaultyValue(Text("fault.hours.mapping"), where, named=named)
    strange = [name for name in raw if known is not None and name not in known]
    if strange:
        name = shown(strange[0])
        why = Text("fault.unknown", {"name": name, "known": ", ".join(sorted(known or ()))})
        raise FaultyValue(why, where, named=named, spot=(*where, name))
    return raw


def _written(schedule: Schedule) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if schedule.week != (ALL_DAY,) * 7:
        week = zip(WEEKDAYS, schedule.week, strict=True)
        written["week"] = {name: [_written_span(span) for span in spans] for name, spans in week if spans}
    written["breaks"] = [_written_span(span) for span in schedule.breaks]
    written["holidays"] = schedule.holidays
    written["days"] = {str(day): [_written_span(span) for span in spans] for day, spans in schedule.days}
    written["zone"] = schedule.zone
    return {name: value for name, value in written.items() if value or name == "week"}


def _written_span(span: Span) -> str:
    closes = span.closes if span.closes <= DAY else span.closes - DAY
    return f"{span.opens // 60:02}:{span.opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
