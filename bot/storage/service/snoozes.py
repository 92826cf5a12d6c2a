"""When conversations rested until a promised moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from bot.storage.service.tables import snooze
from core.conversation import ConversationId

_MOST = 500  # conversations in one statement


def note_snooze(connection: Connection, conversation_id: ConversationId, now: datetime, *, is_asleep: bool) -> None:
    """It begins or ends; one put off once more goes on."""
    runs = (snooze.c.conversation_id == conversation_id, snooze.c.ended_at.is_(None))
    if not is_asleep:
        connection.execute(update(snooze).where(*runs).values(ended_at=now))
    elif connection.execute(select(snooze.c.id).where(*runs)).first() is None:
        connection.execute(insert(snooze).values(conversation_id=conversation_id, began_at=now))


def snoozes_of(connection: Connection, numbers: Sequence[int]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """From when to when, of each of these conversations; one that goes on has no end."""
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for start in range(0, len(numbers), _MOST):
        query = select(snooze).where(snooze.c.conversation_id.in_(numbers[start : start + _MOST]))
        for row in connection.execute(query.order_by(snooze.c.id)):
            found.setdefault(row.conversation_id, []).append((row.began_at, row.ended_at))
    return found
