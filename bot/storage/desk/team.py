"""Operators and the queue as assignment and the leads' commands see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from bot.storage.desk.tables import operator_skill
from bot.storage.messages import NEVER_LEFT
from bot.storage.operators import read_operator
from bot.storage.tables import conversation, customer, message, operator
from core.conversation import ConversationId, OperatorId, Status
from handoff.assignment import Candidate
from handoff.board import Board, QueueRow, TeamRow
from handoff.operators import AWAY, Presence
from handoff.queue import Priority, Waiting, in_order

_HAS_GONE = operator.c.presence.in_([presence.value for presence in AWAY]) | operator.c.is_active.is_(False)
_HELD = and_(conversation.c.status == Status.ASSIGNED.value, conversation.c.operator_id.is_not(None))
_SAYS_PRESENCE = (
    select(operator.c.id).where(operator.c.is_active, operator.c.presence != Presence.MANUAL.value).limit(1)
)


def says_presence(connection: Connection) -> bool:
    """Whether any operator tells whether they are there; without one nothing is given out or taken back."""
    return connection.execute(_SAYS_PRESENCE).scalar_one_or_none() is not None


def candidates(connection: Connection) -> list[Candidate]:
    """Every active operator, with the load of now."""
    loads = _counts(connection, _HELD & conversation.c.snoozed_until.is_(None), conversation.c.operator_id)
    skills = _skills(connection)
    return [
        Candidate(
            OperatorId(row.id),
            row.level,
            row.capacity,
            loads.get(row.id, 0),
            Presence(row.presence),
            frozenset(skills[row.id]),
            row.idle_since,
        )
        for row in connection.execute(select(operator).where(operator.c.is_active).order_by(operator.c.id))
    ]


def waiting(connection: Connection, most: int = 500) -> list[Waiting]:
    """The queue; `previous` is who closed the customer's last conversation."""
    past = conversation.alias("past")
    previous = (
        select(past.c.closed_by_operator_id)
        .where(past.c.customer_id == conversation.c.customer_id, past.c.id < conversation.c.id)
        .where(past.c.closed_by_operator_id.is_not(None))
        .order_by(past.c.id.desc())
        .limit(1)
        .correlate(conversation)
        .scalar_subquery()
    )
    query = (
        select(conversation, customer.c.is_vip, previous.label("previous"))
        .join(customer, customer.c.id == conversation.c.customer_id)
        .where(conversation.c.status == Status.QUEUED.value)
        .order_by(conversation.c.id)
        .limit(most)
    )
    return [_waiting(row) for row in connection.execute(query)]


def _waiting(row: Any) -> Waiting:
    return Waiting(
        ConversationId(row.id),
        row.queued_at or row.opened_at,
        Priority(row.priority),
        row.is_vip,
        row.level,
        row.category,
        OperatorId(row.previous) if row.previous is not None else None,
        OperatorId(row.returned_by_id) if row.returned_by_id is not None else None,
    )


