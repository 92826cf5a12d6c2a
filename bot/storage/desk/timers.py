"""Timers: moments kept as rows, so that what was promised is done once, also after the machine was off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from bot.storage.tables import timer
from core.conversation import ConversationId


@dataclass(frozen=True, slots=True)
class DueTimer:
    id: int
    kind: str
    conversation_id: ConversationId
    detail: Mapping[str, Any]


def set_timer(
    connection: Connection, kind: str, conversation_id: ConversationId, due_at: datetime, detail: Mapping[str, object]
) -> None:
    values = {"kind": kind, "conversation_id": conversation_id, "due_at": due_at, "detail": dict(detail)}
    connection.execute(insert(timer).values(**values))


def forget_timers(connection: Connection, conversation_id: ConversationId, kind: str) -> None:
    """Those of the conversation whose kind begins with `kind`."""
    connection.execute(
        delete(timer).where(timer.c.conversation_id == conversation_id, timer.c.kind.startswith(kind, autoescape=True))
    )


def due_timers(connection: Connection, now: datetime, most: int = 100) -> list[DueTimer]:
    query = select(timer).where(timer.c.due_at <= now).order_by(timer.c.due_at, timer.c.id).limit(most)
    return [DueTimer(row.id, row.kind, row.conversation_id, row.detail) for row in connection.execute(query)]


def end_timer(connection: Connection, number: int) -> bool:
    """Take the row away, in the transaction that does what is due; False when another hand was first."""
    return connection.execute(delete(timer).where(timer.c.id == number)).rowcount == 1
