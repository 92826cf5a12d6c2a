"""Editing the FAQ: every change has an author and can be taken back; all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.storage.entries import find_entry, load_entries, lock_entries, put_entry
from bot.storage.knowledge.revisions import By, Revision, find_revision, history_of, last_revision
from core.errors import Conflict
from core.message import Attachment
from core.text import Text
from faq.editor import acts
from faq.editor.acts import Act, Difference
from faq.entry import Entry, EntryState
from faq.formats.rows import Value

__all__ = [
    "By", "Change", "Edited", "add_entry", "archive_entry", "edit_entry", "entry_history", "find_entry",
    "publish_entry", "roll_back", "teach_entry", "unteach_entry",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edited:
    """The entry as it now is, and the revision that says so; the one before when nothing changed."""

    entry: Entry
    revision_id: int
    is_changed: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """One step of an entry's history: the revision, and what it changed against the one before."""

    revision: Revision
    differences: tuple[Difference, ...]


def add_entry(
    connection: Connection,
    values: Mapping[str, Value],
    by: By,
    now: datetime,
    act: Act = Act.ADDED,
    *,
    files: Sequence[Attachment] = (),
    is_asked: bool = False,
) -> Edited:
    """A new entry, last of all; without an id it gets one made of its question, without a state it is a draft.

    `is_asked`: its question is in a customer's words, so its id is made of the category and a number instead.
    Raises InvalidInput that names every faulty column, Conflict when the id is taken.
    """
    lock_entries(connection)
    taken = {entry.id for entry in load_entries(connection)}
    name_of, column = (acts.number_entry, "category") if is_asked else (acts.name_entry, "question")
    words = values.get(column)
    key = values.get("id") or name_of(words if isinstance(words, str) else "", taken)
    entry = acts.attach(acts.write_entry({"state": EntryState.DRAFT.value, **values, "id": key}), files)
    if entry.id in taken:
        raise Conflict(Text("fault.id_taken", {"id": entry.id}))
    return Edited(entry, put_entry(connection, None, entry, act, by, now))


def edit_entry(
    connection: Connection,
    key: str,
    values: Mapping[str, Value],
    by: By,
    now: datetime,
    *,
    seen_revision: int | None = None,
    files: Sequence[Attachment] | None = None,
) -> Edited:
    """Change some columns; `files` are all that go with the answer from now on (None: as before).

    Raises NotFound, InvalidInput, and Conflict when somebody changed the entry after `seen_revision`.
    """
    before = _locked(connection, key, seen_revision)
    after = acts.edit(before, values)
    return _put(connection, before, after if files is None else acts.attach(after, files), Act.EDITED, by, now)


def publish_entry(connection: Connection, key: str, by: By, now: datetime) -> Edited:
    """Customers are answered with it from now on; raises NotFound."""
    before = _locked(connection, key)
    return _put(connection, before, acts.publish(before), Act.PUBLISHED, by, now)


def archive_entry(connection: Connection, key: str, by: By, now: datetime) -> Edited:
    """No longer used, but kept with its history; raises NotFound."""
    before = _locked(connection, key)
    return _put(connection, before, acts.archive(before), Act.ARCHIVED, by, now)


def teach_entry(
    connection: Connection, key: str, phrasing: str, by: By, now: datetime, act: Act = Act.EDITED
) -> Edited:
    """One more wording, unless it is known; raises NotFound and InvalidInput."""
    before = _locked(connection, key)
    return _put(connection, before, acts.learn_phrasing(before, phrasing), act, by, now)


def unteach_entry(connection: Connection, key: str, phrasing: str, by: By, now: datetime) -> Edited:
    """Take a wording away again; everything else that was changed since stays."""
    before = _locked(connection, key)
    return _put(connection, before, acts.forget_phrasing(before, phrasing), Act.UNDONE, by, now)


def roll_back(connection: Connection, key: str, revision_id: int, by: By, now: datetime) -> Edited:
    """The entry as it was after an earlier revision; itself a change that can be taken back.

    Raises NotFound when there is no such revision of this entry.
    """
    before = _locked(connection, key)
    wanted = find_revision(connection, revision_id)
    if wanted.entry.id != key:
        raise Conflict(Text("fault.other_revision", {"number": revision_id, "other": wanted.entry.id, "id": key}))
    source = by.source or f"revision {revision_id}"
    return _put(connection, before, wanted.entry, Act.ROLLED_BACK, By(by.author, source), now)


def entry_history(connection: Connection, key: str) -> list[Change]:
    """What was done to an entry, newest first; raises NotFound."""
    find_entry(connection, key)
    revisions = history_of(connection, key)
    earlier = [*(one.entry for one in revisions[1:]), None]
    return [Change(one, acts.differences(before, one.entry)) for one, before in zip(revisions, earlier, strict=True)]


def _locked(connection: Connection, key: str, seen_revision: int | None = None) -> Entry:
    lock_entries(connection)
    entry = find_entry(connection, key)
    if seen_revision is not None and last_revision(connection, key) != seen_revision:
        raise Conflict(Text("fault.changed_meanwhile", {"id": key}))
    return entry


def _put(connection: Connection, before: Entry, after: Entry, act: Act, by: By, now: datetime) -> Edited:
    if after == before:
        return Edited(before, last_revision(connection, before.id), is_changed=False)
    return Edited(after, put_entry(connection, before, after, act, by, now))
