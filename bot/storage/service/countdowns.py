"""Countdowns of targets: started, paused, ended; warnings and breaches noted once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.storage.database import add_row
from bot.storage.service.tables import countdown
from core.conversation import Conversation, ConversationId, OperatorId
from handoff.service.targets import Countdown, Target

_NEW = insert(countdown)
_OPEN = select(countdown).where(countdown.c.ended_at.is_(None)).order_by(countdown.c.id)
_OPEN_OF = _OPEN.where(countdown.c.conversation_id == bindparam("conversation"))


@dataclass(frozen=True, slots=True)
class StoredCountdown:
    """A countdown that is not over."""

    id: int
    conversation_id: ConversationId
    countdown: Countdown
    started_at: datetime
    due_at: datetime | None
    level: int
    priority: int
    warned_at: datetime | None = None
    breached_at: datetime | None = None


def start_countdown(
    connection: Connection, about: Conversation, what: Countdown, due_at: datetime | None, now: datetime
) -> StoredCountdown:
    values = {
        "conversation_id": about.id,
        "target": what.target.value,
        "level": about.level,
        "priority": about.priority,
        "started_at": now,
        "running_since": what.running_since,
        "spent_s": what.spent.total_seconds(),
        "limit_s": what.limit.total_seconds() if what.limit is not None else None,
        "due_at": due_at,
    }
    number = add_row(connection, _NEW, values)
    return StoredCountdown(number, about.id, what, now, due_at, about.level, about.priority)


def open_countdowns(connection: Connection, conversation_id: int | None = None) -> list[StoredCountdown]:
    """Those of a conversation, or all, that are not over."""
    if conversation_id is None:
        return [_read(row) for row in connection.execute(_OPEN)]
    return [_read(row) for row in connection.execute(_OPEN_OF, {"conversation": conversation_id})]


def find_countdown(connection: Connection, number: int) -> StoredCountdown | None:
    """None when it is over."""
    row = connection.execute(
        select(countdown).where(countdown.c.id == number, countdown.c.ended_at.is_(None))
    ).one_or_none()
    return _read(row) if row is not None else None


def change_countdown(connection: Connection, number: int, what: Countdown, due_at: datetime | None) -> None:
    """Paused, resumed, or its hours changed."""
    _change(
        connection,
        number,
        running_since=what.running_since,
        spent_s=what.spent.total_seconds(),
        due_at=due_at,
    )


def end_countdown(
    connection: Connection,
    number: int,
    passed: timedelta,
    outcome: str,
    operator_id: OperatorId | None,
    now: datetime,
) -> None:
    values = {"spent_s": passed.total_seconds(), "outcome": outcome, "operator_id": operator_id, "ended_at": now}
    _change(connection, number, running_since=None, **values)


def reopen_countdowns(
    connection: Connection, conversation_id: int, targets: Iterable[str], ended_at: datetime
) -> list[StoredCountdown]:
    """What seemed met (or missed) at that moment is not over after all: it runs on from there."""
    of_it = (
        countdown.c.conversation_id == conversation_id,
        countdown.c.target.in_(list(targets)),
        countdown.c.ended_at == ended_at,
        countdown.c.outcome != "dropped",
    )
    values = {"running_since": ended_at, "ended_at": None, "outcome": None, "operator_id": None}
    connection.execute(update(countdown).where(*of_it).values(**values))
    return [one for one in open_countdowns(connection, conversation_id) if one.countdown.target in targets]


def note_warned(connection: Connection, number: int, now: datetime) -> None:
    _change(connection, number, warned_at=now)


def note_breached(connection: Connection, number: int, now: datetime) -> bool:
    """Recorded once; False when it was before."""
    where = (countdown.c.id == number, countdown.c.breached_at.is_(None))
    return bool(connection.execute(update(countdown).where(*where).values(breached_at=now)).rowcount)


def response_since(countdowns: Iterable[StoredCountdown]) -> StoredCountdown | None:
    """The one that says that a customer waits for a person's answer."""
    return next((one for one in countdowns if one.countdown.target is not Target.RESOLUTION), None)


def _change(connection: Connection, number: int, **values: Any) -> None:
    where = (countdown.c.id == number, countdown.c.ended_at.is_(None))
    connection.execute(update(countdown).where(*where).values(**values))


def _read(row: Any) -> StoredCountdown:
    limit = timedelta(seconds=row.limit_s) if row.limit_s is not None else None
    counting = Countdown(Target(row.target), row.running_since, timedelta(seconds=row.spent_s), limit)
    return StoredCountdown(
        row.id,
        ConversationId(row.conversation_id),
        counting,
        row.started_at,
        row.due_at,
        row.level,
        row.priority,
        row.warned_at,
        row.breached_at,
    )
