"""Canned replies: one's own, and everybody's."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.knowledge.recording import CONSOLE
from bot.storage.desk.canned import drop_canned, list_canned, list_shared, record_canned, write_canned
from bot.storage.views.conversation import Head, find_head
from core.errors import Forbidden, InvalidInput
from handoff.canned import Canned, fill, unknown_variables
from handoff.operators import Role


async def list_for_script(visit: Visit) -> web.StreamResponse:
    """Filled in for the conversation that is open."""
    about = visit.request.query.get("conversation", "")
    me = visit.operator

    def work(connection: Any) -> tuple[list[Canned], Head | None]:
        number = int(about) if about.isdecimal() and len(about) < 16 else 0
        return list_canned(connection, me.id), find_head(connection, number)

    replies, head = await visit.ground.database.read(work)
    values = {"operator": me.shown_name}
    if head is not None:
        own = {"name": head.customer, "number": str(head.id), "channel": head.channel, "question": head.question}
        values |= own
    filled = [{"name": one.name, "text": fill(one.text, values), "files": len(one.attachments)} for one in replies]
    return visit.json({"replies": filled})


async def show_canned(visit: Visit) -> web.StreamResponse:
    return await _page(visit)


async def save(visit: Visit) -> web.StreamResponse:
    """Add or replace by name; everybody's only by a supervisor."""
    form = await visit.form()
    name, text, is_shared = visit.text(form, "name", 80), visit.text(form, "text"), bool(form.get("shared"))
    owner, now = _owner(visit, is_shared=is_shared), visit.ground.clock.now()
    strange = unknown_variables(text)
    if strange:
        error = visit.word("canned.unknown", names=", ".join(strange))
        return await _page(visit, name, text, is_shared=is_shared, error=error)

    def work(connection: Any) -> None:
        act = write_canned(connection, owner, name, text, now)
        record_canned(connection, visit.operator.id, CONSOLE, act, owner, name, now)

    try:
        await visit.ground.database.write(work)
    except InvalidInput:
        return await _page(visit, name, text, is_shared=is_shared, error=visit.word("canned.unfit"))
    return visit.go("/canned", "said.saved")


async def drop(visit: Visit) -> web.StreamResponse:
    form = await visit.form()
    owner, name = _owner(visit, is_shared=bool(form.get("shared"))), visit.text(form, "name", 80)
    now = visit.ground.clock.now()

    def work(connection: Any) -> None:
        act = drop_canned(connection, owner, name)
        record_canned(connection, visit.operator.id, CONSOLE, act, owner, name, now)

    await visit.ground.database.write(work)
    return visit.go("/canned", "said.dropped")


def _owner(visit: Visit, *, is_shared: bool) -> Any:
    if not is_shared:
        return visit.operator.id
    if not visit.may(Role.SUPERVISOR):
        raise Forbidden("error.forbidden")
    return None


async def _page(
    visit: Visit, name: str = "", text: str = "", *, is_shared: bool = False, error: str = ""
) -> web.Response:
    me = visit.operator.id

    def work(connection: Any) -> tuple[list[Canned], list[Canned]]:
        return list_shared(connection), list_shared(connection, me)

    shared, own = await visit.ground.database.read(work)
    return visit.page(
        "canned.html",
        422 if error else 200,
        script=await script_facts(visit),
        shared=shared,
        own=own,
        name=name,
        text=text,
        is_shared=is_shared,
        error=error,
    )
