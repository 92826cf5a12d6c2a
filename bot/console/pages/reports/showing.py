"""The report pages: chosen period and part, the page, the spreadsheet, the conversations behind a number."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.console.pages.reports.blocks import Report, figures_table, for_file, to_csv, to_xlsx
from bot.console.pages.reports.building import REPORTS
from bot.settings.surveys import SERVICE_LEVEL_WITHIN
from bot.storage.measures import keeping, pages, voices
from bot.storage.measures.pages import Behind
from bot.storage.measures.period import Narrowing, Period
from bot.storage.measures.reading import Part, load_facts
from bot.storage.measures.refresh import Place
from bot.storage.operators import list_operators
from bot.storage.service.settings import load_settings
from core.errors import InvalidInput, NotFound
from surveys.figures import measures
from surveys.report import build_report

_DAYS = 30
_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


async def show_report(visit: Visit) -> web.StreamResponse:
    key = visit.request.match_info["key"]
    period, where = chosen(visit)
    await bring_up_to_date(visit)
    read = visit.ground.database.read
    report = await read(lambda connection: _read(connection, visit, key, period, where))
    operators, choices, unknown = await read(
        lambda connection: (list_operators(connection), pages.choices(connection), pages.unknown(connection, where))
    )
    return visit.page(
        "reports/report.html",
        script=await script_facts(visit),
        report=report,
        keys=list(REPORTS),
        operators=[one.operator for one in operators],
        choices=choices,
        unknown=unknown,
        period=period,
        where=where,
        asked=query_of(period, where),
    )


async def export(visit: Visit) -> web.StreamResponse:
    """The same figures as the page, as a spreadsheet."""
    key, kind = visit.request.match_info["key"], visit.request.match_info["kind"]
    period, where = chosen(visit)
    await bring_up_to_date(visit)
    report = await visit.ground.database.read(lambda connection: _read(connection, visit, key, period, where))
    say = visit.console.renderer.words(visit.language).say
    first = [figures_table(report, say)] if report.tiles else []
    guard = visit.console.renderer.guard
    sheets = [for_file(table.guarded(guard), say) for table in (*first, *report.sheets)]
    content = await asyncio.to_thread(to_csv if kind == "csv" else to_xlsx, sheets)
    return _file(content, f"{key}-{period.first_day}-{period.last_day}.{kind}", _TYPES[kind])


async def show_behind(visit: Visit) -> web.StreamResponse:
    """The conversations a number is made of, or the answers a score is made of."""
    return await page_behind(visit, *chosen(visit), back="/reports/overview")


async def page_behind(visit: Visit, period: Period, where: Narrowing, back: str) -> web.StreamResponse:
    what = visit.request.match_info["what"]
    is_score = what in measures.OF_SCORES
    if what not in pages.BEHIND and not is_score:
        raise NotFound("report.no_figure")
    await bring_up_to_date(visit)
    look = _answered if is_score else pages.behind
    total, found = await visit.ground.database.read(lambda connection: look(connection, what, period, where))
    return visit.page(
        "reports/behind.html",
        script=await script_facts(visit),
        what=what,
        is_score=is_score,
        total=total,
        found=found,
        period=period,
        back=f"{back}?{query_of(period, where)}",
    )


def _answered(connection: Any, kind: str, period: Period, where: Narrowing) -> tuple[int, list[Behind]]:
    """Of the version that the page's figure is reckoned from."""
    asked = load_facts(connection, period, where, parts=Part.RESULTS).asked_for(kind)
    return voices.answered(connection, asked.key, asked.version, period, where)


async def export_all(visit: Visit) -> web.StreamResponse:
    """Every measure, as `otklik report --json` prints it."""
    period, where = chosen(visit)
    await bring_up_to_date(visit)

    def work(connection: Any) -> dict[str, Any]:
        within = load_settings(connection)[SERVICE_LEVEL_WITHIN]
        return build_report(load_facts(connection, period, where, within))

    content = json.dumps(await visit.ground.database.read(work), ensure_ascii=False, indent=1).encode()
    return _file(content, f"report-{period.first_day}-{period.last_day}.json", "application/json")


def _file(content: bytes, name: str, kind: str) -> web.Response:
    headers = {"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=content, headers=headers)


async def bring_up_to_date(visit: Visit) -> None:
    after: Place | None = None
    now, zone = visit.ground.clock.now(), visit.ground.zone
    while True:
        after = await visit.ground.database.write(lambda connection: keeping.step(connection, now, zone, after))  # noqa: B023
        if after is None:
            return


def _read(connection: Any, visit: Visit, key: str, period: Period, where: Narrowing) -> Report:
    within = load_settings(connection)[SERVICE_LEVEL_WITHIN]
    say = visit.console.renderer.words(visit.language).say
    return REPORTS[key](connection, period, where, say, within)


def chosen(visit: Visit) -> tuple[Period, Narrowing]:
    """From the address; what makes no sense there is the usual."""
    query, zone = visit.request.query, visit.ground.zone
    today = visit.ground.clock.now().astimezone(zone).date()
    last = _day(query.get("to", "")) or today
    first = _day(query.get("from", "")) or last - timedelta(days=_DAYS - 1)
    try:
        period = Period(first, last, zone)
    except InvalidInput:
        period = Period(today - timedelta(days=_DAYS - 1), today, zone)
    return period, Narrowing(
        query.get("channel", "")[:32] or None,
        _number(query.get("operator", "")),
        _number(query.get("level", "")),
        query.get("category", "")[:200] or None,
        query.get("tag", "").strip().lower().lstrip("#")[:64] or None,
    )


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None


def query_of(period: Period, where: Narrowing) -> str:
    """The same choice once more, for links."""
    chosen = {
        "from": period.first_day.isoformat(),
        "to": period.last_day.isoformat(),
        "channel": where.channel,
        "operator": where.operator_id,
        "level": where.level,
        "category": where.category,
        "tag": where.tag,
    }
    return urlencode({name: value for name, value in chosen.items() if value is not None})
