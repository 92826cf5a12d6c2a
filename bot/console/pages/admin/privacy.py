"""What is stored of customers and for how long; the time after which the silent ones are forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.settings.privacy import KEEP_DAYS
from bot.storage.desk.changes import record_setting
from bot.storage.live.events import note_event
from bot.storage.privacy.retention import Forgettable, count_forgettable
from bot.storage.service.settings import change_setting, load_settings
from core.errors import InvalidInput


async def show_privacy(visit: Visit) -> web.StreamResponse:
    settings = await visit.ground.database.read(load_settings)
    return await _page(visit, str(settings[KEEP_DAYS]))


async def count(visit: Visit) -> web.StreamResponse:
    """How many would be forgotten; nothing is changed."""
    typed = visit.text(await visit.form(), "days", 10)
    try:
        return await _page(visit, typed, counted=await _count(visit, _read(typed)))
    except InvalidInput:
        return await _page(visit, typed, error=visit.word("privacy.unfit"))


async def save(visit: Visit) -> web.StreamResponse:
    """Only what was counted before is saved: the form carries the number that was shown."""
    form, now, who = await visit.form(), visit.ground.clock.now(), visit.who
    typed = visit.text(form, "days", 10)
    try:
        days = _read(typed)
    except InvalidInput:
        return await _page(visit, typed, error=visit.word("privacy.unfit"))
    counted = await _count(visit, days)
    if days and visit.text(form, "counted", 20) != str(counted.customers):
        return await _page(visit, typed, counted=counted, error=visit.word("privacy.count_first"))

    def work(connection: Any) -> None:
        change_setting(connection, KEEP_DAYS.key, days, who.login, now)
        record_setting(connection, who, KEEP_DAYS.key, days, now)
        note_event(connection, "settings.updated")

    await visit.ground.database.write(work)
    return visit.go("/settings/privacy", "said.saved")


def _read(typed: str) -> int:
    try:
        return KEEP_DAYS.parse(int(typed))
    except ValueError:
        raise InvalidInput("error.number") from None


async def _count(visit: Visit, days: int) -> Forgettable:
    if not days:
        return Forgettable(0, 0)
    before = visit.ground.clock.now() - timedelta(days=days)
    return await visit.ground.database.read(lambda connection: count_forgettable(connection, before))


async def _page(visit: Visit, days: str, *, counted: Forgettable | None = None, error: str = "") -> web.StreamResponse:
    settings = await visit.ground.database.read(load_settings)
    return visit.page(
        "admin/privacy.html",
        422 if error else 200,
        script=await script_facts(visit),
        days=days,
        kept=settings[KEEP_DAYS],
        counted=counted,
        error=error,
    )
