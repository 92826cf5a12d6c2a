"""What people did to the FAQ, as lines of the audit log: in the transaction of the change, without anybody's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.knowledge.editing import By, Edited
from bot.storage.desk.audit import Who, record_change
from bot.storage.entries import ImportCount
from bot.storage.knowledge.suggestions import Suggestion


def by_whom(who: Who, source: str = "") -> By:
    """The same person for the history of an entry."""
    return By(who.login, source)


def record_edit(connection: Connection, who: Who, act: str, edited: Edited, now: datetime) -> None:
    """Nothing when nothing was changed."""
    if edited.is_changed:
        record_change(connection, who, act, now, entry=edited.entry.id)


def record_teaching(connection: Connection, who: Who, taught: Sequence[Edited], now: datetime) -> None:
    """Wordings given to one entry: how many, not which, for they are customers' words."""
    learned = [one for one in taught if one.is_changed]
    if learned:
        record_change(connection, who, "faq_teach", now, entry=learned[0].entry.id, wordings=len(learned))


def record_import(connection: Connection, who: Who, count: ImportCount, file: str, now: datetime) -> None:
    """Nothing when the file changed nothing."""
    if count.touched:
        counts: dict[str, Any] = {"added": count.imported, "changed": count.updated, "unchanged": count.unchanged}
        record_change(connection, who, "faq_import", now, file=file, **counts)


def record_decision(
    connection: Connection, who: Who, act: str, before: Suggestion, after: Suggestion, now: datetime
) -> None:
    """A suggestion approved, rejected, or that taken back; a new entry is known only while it is approved."""
    entry = after.entry_id or before.entry_id
    record_change(connection, who, act, now, suggestion=after.id, kind=str(after.kind), entry=entry)


def record_exceptions(connection: Connection, who: Who, act: str, numbers: Sequence[int], now: datetime) -> None:
    """Words that are answered no more, or again: their numbers; nothing when there are none."""
    if numbers:
        record_change(connection, who, act, now, exceptions=list(numbers))


def record_correction(connection: Connection, who: Who, act: str, version: int | None, now: datetime) -> None:
    """The correction of the confidence: the version in use from now on, None for the shipped one."""
    record_change(connection, who, act, now, version=version)
