"""The history of entries: how each was after every change, who made it and why; written once, never changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from bot.storage.knowledge.tables import faq_revision
from bot.storage.messages import read_attachments, write_attachments
from core.errors import NotFound
from core.text import Text
from faq.editor.acts import Act, columns_of
from faq.entry import Entry, EntryState

_KEYS_AT_ONCE = 500  # SQLite takes a limited number of parameters


@dataclass(frozen=True, slots=True)
class By:
    """Whose change it is: the login of a person ("": the program, or an admin's shell), and what it came from."""

    author: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """An entry as it was after one change."""

    id: int
    entry: Entry
    act: Act
    by: By
    made_at: datetime


_NEW = insert(faq_revision).returning(faq_revision.c.id, sort_by_parameter_order=True)


def add_revisions(
    connection: Connection, changed: Sequence[tuple[Entry, Act]], by: By, now: datetime, source: str | None = None
) -> list[int]:
    """Write down how entries are now; returns the numbers of the revisions, in order."""
    if not changed:
        return []
    rows = [
        {
            "entry_key": entry.id,
            "act": str(act),
            "author": by.author,
            "source": by.source if source is None else source,
            "content": {**columns_of(entry), "attachments": write_attachments(entry.attachments)},
            "made_at": now,
        }
        for entry, act in changed
    ]
    return list(connection.execute(_NEW, rows).scalars())


def without_history(connection: Connection, keys: Collection[str]) -> set[str]:
    """Those of the entries of which no revision was ever written."""
    listed = list(keys)
    known: set[str] = set()
    for start in range(0, len(listed), _KEYS_AT_ONCE):
        part = listed[start : start + _KEYS_AT_ONCE]
        query = select(faq_revision.c.entry_key).distinct().where(faq_revision.c.entry_key.in_(part))
        known.update(connection.execute(query).scalars())
    return set(keys) - known


def history_of(connection: Connection, key: str) -> list[Revision]:
    """All revisions of an entry, newest first."""
    query = select(faq_revision).where(faq_revision.c.entry_key == key).order_by(faq_revision.c.id.desc())
    return [_read(row) for row in connection.execute(query)]


def last_revision(connection: Connection, key: str) -> int:
    """The number of the newest revision of an entry, 0 without any: tells whether it was changed meanwhile."""
    query = select(func.max(faq_revision.c.id)).where(faq_revision.c.entry_key == key)
    return int(connection.execute(query).scalar() or 0)


def find_revision(connection: Connection, number: int) -> Revision:
    """Raises NotFound."""
    row = connection.execute(select(faq_revision).where(faq_revision.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(Text("fault.no_such_revision", {"number": number}))
    return _read(row)


def _read(row: Row[Any]) -> Revision:
    return Revision(row.id, read_content(row.content), Act(row.act), By(row.author, row.source), row.made_at)


def read_content(content: dict[str, Any]) -> Entry:
    """The entry that `columns_of` made columns of; no check is made again."""
    until = content["valid_until"]
    return Entry(
        id=content["id"],
        category=content["category"],
        question=content["question"],
        answer=content["answer"],
        phrasings=tuple(content["phrasings"]),
        language=content["language"],
        state=EntryState(content["state"]),
        valid_until=date.fromisoformat(until) if until else None,
        attachments=read_attachments(content.get("attachments")),
    )