def lock_operator(connection: Connection, number: OperatorId) -> None:
    """Until the end of the transaction nobody else counts or changes what this operator holds by assignment."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(operator.c.id).where(operator.c.id == number).with_for_update())


def load_of(connection: Connection, number: OperatorId) -> int:
    query = select(func.count()).select_from(conversation)
    return connection.execute(
        query.where(_HELD, conversation.c.operator_id == number, conversation.c.snoozed_until.is_(None))
    ).scalar_one()


def held_by_absent(connection: Connection, most: int = 100) -> list[tuple[ConversationId, OperatorId]]:
    """Conversations whose operator is away; what rests until a promised time stays with who promised."""
    query = (
        select(conversation.c.id, conversation.c.operator_id)
        .join(operator, operator.c.id == conversation.c.operator_id)
        .where(_HELD, conversation.c.snoozed_until.is_(None))
        .where(_HAS_GONE)
        .order_by(conversation.c.id)
        .limit(most)
    )
    return [(ConversationId(row.id), OperatorId(row.operator_id)) for row in connection.execute(query)]


def is_away(connection: Connection, number: OperatorId) -> bool:
    query = select(operator.c.id).where(operator.c.id == number, _HAS_GONE)
    return connection.execute(query).one_or_none() is not None


def silent_operators(connection: Connection, since: datetime) -> list[OperatorId]:
    """Operators said to be there, unheard of since that moment while a customer of theirs waits for an answer."""
    last = message.alias("last")
    newest = (
        select(func.max(last.c.id))
        .where(last.c.conversation_id == conversation.c.id, last.c.author.in_(("customer", "operator", "outside")))
        .where(last.c.kind.not_in(("note", *NEVER_LEFT)))
        .correlate(conversation)
        .scalar_subquery()
    )
    query = (
        select(operator.c.id)
        .distinct()
        .join(conversation, conversation.c.operator_id == operator.c.id)
        .join(message, message.c.id == newest)
        .where(operator.c.presence.in_((Presence.ONLINE.value, Presence.BREAK.value)))
        .where(operator.c.seen_at.is_(None) | (operator.c.seen_at < since))
        .where(operator.c.idle_since.is_(None) | (operator.c.idle_since < since))  # had some time to answer
        .where(_HELD, conversation.c.snoozed_until.is_(None))
        .where(message.c.author == "customer", message.c.created_at < since)
    )
    return [OperatorId(number) for number in connection.execute(query).scalars()]


def conversations_of(connection: Connection, number: OperatorId) -> int:
    query = select(func.count()).select_from(conversation).where(_HELD, conversation.c.operator_id == number)
    return connection.execute(query).scalar_one()


def touch_idle(connection: Connection, numbers: Iterable[OperatorId], now: datetime) -> None:
    """A conversation came to these operators or left them."""
    connection.execute(update(operator).where(operator.c.id.in_(list(numbers))).values(idle_since=now))


def set_skills(connection: Connection, number: OperatorId, categories: Iterable[str]) -> None:
    """The categories an operator serves; none: all of them."""
    connection.execute(delete(operator_skill).where(operator_skill.c.operator_id == number))
    for category in sorted({" ".join(one.split()) for one in categories} - {""}):
        connection.execute(insert(operator_skill).values(operator_id=number, category=category))


def skills_of(connection: Connection, number: OperatorId) -> tuple[str, ...]:
    return tuple(_skills(connection)[number])


def read_board(connection: Connection, day_began: datetime) -> Board:
    """Who waits, in the order of service, and who is there; `closed` counts since `day_began`."""
    order = {one.id: place for place, one in enumerate(in_order(waiting(connection, 5000)))}
    query = select(conversation, customer.c.is_vip, customer.c.name).join(
        customer, customer.c.id == conversation.c.customer_id
    )
    rows = list(connection.execute(query.where(conversation.c.status == Status.QUEUED.value)))
    queue = [
        QueueRow(
            ConversationId(row.id),
            row.name,
            row.channel,
            row.level,
            row.priority,
            row.is_vip,
            row.category,
            row.queued_at or row.opened_at,
        )
        for row in sorted(rows, key=lambda row: order.get(row.id, len(order)))
    ]
    return Board(tuple(queue), tuple(_team(connection, day_began)))


def _team(connection: Connection, day_began: datetime) -> list[TeamRow]:
    by_operator = conversation.c.operator_id
    loads = _counts(connection, _HELD & conversation.c.snoozed_until.is_(None), by_operator)
    snoozed = _counts(connection, _HELD & conversation.c.snoozed_until.is_not(None), by_operator)
    closed = _counts(connection, conversation.c.closed_at >= day_began, conversation.c.closed_by_operator_id)
    skills = _skills(connection)
    rows = connection.execute(select(operator).where(operator.c.is_active).order_by(operator.c.login))
    return [
        TeamRow(
            read_operator(row),
            row.capacity,
            loads.get(row.id, 0),
            snoozed.get(row.id, 0),
            closed.get(row.id, 0),
            tuple(skills[row.id]),
        )
        for row in rows
    ]


def _counts(connection: Connection, where: Any, by: Any) -> dict[int, int]:
    query = select(by, func.count()).where(where, by.is_not(None)).group_by(by)
    return {row[0]: row[1] for row in connection.execute(query)}


def all_skills(connection: Connection) -> dict[int, list[str]]:
    """By operator; who is not there serves all categories."""
    return dict(_skills(connection))


def _skills(connection: Connection) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(select(operator_skill).order_by(operator_skill.c.category)):
        found[row.operator_id].append(row.category)
    return found
