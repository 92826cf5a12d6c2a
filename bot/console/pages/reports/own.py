"""An operator's own page: their figures against the period before, praise, low scores, and what reviews said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.console.context import OWN_FIGURES, Visit
from bot.console.look.charts import Series
from bot.console.pages.facts import script_facts
from bot.console.pages.reports.blocks import Report, Say, Tile, bars
from bot.console.pages.reports.quality import low_scores
from bot.console.pages.reports.showing import bring_up_to_date, chosen, page_behind, query_of
from bot.console.pages.reports.tiles import both, count, course_of, score, tile
from bot.settings.surveys import SERVICE_LEVEL_WITHIN
from bot.storage.measures import pages, voices
from bot.storage.measures.period import WHOLE, Narrowing, Period
from bot.storage.measures.reading import Part
from bot.storage.service.settings import load_settings
from bot.storage.surveys.reviews import reviews_of, worth_by_operator
from surveys.figures import measures
from surveys.figures.measures import Figure


async def show_own(visit: Visit) -> web.StreamResponse:
    period, where = _own(visit)
    me = int(visit.operator.id)
    await bring_up_to_date(visit)
    say = visit.console.renderer.words(visit.language).say

    def work(connection: Any) -> tuple[Report, Any, Any]:
        within = load_settings(connection)[SERVICE_LEVEL_WITHIN]
        said = voices.praise(connection, period, where)
        reviews = reviews_of(connection, me, period.start, period.end)
        return build(connection, period, where, say, within), said, reviews

    report, praise, reviews = await visit.ground.database.read(work)
    return visit.page(
        "reports/own.html",
        script=await script_facts(visit),
        report=report,
        praise=praise,
        reviews=reviews,
        period=period,
        asked=query_of(period, WHOLE),
    )


async def show_behind(visit: Visit) -> web.StreamResponse:
    """What one's own figure is made of; nobody else's, whatever the address says."""
    period, where = _own(visit)
    return await page_behind(visit, period, where, back=OWN_FIGURES)


def _own(visit: Visit) -> tuple[Period, Narrowing]:
    period, _ = chosen(visit)
    return period, replace(WHOLE, operator_id=int(visit.operator.id))


def build(connection: Any, period: Period, where: Narrowing, say: Say, within: timedelta) -> Report:
    """Of one operator, `where.operator_id`."""
    now, before = both(connection, period, where, within, Part.RESULTS)
    worth, worth_before = (_worth(connection, one, where) for one in (period, period.before))
    tiles = [
        count(say("report.closed"), now.tally.closed, before.tally.closed, "closed"),
        *(score(kind, say, now, before) for kind in ("csi", "csat")),
        tile(say("report.first_response"), measures.mean_first_response, now, before, "s", -1),
        tile(say("report.sla"), measures.sla_first_response, now, before, "%", 1, "late"),
        tile(say("report.handling_time"), measures.mean_handling, now, before, "s", 0),
        tile(say("report.fcr"), measures.first_contact_resolution, now, before, "%", 1, "returned"),
        # A few conversations a week are the whole sample.
        Tile(say("report.review"), worth, worth_before, "%", is_whole=True),
    ]
    course = course_of(period)
    closed: list[float | None] = [0] * len(course.names)
    for day, tally in pages.course(connection, period, where):
        closed[course.at(day)] = (closed[course.at(day)] or 0) + tally.closed
    chart = bars(say("report.course"), say(course.unit), course.names, [Series(say("report.closed"), closed)])
    return Report("me", tiles, [chart], [low_scores(connection, period, where, say)])


def _worth(connection: Any, period: Period, where: Narrowing) -> Figure:
    """Of quality control."""
    assert where.operator_id is not None
    return Figure(*worth_by_operator(connection, period.start, period.end).get(where.operator_id, (None, 0)))
