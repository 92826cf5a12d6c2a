"""The inbox: the list of conversations, and one of them beside it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import Opened, open_conversation, preferences_for_script
from bot.storage.console.marks import list_drafts
from bot.storage.live.events import last_event
from bot.storage.views.inbox import PAGE, InboxFilter, InboxRow, View, count_views, list_channels, list_rows
from core.errors import Forbidden, NotFound
from handoff.operators import Role

_WORDS_LIMIT = 200


async def show_inbox(visit: Visit) -> web.StreamResponse:
    """The list; with `X-Fragment: 1` its rows only."""
    return await _show(visit, None)


async def show_conversation(visit: Visit) -> web.StreamResponse:
    """A conversation with the list beside it; with `X-Fragment: 1` the conversation only."""
    number = visit.number("number")
    if visit.is_fragment:
        opened = await open_conversation(visit, number)
        return visit.page("inbox/conversation.html", opened=opened, view=_view(visit))
    return await _show(visit, number)


def _view(visit: Visit) -> View:
    asked = visit.request.query.get("view", "")
    return View(asked) if asked in set(View) else View.MINE if asked == "" and _prefers_mine(visit) else View.QUEUE


def _prefers_mine(visit: Visit) -> bool:
    return visit.preferences.get("view") == View.MINE.value


def filter_of(visit: Visit, view: View) -> InboxFilter:
    """An operator sees the queue and what is, or was, their own; a supervisor everything."""
    query = visit.request.query
    holder = query.get("holder", "")
    chosen = int(holder) if holder.isdecimal() and len(holder) < 16 else None
    if not visit.may(Role.SUPERVISOR):
        if view is View.ALL:
            raise Forbidden("error.forbidden")
        chosen = int(visit.operator.id) if view is View.CLOSED else None
    words = query.get("q", "").strip()[:_WORDS_LIMIT]
    return InboxFilter(view, visit.operator.id, query.get("channel", "")[:32], words, chosen)


async def _show(visit: Visit, number: int | None) -> web.StreamResponse:
    view = _view(visit)
    chosen = filter_of(visit, view)
    page = visit.request.query.get("page", "")
    place = int(page) if page.isdecimal() and len(page) < 6 else 0

    def work(connection: Any) -> tuple[int, list[InboxRow], Any, list[str], dict[int, str]]:
        cursor = last_event(connection)  # before the rows: what comes meanwhile is told again, never missed
        rows = list_rows(connection, chosen, place)
        return cursor, rows, count_views(connection), list_channels(connection), list_drafts(connection, me)

    me = visit.operator.id
    cursor, rows, (queued, held), channels, drafts = await visit.ground.database.read(work)
    has_more = len(rows) > PAGE
    facts: dict[str, Any] = {
        "view": view,
        "chosen": chosen,
        "rows": rows[:PAGE],
        "next_page": place + 1 if has_more else None,
        "channels": channels,
        "drafts": drafts,
    }
    if visit.is_fragment:
        return visit.page("inbox/rows.html", **facts)
    opened: Opened | None = None
    if number is not None:
        try:
            opened = await open_conversation(visit, number)
        except NotFound:
            return visit.page("error.html", 404, text=visit.word("error.no_conversation"))
    counters = {"queue": queued, "mine": held.get(int(me), 0)}
    script = preferences_for_script(visit, cursor, view=view.value)
    return visit.page("inbox/inbox.html", opened=opened, counters=counters, script=script, **facts)
