"""Parts of an open conversation, and the marks an operator leaves on it for himself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.acts import read_stored
from bot.console.pages.facts import open_conversation
from bot.storage.console import marks
from bot.storage.views import conversation as view
from core.conversation import ConversationId
from core.errors import InvalidInput, NotFound
from core.message import Attachment
from faq.answer import judge_burst
from faq.index import Index
from faq.questions import asks

_MOST_SUGGESTED = 3
_MOST_WORDS = 3  # messages that ask
# What is less likely is no help: beside 2 % it costs one of 100 right entries at five of six companies (four at the
# sixth), and spares a third of those under questions that the FAQ does not know.
_LEAST_SCORE = 0.05


@dataclass(frozen=True, slots=True)
class Suggestion:
    key: str
    question: str
    answer: str
    score: float
    files: tuple[Attachment, ...] = ()


async def show_head(visit: Visit) -> web.StreamResponse:
    opened = await open_conversation(visit, visit.number("number"))
    return visit.page("inbox/head_only.html", opened=opened, head=opened.head, view=visit.request.query.get("view", ""))


async def show_older(visit: Visit) -> web.StreamResponse:
    """The messages before the one named in the query."""
    number, before = visit.number("number"), _message(visit.request.query.get("before", ""))

    def work(connection: Any) -> tuple[view.Head | None, list[view.ShownMessage]]:
        head = view.find_head(connection, number)
        return head, view.list_messages(connection, number, before, view.PAGE + 1)

    head, said = await visit.ground.database.read(work)
    if head is None:
        raise NotFound("error.no_conversation")
    shown = said[-view.PAGE :]
    return visit.page("inbox/older.html", head=head, messages=shown, has_older=len(said) > view.PAGE)


async def show_suggestions(visit: Visit) -> web.StreamResponse:
    """FAQ entries that fit what the customer said last."""
    number = visit.number("number")
    texts = await visit.ground.database.read(lambda connection: view.last_words(connection, number))
    index = visit.ground.library.index
    found = await asyncio.to_thread(suggest, index, texts) if texts else []
    return visit.page("inbox/suggestions.html", suggestions=found)


def suggest(index: Index, texts: list[str]) -> list[Suggestion]:
    """For the last message that asks something; what was said before it gives the likelihood no less.

    A call for a person, a greeting or a thank you asks nothing; where nothing else was said, nothing is suggested.
    """
    asking = [text for text in texts if asks(text)][-_MOST_WORDS:]
    if not asking:
        return []
    best: dict[str, float] = {}
    for verdict in judge_burst(index, asking[-1:]) + judge_burst(index, asking):
        for match in verdict.matches:
            best[match.entry_id] = max(best.get(match.entry_id, 0.0), match.score)
    ranked = sorted(best.items(), key=lambda pair: -pair[1])[:_MOST_SUGGESTED]
    entries = ((index.entry(key), score) for key, score in ranked if score >= _LEAST_SCORE)
    return [Suggestion(entry.id, entry.question, entry.answer, score, entry.files) for entry, score in entries]


async def read(visit: Visit) -> web.StreamResponse:
    form = await visit.form()
    number, message = ConversationId(visit.number("number")), _message(str(form.get("message", "")))
    me = visit.operator.id
    await visit.ground.database.write(lambda connection: marks.mark_read(connection, me, number, message))
    return visit.json({})


async def unread(visit: Visit) -> web.StreamResponse:
    form = await visit.form()
    number, message = ConversationId(visit.number("number")), _message(str(form.get("message", "")))
    me = visit.operator.id
    await visit.ground.database.write(lambda connection: marks.mark_unread(connection, me, number, message))
    return visit.json({})


async def keep_draft(visit: Visit) -> web.StreamResponse:
    form = await visit.form()
    number, me, now = ConversationId(visit.number("number")), visit.operator.id, visit.ground.clock.now()
    text, is_note = str(form.get("text", "")), bool(form.get("note"))
    files = await read_stored(visit, form)

    def work(connection: Any) -> bool:
        if view.find_head(connection, number) is None:
            return False
        marks.keep_draft(connection, me, number, text, now, files, is_note=is_note)
        return True

    if not await visit.ground.database.write(work):
        raise NotFound("error.no_conversation")
    return visit.json({})


async def look(visit: Visit) -> web.StreamResponse:
    """This operator looks at the conversation, types in it, or leaves it."""
    form = await visit.form()
    who = visit.operator
    await visit.console.hub.look_at(
        visit.number("number"),
        int(who.id),
        who.shown_name,
        is_typing=bool(form.get("typing")),
        is_leaving=bool(form.get("leaving")),
    )
    return visit.json({})


async def who_am_i(visit: Visit) -> web.StreamResponse:
    return visit.json({"id": int(visit.operator.id), "login": visit.operator.login})


def _message(text: str) -> int:
    if not (text.isdecimal() and 0 < len(text) < 19):
        raise InvalidInput("error.unreadable")
    return int(text)
