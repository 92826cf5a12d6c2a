"""Working hours as a form: a line for each weekday, public holidays, days that are different."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.settings.service import HOURS
from bot.storage.desk.changes import record_setting
from bot.storage.live.events import note_event
from bot.storage.operators import list_operators
from bot.storage.service.settings import change_setting, load_settings
from core.errors import FaultyValue
from core.text import render
from handoff.operators import Presence
from handoff.service.hours import is_open, next_opening
from handoff.service.hours_form import WEEKDAYS, write_hours

_DAY = "00:00-24:00"
_USUAL = {**dict.fromkeys(WEEKDAYS, ""), **dict.fromkeys(WEEKDAYS[:5], "09:00-18:00")}  # to begin with


async def show_hours(visit: Visit) -> web.StreamResponse:
    settings = await visit.ground.database.read(load_settings)
    return await _page(visit, _fields(write_hours(settings[HOURS])))


async def save_hours(visit: Visit) -> web.StreamResponse:
    """Levels that have hours of their own keep them: those are changed under General."""
    form, now, who = await visit.form(), visit.ground.clock.now(), visit.who
    typed = {name: visit.text(form, name, 4000) for name in (*WEEKDAYS, "breaks", "holidays", "days", "zone")}
    typed["always"] = "1" if form.get("always") else ""
    settings = await visit.ground.database.read(load_settings)
    try:
        raw = _read(typed)
        levels = write_hours(settings[HOURS]).get("levels")
        if levels:
            raw["levels"] = levels
        HOURS.check(raw)

        def work(connection: Any) -> None:
            stored = change_setting(connection, HOURS.key, raw, who.login, now)
            record_setting(connection, who, HOURS.key, stored, now)
            note_event(connection, "settings.updated")

        await visit.ground.database.write(work)
    except FaultyValue as fault:
        return await _page(visit, typed, _told(visit, fault))
    return visit.go("/settings/hours", "said.saved")


def _fields(raw: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the form."""
    week = raw.get("week")
    fields = dict.fromkeys(WEEKDAYS, "" if week is not None else _DAY)
    for names, spans in (week or {}).items():
        for name in _weekdays(str(names)):
            fields[name] = _joined(spans)
    days = "\n".join(f"{day}: {_joined(spans)}".rstrip() for day, spans in (raw.get("days") or {}).items())
    breaks, holidays = _joined(raw.get("breaks") or []), str(raw.get("holidays") or "")
    is_always = week is None and not (days or breaks or holidays)
    if is_always:
        fields = dict(_USUAL)
    rest = {"breaks": breaks, "holidays": holidays, "days": days, "zone": str(raw.get("zone") or "")}
    return {**fields, **rest, "always": "1" if is_always else ""}


def _own(raw: Mapping[str, Any]) -> list[tuple[int, dict[str, str]]]:
    """The levels that have hours of their own, with what would stand in the form."""
    return [(int(level), _fields(own)) for level, own in (raw.get("levels") or {}).items()]


def _weekdays(names: str) -> list[str]:
    """mon-fri, or sat, or mon,wed."""
    found: list[str] = []
    for part in names.split(","):
        first, _, last = part.strip().partition("-")
        found += WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last or first) + 1]
    return found


def _joined(spans: Any) -> str:
    return spans if isinstance(spans, str) else ", ".join(spans)


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.replace(";", ",").split(",") if one.strip()]


def _read(typed: Mapping[str, str]) -> dict[str, Any]:
    if typed["always"]:
        return {"zone": typed["zone"]} if typed["zone"] else {}
    week = {name: _split(typed[name]) for name in WEEKDAYS if _split(typed[name])}
    raw: dict[str, Any] = {"week": week}
    if typed["breaks"]:
        raw["breaks"] = _split(typed["breaks"])
    if typed["holidays"]:
        raw["holidays"] = typed["holidays"]
    if typed["zone"]:
        raw["zone"] = typed["zone"]
    days = {}
    for line in typed["days"].splitlines():
        if line.strip():
            day, _, spans = line.partition(":")
            days[day.strip()] = _split(spans)
    return {**raw, "days": days} if days else raw


def _told(visit: Visit, fault: FaultyValue) -> str:
    """With the name of the field, where it is one of the form's and the fault does not name it itself."""
    part, *within = (*fault.place, "")
    if not fault.named or part not in ("week", "breaks", "days", "zone"):
        return fault.told(visit.language)
    name = visit.word(f"weekday.{within[0]}" if within[0] in WEEKDAYS else f"hours.{part}")
    return f"{name}: {render(fault.why, visit.language)}"


async def _page(visit: Visit, fields: Mapping[str, str], error: str = "") -> web.Response:
    ground, now = visit.ground, visit.ground.clock.now()
    settings, people = await ground.database.read(lambda c: (load_settings(c), list_operators(c)))
    schedule = settings[HOURS].of(1, str(ground.zone))
    return visit.page(
        "admin/hours.html",
        422 if error else 200,
        script=await script_facts(visit),
        fields=fields,
        weekdays=WEEKDAYS,
        zone=str(ground.zone),
        is_open=is_open(schedule, now),
        opens_at=next_opening(schedule, now),
        online=[
            one.operator.shown_name for one in people if one.is_active and one.operator.presence == Presence.ONLINE
        ],
        own=_own(write_hours(settings[HOURS])),
        error=error,
    )
