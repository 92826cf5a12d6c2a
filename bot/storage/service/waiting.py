"""What the queue looks like to one who waits in it, and how long others waited lately."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from bot.storage.tables import conversation, customer, operator
from core.conversation import Conversation, ConversationId, Status
from handoff.operators import Presence
from handoff.queue import Priority, Waiting, position
from handoff.service.waiting import Crew, Experience

_THERE = tuple(one.value for one in Presence if one not in (Presence.BREAK, Presence.OFFLINE) and one.name != "LOST")
_RECENT = timedelta(days=7)
_MOST = 40  # conversations experience is drawn from: the newest


def place_of(connection: Connection, about: Conversation) -> int | None:
    """The place in the queue of its level, from 1; None when it does not wait."""
    query = (
        select(conversation.c.id, conversation.c.queued_at, conversation.c.priority, customer.c.is_vip)
        .join(customer, customer.c.id == conversation.c.customer_id)
        .where(conversation.c.status == Status.QUEUED.value, conversation.c.level == about.level)
    )
    queue = [
        Waiting(ConversationId(row.id), row.queued_at, Priority(row.priority), row.is_vip, about.level)
        for row in connection.execute(query)
    ]
    return position(about.id, queue)


def crew_of(connection: Connection, level: int) -> Crew:
    """The operators of the level that are there; of all levels where the level has nobody at all."""
    active = operator.c.is_active.is_(True)
    has_level = connection.execute(select(operator.c.id).where(active, operator.c.level == level).limit(1)).first()
    team = and_(active, operator.c.level == level) if has_level else active
    there = select(operator.c.id).where(team, operator.c.presence.in_(_THERE))
    capacity = select(func.coalesce(func.sum(operator.c.capacity), 0)).where(operator.c.id.in_(there))
    load = select(func.count()).where(
        conversation.c.status == Status.ASSIGNED.value,
        conversation.c.operator_id.in_(there),
        conversation.c.snoozed_until.is_(None),
    )
    return Crew(connection.execute(capacity).scalar_one(), connection.execute(load).scalar_one())


def experience_of(connection: Connection, level: int, now: datetime) -> Experience:
    """From the newest conversations of the level within a week."""
    since = now - _RECENT
    handled = (
        select(conversation.c.assigned_at, conversation.c.closed_at)
        .where(conversation.c.closed_at >= since, conversation.c.level == level)
        .where(conversation.c.assigned_at.is_not(None), conversation.c.closed_by == "operator")
        .order_by(conversation.c.closed_at.desc())
        .limit(_MOST)
    )
    handling = [_seconds(row.assigned_at, row.closed_at) for row in connection.execute(handled)]
    return Experience(
        handling,
        [real for _, real in _waits(connection, level, since, is_turn_awaited=False)],
        _waits(connection, level, since, is_turn_awaited=True),
    )


def _waits(connection: Connection, level: int, since: datetime, *, is_turn_awaited: bool) -> list[tuple[float, float]]:
    """Reckoned and real seconds of those who were taken last."""
    reckoned = conversation.c.reckoned_wait_s
    query = (
        select(reckoned, conversation.c.queued_at, conversation.c.assigned_at)
        .where(conversation.c.assigned_at >= since, conversation.c.level == level)
        .where(reckoned > 0 if is_turn_awaited else reckoned == 0)
        .order_by(conversation.c.assigned_at.desc())
        .limit(_MOST)
    )
    return [(row[0], _seconds(row.queued_at, row.assigned_at)) for row in connection.execute(query)]


def note_told(connection: Connection, number: int, **values: Any) -> None:
    """What somebody who waits was told: told_wait_s, reckoned_wait_s, told_position, told_at."""
    connection.execute(update(conversation).where(conversation.c.id == number).values(**values))


def last_told(connection: Connection, number: int) -> tuple[datetime | None, int | None]:
    """When somebody who waits was told where they stand, and which place it was."""
    query = select(conversation.c.told_at, conversation.c.told_position).where(conversation.c.id == number)
    row = connection.execute(query).one()
    return row.told_at, row.told_position


def _seconds(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds())
