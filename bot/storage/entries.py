"""The FAQ in the database: every change is written down with its author, and a running bot is told by a version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, text, update

from bot.storage.knowledge.revisions import By, add_revisions, without_history
from bot.storage.live.events import note_event
from bot.storage.messages import read_attachments, write_attachments
from bot.storage.notes import read_note, write_note
from bot.storage.tables import faq_entry
from core.errors import InvalidInput, NotFound
from core.text import Text
from faq.editor.acts import Act, keep_files
from faq.entry import Entry, EntryState
from faq.formats.rows import shown

_VERSION_KEY = "faq_version"
_KEY_LIMIT = 200  # characters, the column's width


@dataclass(frozen=True, slots=True)
class ImportCount:
    """How many entries an import added, changed, and found as they were; `touched` are the ids of the first two."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    touched: tuple[str, ...] = field(default=(), compare=False)


def load_entries(connection: Connection) -> list[Entry]:
    """All entries in the order of their file, drafts and archived ones too."""
    return [_read(row) for row in connection.execute(select(faq_entry).order_by(faq_entry.c.position, faq_entry.c.id))]


def find_entry(connection: Connection, key: str) -> Entry:
    """The entry with this id, in any state; raises NotFound."""
    row = connection.execute(select(faq_entry).where(faq_entry.c.key == key)).one_or_none()
    if row is None:
        raise NotFound(Text("fault.no_such_entry", {"id": shown(key)}))
    return _read(row)


def numbered_entries(connection: Connection) -> list[tuple[int, Entry]]:
    """All entries with the numbers of their rows, which stay as long as they do."""
    query = select(faq_entry).order_by(faq_entry.c.position, faq_entry.c.id)
    return [(row.id, _read(row)) for row in connection.execute(query)]


def find_numbered(connection: Connection, number: int) -> Entry | None:
    row = connection.execute(select(faq_entry).where(faq_entry.c.id == number)).one_or_none()
    return _read(row) if row is not None else None


def lock_entries(connection: Connection) -> None:
    """Nobody else changes the FAQ until the end of the transaction; on SQLite writers come one by one anyhow."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE faq_entry IN SHARE ROW EXCLUSIVE MODE"))


def import_entries(
    connection: Connection, entries: Sequence[Entry], now: datetime, source: str = "", author: str = ""
) -> ImportCount:
    """Add what is new behind what is there, change what differs, by id; nothing is deleted.

    Importing the same again changes nothing, not even the version; files of entries stay. Raises InvalidInput for an
    id given twice or longer than 200 characters; nothing is written then. `source` is where the entries come from and
    `author` the login of who brings them, for the history.
    """
    _check_ids(entries)
    lock_entries(connection)
    known = {entry.id: entry for entry in load_entries(connection)}
    entries = [keep_files(entry, known.get(entry.id)) for entry in entries]
    new = [entry for entry in entries if entry.id not in known]
    changed = [entry for entry in entries if entry.id in known and entry != known[entry.id]]
    _keep_baseline(connection, [known[entry.id] for entry in changed], now)
    _write_entries(connection, new, changed, now)
    add_revisions(connection, [(entry, Act.IMPORTED) for entry in (*new, *changed)], By(author, source), now)
    touched = tuple(entry.id for entry in (*new, *changed))
    return ImportCount(len(new), len(changed), len(entries) - len(touched), touched)


def put_entry(connection: Connection, before: Entry | None, entry: Entry, act: Act, by: By, now: datetime) -> int:
    """Write one entry (`before`: as it is stored, None for a new one) and its revision; returns the number of that."""
    _check_ids([entry])
    if before is not None:
        _keep_baseline(connection, [before], now)
    _write_entries(connection, [entry] if before is None else [], [] if before is None else [entry], now)
    return add_revisions(connection, [(entry, act)], by, now)[0]


def raise_version(connection: Connection) -> None:
    """Something that answers depend on was changed: a running bot takes it up."""
    write_note(connection, _VERSION_KEY, str(faq_version(connection) + 1))
    note_event(connection, "faq.updated")


def _keep_baseline(connection: Connection, before: Sequence[Entry], now: datetime) -> None:
    """Entries whose first change this is: how they were is kept, so that they can be taken back there."""
    unknown = without_history(connection, [entry.id for entry in before])
    add_revisions(connection, [(entry, Act.KEPT) for entry in before if entry.id in unknown], By(), now)


def _write_entries(connection: Connection, new: Sequence[Entry], changed: Sequence[Entry], now: datetime) -> None:
    if new:
        first = connection.execute(select(func.coalesce(func.max(faq_entry.c.position), 0))).scalar_one() + 1
        rows = [{**_values(entry, now), "position": first + place} for place, entry in enumerate(new)]
        connection.execute(insert(faq_entry), rows)
    if changed:
        rows = [{**_values(entry, now), "known_key": entry.id} for entry in changed]
        connection.execute(update(faq_entry).where(faq_entry.c.key == bindparam("known_key")), rows)
    if new or changed:
        raise_version(connection)


def category_of(connection: Connection, key: str) -> str:
    """The category of an entry, or "" when there is no such entry."""
    query = select(faq_entry.c.category).where(faq_entry.c.key == key)
    return connection.execute(query).scalar_one_or_none() or ""


def is_empty(connection: Connection) -> bool:
    return connection.execute(select(faq_entry.c.id).limit(1)).first() is None


def faq_version(connection: Connection) -> int:
    """Grows with every change of the FAQ, whichever process made it; 0 before the first."""
    return int(read_note(connection, _VERSION_KEY) or 0)


def _check_ids(entries: Iterable[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise InvalidInput(Text("fault.entry_twice", {"id": shown(entry.id)}))
        if not 0 < len(entry.id) <= _KEY_LIMIT:
            raise InvalidInput(Text("fault.id_length", {"id": shown(entry.id), "limit": _KEY_LIMIT}))
        seen.add(entry.id)


def _values(entry: Entry, now: datetime) -> dict[str, Any]:
    return {
        "key": entry.id,
        "category": entry.category,
        "question": entry.question,
        "answer": entry.answer,
        "phrasings": list(entry.phrasings),
        "language": entry.language,
        "state": str(entry.state),
        "valid_until": entry.valid_until.isoformat() if entry.valid_until else None,
        "attachments": write_attachments(entry.attachments) or None,
        "updated_at": now,
    }


def _read(row: Row[Any]) -> Entry:
    return Entry(
        id=row.key,
        category=row.category,
        question=row.question,
        answer=row.answer,
        phrasings=tuple(row.phrasings),
        language=row.language,
        state=EntryState(row.state),
        valid_until=date.fromisoformat(row.valid_until) if row.valid_until else None,
        attachments=read_attachments(row.attachments),
    )
