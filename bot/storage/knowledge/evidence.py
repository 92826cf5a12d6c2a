"""What customers and operators did with the bot's answers, read back to be learned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.storage.tables import faq_answer, message
from faq.learning.lessons import Asked

MOST = 20_000
"""Newest questions that are read at once."""
_AT_ONCE = 500
_FIRST_REPLIES = 4  # of an operator; the longest of them says most: the first is often a mere greeting


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """A question as the bot dealt with it, and when that was."""

    asked: Asked
    asked_at: datetime


def read_questions(connection: Connection, since: datetime, until: datetime | None = None) -> list[StoredQuestion]:
    """Questions of a time in the order they were asked, each with what an operator answered to it."""
    conditions = [faq_answer.c.created_at >= since, faq_answer.c.question != ""]  # of who was erased none is left
    if until is not None:
        conditions.append(faq_answer.c.created_at < until)
    query = select(faq_answer).where(*conditions).order_by(faq_answer.c.id.desc()).limit(MOST)
    rows = connection.execute(query).all()[::-1]
    replies = _replies(connection, {row.conversation_id for row in rows})
    return [
        StoredQuestion(
            Asked(
                row.id,
                row.conversation_id,
                row.question,
                row.decision,
                row.entry_key or "",
                row.outcome or "",
                _reply_after(row.message_id or 0, replies.get(row.conversation_id, ())),
            ),
            row.created_at,
        )
        for row in rows
    ]


def _replies(connection: Connection, conversations: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    """Number and text of what operators wrote to customers, by conversation, in order."""
    listed = sorted(conversations)
    found: dict[int, list[tuple[int, str]]] = {}
    for start in range(0, len(listed), _AT_ONCE):
        query = select(message.c.conversation_id, message.c.id, message.c.text).where(
            message.c.conversation_id.in_(listed[start : start + _AT_ONCE]),
            message.c.author == "operator",
            message.c.kind == "text",
        )
        for row in connection.execute(query.order_by(message.c.id)):
            found.setdefault(row.conversation_id, []).append((row.id, row.text))
    return found


def _reply_after(number: int, replies: Iterable[tuple[int, str]]) -> str:
    texts = [text for own, text in replies if own > number][:_FIRST_REPLIES]
    return max(texts, key=len, default="")
