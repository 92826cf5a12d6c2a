"""Durable timers: what is to happen at a moment, done once, whatever happens to the process meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.storage.service.tables import timer
from bot.storage.tables import insert_into
from core.conversation import ConversationId
from core.event import TimerDue

_DUE = (
    select(timer)
    .where(timer.c.due_at <= bindparam("now"))
    .order_by(timer.c.due_at, timer.c.id)
    .limit(bindparam("most"))
)
_DROP = delete(timer).where(timer.c.kind == bindparam("its_kind"), timer.c.key == bindparam("its_key"))
_upserts: dict[str, Any] = {}


def _upsert(connection: Connection) -> Any:
    """Made once for each kind of database: hardly a message comes without a timer being set."""
    name = connection.dialect.name
    if name not in _upserts:
        new = insert_into(connection, timer)
        moved = {key: new.excluded[key] for key in ("conversation_id", "due_at", "payload")}
        _upserts[name] = new.on_conflict_do_update(index_elements=["kind", "key"], set_=moved)
    return _upserts[name]


def set_timer(
    connection: Connection,
    kind: str,
    key: str,
    due_at: datetime,
    conversation_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """One timer of a kind for each key: setting it again moves it."""
    values = {"conversation_id": conversation_id, "due_at": due_at, "payload": dict(payload or {})}
    connection.execute(_upsert(connection), {"kind": kind, "key": key, **values})


def drop_timer(connection: Connection, kind: str, key: str) -> bool:
    """Whether there was one."""
    return bool(connection.execute(_DROP, {"its_kind": kind, "its_key": key}).rowcount)


def drop_timers_of(connection: Connection, conversation_id: int, kinds: Sequence[str]) -> None:
    connection.execute(delete(timer).where(timer.c.conversation_id == conversation_id, timer.c.kind.in_(kinds)))


def find_timer(connection: Connection, kind: str, key: str) -> TimerDue | None:
    row = connection.execute(select(timer).where(timer.c.kind == kind, timer.c.key == key)).one_or_none()
    return _read(row) if row is not None else None


def due_timers(connection: Connection, now: datetime, most: int = 200) -> list[TimerDue]:
    """What is due, longest ago first."""
    return [_read(row) for row in connection.execute(_DUE, {"now": now, "most": most})]


def end_timer(connection: Connection, due: TimerDue) -> bool:
    """Take it out, within the transaction of its effect; False: it was moved, dropped or fired meanwhile."""
    ended = delete(timer).where(timer.c.id == due.timer_id, timer.c.due_at == due.due_at)
    return bool(connection.execute(ended).rowcount)


def postpone_timer(connection: Connection, due: TimerDue, until: datetime) -> None:
    """Unless it was moved, dropped or fired meanwhile."""
    where = (timer.c.id == due.timer_id, timer.c.due_at == due.due_at)
    connection.execute(update(timer).where(*where).values(due_at=until))


def _read(row: Any) -> TimerDue:
    conversation_id = ConversationId(row.conversation_id) if row.conversation_id is not None else None
    return TimerDue(row.id, row.kind, row.key, row.due_at, conversation_id, row.payload)
