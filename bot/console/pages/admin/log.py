"""The audit log."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.look.deeds import Teller
from bot.console.pages.facts import script_facts
from bot.storage.operators import list_operators
from bot.storage.views.audit import PAGE, list_acts, list_kinds


async def show_log(visit: Visit) -> web.StreamResponse:
    query = visit.request.query
    who, act = query.get("operator", ""), query.get("act", "")[:32]
    before = query.get("before", "")
    chosen = int(who) if who.isdecimal() and len(who) < 16 else None
    place = int(before) if before.isdecimal() and len(before) < 19 else None

    def work(connection: Any) -> tuple[Any, Any, Any]:
        acts = list_acts(connection, operator_id=chosen, act=act, before=place)
        return acts, list_kinds(connection), list_operators(connection)

    acts, kinds, operators = await visit.ground.database.read(work)
    renderer = visit.console.renderer
    names = {one.operator.login: one.operator.shown_name for one in operators}
    teller = Teller(renderer.words(visit.language), renderer.moments(visit.language), names)
    return visit.page(
        "admin/log.html",
        script=await script_facts(visit),
        acts=acts[:PAGE],
        tell=teller.tell,
        kinds=kinds,
        operators=[one.operator for one in operators],
        chosen=chosen,
        act=act,
        older=acts[PAGE - 1].id if len(acts) > PAGE else None,
    )
