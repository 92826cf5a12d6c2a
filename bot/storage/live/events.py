"""The log of what open pages must learn, written at the end of the transaction that changed it.

Functions that store facts note an event. The events of one transaction are written together right before its commit,
under one lock on PostgreSQL, so that ids become visible in their order and a reader's cursor cannot skip one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, event, func, insert, select, text

from bot.storage.live.tables import ui_event
from core.clock import SystemClock

CHANNEL = "otklik_live"  # of NOTIFY on PostgreSQL
KEPT = timedelta(hours=24)
MOST_KEPT = 200_000
_NOTED, _MARKS, _WRITTEN = "otklik.noted", "otklik.marks", "otklik.written"
_LOCK = 0x6F74_6C69_7665  # "otlive", for pg_advisory_xact_lock


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One row of the log; what it is about is read when it is told, so that what is told is never stale."""

    id: int
    kind: str
    conversation_id: int | None = None
    message_id: int | None = None
    payload: dict[str, Any] | None = None


_NEW = insert(ui_event)
_LAST = select(func.coalesce(func.max(ui_event.c.id), 0))
_FIRST = select(func.coalesce(func.min(ui_event.c.id), 0))
_AFTER = (
    select(ui_event.c.id, ui_event.c.kind, ui_event.c.conversation_id, ui_event.c.message_id, ui_event.c.payload)
    .where(ui_event.c.id > bindparam("cursor"))
    .order_by(ui_event.c.id)
    .limit(bindparam("most"))
)


def note_event(
    connection: Connection,
    kind: str,
    conversation_id: int | None = None,
    message_id: int | None = None,
    **payload: Any,
) -> None:
    """To be written when this transaction commits; the same said twice is written once."""
    noted: dict[Any, Any] = connection.info.setdefault(_NOTED, {})
    key = (kind, conversation_id, message_id, tuple(sorted(payload.items())) if payload else ())
    noted.pop(key, None)
    noted[key] = payload or None


def follow(engine: Engine) -> None:
    """Let every transaction of this engine write what it noted; what is rolled back is forgotten."""
    event.listen(engine, "commit", _write)
    event.listen(engine, "rollback", _forget)
    event.listen(engine, "savepoint", _mark)
    event.listen(engine, "rollback_savepoint", _return_to)
    event.listen(engine, "release_savepoint", _keep)


def take_written(connection: Connection) -> bool:
    """Whether events were committed over this connection since it was last asked."""
    return bool(connection.info.pop(_WRITTEN, False))


def _write(connection: Connection) -> None:
    noted = connection.info.pop(_NOTED, None)
    connection.info.pop(_MARKS, None)
    if not noted:
        return
    is_postgres = connection.dialect.name == "postgresql"
    if is_postgres:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    now = SystemClock().now()
    told = {conversation for kind, conversation, _, _ in noted if kind == "message.created"}
    rows = [
        {"kind": kind, "conversation_id": conversation, "message_id": message, "payload": payload, "created_at": now}
        for (kind, conversation, message, _), payload in noted.items()
        if not (kind == "conversation.updated" and conversation in told)  # a message tells of its conversation too
    ]
    connection.execute(_NEW, rows)
    if is_postgres:
        connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
    connection.info[_WRITTEN] = True


def _forget(connection: Connection) -> None:
    if connection.invalidated:  # what it had noted went with it
        return
    connection.info.pop(_NOTED, None)
    connection.info.pop(_MARKS, None)


def _mark(connection: Connection, _name: str | None) -> None:
    """What was noted when a savepoint began; savepoints have no name yet at this moment, so they are a stack."""
    connection.info.setdefault(_MARKS, []).append(dict(connection.info.get(_NOTED, {})))


def _return_to(connection: Connection, _name: str, _context: object) -> None:
    if not connection.invalidated and connection.info.get(_MARKS):
        connection.info[_NOTED] = connection.info[_MARKS].pop()


def _keep(connection: Connection, _name: str, _context: object) -> None:
    if not connection.invalidated and connection.info.get(_MARKS):
        connection.info[_MARKS].pop()


def last_event(connection: Connection) -> int:
    """The newest id; a page reads it before its rows."""
    return int(connection.execute(_LAST).scalar_one())


def first_event(connection: Connection) -> int:
    """The oldest id kept, 0 when there is none: a cursor behind it has missed something."""
    return int(connection.execute(_FIRST).scalar_one())


def events_after(connection: Connection, cursor: int, most: int = 500) -> list[LiveEvent]:
    return [LiveEvent(*row) for row in connection.execute(_AFTER, {"cursor": cursor, "most": most})]


def prune_events(connection: Connection, now: datetime) -> int:
    """Drop what no page can still ask for; the newest row stays, so that ids go on from it on SQLite."""
    newest = last_event(connection)
    old = (ui_event.c.created_at < now - KEPT) | (ui_event.c.id <= newest - MOST_KEPT)
    return connection.execute(delete(ui_event).where(old, ui_event.c.id < newest)).rowcount


def tell(connection: Connection, payload: str) -> None:
    """Something fleeting for the other processes (PostgreSQL only); at most 8000 bytes."""
    connection.execute(text("SELECT pg_notify(:channel, :payload)"), {"channel": CHANNEL, "payload": payload})
