"""Suggestions: changes of the FAQ that were learned from use and wait for a person; exceptions that came of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.storage.database import add_row
from bot.storage.knowledge.tables import faq_exception, faq_suggestion
from core.errors import NotFound
from core.text import Text
from faq.learning.exceptions import words_key
from faq.learning.proposals import Proposal, Proposed


class SuggestionState(StrEnum):
    """Whether a person has looked at it."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`entry_id` is "" for a new entry until that is approved; `evidence` are numbers of questions asked."""

    id: int
    kind: Proposed
    entry_id: str
    text: str
    answer: str
    count: int
    evidence: tuple[int, ...]
    state: SuggestionState
    decided_by: str
    decided_at: datetime | None
    revision_id: int | None
    exception_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredException:
    """Words that must not be answered; `entry_id` "": with no entry at all."""

    id: int
    entry_id: str
    text: str
    author: str
    made_at: datetime


def store_proposals(connection: Connection, proposals: Sequence[Proposal], now: datetime) -> int:
    """Keep what is new, renew what is open; what a person has decided on is never proposed again.

    Open suggestions that nothing speaks for any more are taken away. Returns the number of new ones.
    """
    wanted = {_signature(one): one for one in proposals}
    known = {row.signature: row for row in connection.execute(select(faq_suggestion))}
    for signature, row in known.items():
        if row.state != SuggestionState.OPEN:
            continue
        proposal = wanted.get(signature)
        if proposal is None:
            connection.execute(faq_suggestion.delete().where(faq_suggestion.c.id == row.id))
        elif list(proposal.evidence) != row.evidence:
            renewed = {"conversations": proposal.count, "evidence": list(proposal.evidence), "updated_at": now}
            connection.execute(update(faq_suggestion).where(faq_suggestion.c.id == row.id).values(**renewed))
    new = [_values(signature, one, now) for signature, one in wanted.items() if signature not in known]
    if new:
        connection.execute(insert(faq_suggestion), new)
    return len(new)


def list_suggestions(connection: Connection, state: SuggestionState | None = SuggestionState.OPEN) -> list[Suggestion]:
    """Those in a state (None: all), the best founded first."""
    query = select(faq_suggestion).order_by(faq_suggestion.c.conversations.desc(), faq_suggestion.c.id)
    if state is not None:
        query = query.where(faq_suggestion.c.state == str(state))
    return [_read(row) for row in connection.execute(query)]


def find_suggestion(connection: Connection, number: int) -> Suggestion:
    """Raises NotFound. On PostgreSQL the row is locked, so that two people cannot decide on it at once."""
    query = select(faq_suggestion).where(faq_suggestion.c.id == number).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(Text("fault.no_such_suggestion", {"number": number}))
    return _read(row)


def decide(connection: Connection, number: int, state: SuggestionState, now: datetime, **changes: Any) -> None:
    """Set the state, and what came of it (`decided_by`, `entry_key`, `revision_id`, `exception_id`)."""
    decided_at = None if state is SuggestionState.OPEN else now
    values = {"state": str(state), "decided_at": decided_at, "updated_at": now, **changes}
    connection.execute(update(faq_suggestion).where(faq_suggestion.c.id == number).values(**values))


def add_exception(connection: Connection, text: str, entry_id: str, author: str, now: datetime) -> int:
    """Words that must not be answered with the entry ("": with any) from now on; returns its number."""
    values = {"entry_key": entry_id or None, "text": text, "author": author, "made_at": now}
    return add_row(connection, insert(faq_exception), values)


def end_exception(connection: Connection, number: int, now: datetime) -> None:
    """Take it back; raises NotFound where there is none in use."""
    ended = connection.execute(
        update(faq_exception)
        .where(faq_exception.c.id == number, faq_exception.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    if not ended.rowcount:
        raise NotFound(Text("fault.no_such_exception", {"number": number}))


def list_exceptions(connection: Connection) -> list[StoredException]:
    """All in use, oldest first."""
    query = select(faq_exception).where(faq_exception.c.ended_at.is_(None)).order_by(faq_exception.c.id)
    return [
        StoredException(row.id, row.entry_key or "", row.text, row.author, row.made_at)
        for row in connection.execute(query)
    ]


def _signature(proposal: Proposal) -> str:
    """Of a new entry the words that it answers; what the operators reply may change."""
    words = " ".join(words_key(proposal.text))
    return hashlib.sha256(f"{proposal.kind}\0{proposal.entry_id}\0{words}".encode("utf-8", "replace")).hexdigest()


def _values(signature: str, proposal: Proposal, now: datetime) -> dict[str, Any]:
    return {
        "signature": signature,
        "kind": str(proposal.kind),
        "entry_key": proposal.entry_id or None,
        "text": proposal.text,
        "answer": proposal.answer or None,
        "conversations": proposal.count,
        "evidence": list(proposal.evidence),
        "state": str(SuggestionState.OPEN),
        "created_at": now,
        "updated_at": now,
    }


def _read(row: Row[Any]) -> Suggestion:
    return Suggestion(
        row.id,
        Proposed(row.kind),
        row.entry_key or "",
        row.text,
        row.answer or "",
        row.conversations,
        tuple(row.evidence),
        SuggestionState(row.state),
        row.decided_by,
        row.decided_at,
        row.revision_id,
        row.exception_id,
        row.created_at,
    )
