"""What the bot could not answer, grouped; and what its use has taught, for a person to approve."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.knowledge import editing, learning
from bot.knowledge.gaps import find_gaps
from bot.knowledge.recording import by_whom, record_decision, record_exceptions, record_teaching
from bot.storage.knowledge.evidence import read_questions
from bot.storage.knowledge.suggestions import (
    find_suggestion,
    list_exceptions,
    list_suggestions,
    store_proposals,
)
from core.errors import InvalidInput
from handoff.service.numbers import HIDDEN, hide_numbers

_PERIODS = (7, 30, 90)  # days
_MOST = 60
_MOST_WORDINGS = 10


async def show_gaps(visit: Visit) -> web.StreamResponse:
    asked = visit.request.query.get("days", "")
    days = int(asked) if asked in map(str, _PERIODS) else 30
    index, now = visit.ground.library.index, visit.ground.clock.now()

    def work(connection: Any) -> tuple[Any, Any, Any]:
        gaps = find_gaps(connection, index, now - timedelta(days=days))
        return gaps, list_suggestions(connection), list_exceptions(connection)

    gaps, suggestions, exceptions = await visit.ground.database.read(work)
    entries = {entry.id: entry for entry in index.entries}
    return visit.page(
        "faq/unanswered.html",
        script=await script_facts(visit),
        gaps=gaps[:_MOST],
        count=len(gaps),
        suggestions=suggestions[:_MOST],
        exceptions=exceptions[-_MOST:],
        entries=entries,
        days=days,
        periods=_PERIODS,
    )


async def add_phrasings(visit: Visit) -> web.StreamResponse:
    """Teach an entry the wordings of a gap."""
    form = await visit.form()
    key = visit.text(form, "entry", 200)
    wordings = [one.strip()[:1000] for one in _all(form, "wording") if one.strip()][:_MOST_WORDINGS]
    if not key or not wordings:
        raise InvalidInput("unanswered.choose")
    who, now = visit.who, visit.ground.clock.now()

    def work(connection: Any) -> None:
        by = by_whom(who, "unanswered")
        taught = [editing.teach_entry(connection, key, wording, by, now) for wording in wordings]
        record_teaching(connection, who, taught, now)

    await visit.ground.database.write(work)
    return visit.go("/unanswered", "said.taught")


async def ignore(visit: Visit) -> web.StreamResponse:
    """These words are not for the bot."""
    form = await visit.form()
    wordings = [one.strip()[:1000] for one in _all(form, "wording") if one.strip()]
    if not wordings:
        raise InvalidInput("unanswered.choose")
    who, now = visit.who, visit.ground.clock.now()
    wordings = await visit.ground.database.read(lambda c: _as_asked(c, wordings, now - timedelta(days=_PERIODS[-1])))

    def work(connection: Any) -> None:
        by, known = by_whom(who, "unanswered"), {one.id for one in list_exceptions(connection)}
        numbers = dict.fromkeys(learning.add_exception(connection, wording, "", by, now) for wording in wordings)
        record_exceptions(connection, who, "faq_ignore", [one for one in numbers if one not in known], now)

    await visit.ground.database.write(work)
    return visit.go("/unanswered", "said.ignored")


def _as_asked(connection: Any, shown: list[str], since: datetime) -> list[str]:
    """Words that the page showed with hidden numbers, as customers wrote them: only those are known again."""
    if not any(HIDDEN in one for one in shown):
        return shown
    asked = {hide_numbers(one.asked.question): one.asked.question for one in read_questions(connection, since)}
    return [asked.get(one, one) for one in shown]


async def heed_again(visit: Visit) -> web.StreamResponse:
    """Take back that words are not for the bot."""
    number, who, now = visit.number("number"), visit.who, visit.ground.clock.now()

    def work(connection: Any) -> None:
        learning.end_exception(connection, number, now)
        record_exceptions(connection, who, "faq_heed", [number], now)

    await visit.ground.database.write(work)
    return visit.go("/unanswered", "said.heeded")


async def approve(visit: Visit) -> web.StreamResponse:
    return await _decide(visit, learning.approve, "faq_approve", "said.approved")


async def reject(visit: Visit) -> web.StreamResponse:
    return await _decide(visit, learning.reject, "faq_reject", "said.rejected")


async def look_anew(visit: Visit) -> web.StreamResponse:
    """Search the conversations of the last half year for suggestions now."""
    index, now = visit.ground.library.index, visit.ground.clock.now()
    proposals = await visit.ground.database.read(lambda connection: learning.find_proposals(connection, index, now))
    await visit.ground.database.write(lambda connection: store_proposals(connection, proposals, now))
    return visit.go("/unanswered", "said.looked")


async def _decide(visit: Visit, decide: Callable[..., Any], act: str, said: str) -> web.StreamResponse:
    number, who, now = visit.number("number"), visit.who, visit.ground.clock.now()

    def work(connection: Any) -> None:
        before = find_suggestion(connection, number)
        record_decision(connection, who, act, before, decide(connection, number, by_whom(who), now), now)

    await visit.ground.database.write(work)
    return visit.go("/unanswered", said)


def _all(form: Any, name: str) -> list[str]:
    return [one for one in form.getall(name, []) if isinstance(one, str)]
