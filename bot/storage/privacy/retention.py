"""Who is forgotten by age: customers who have had nothing to do with us for the time the company keeps things."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from bot.storage.notes import read_note, write_note
from bot.storage.surveys.tables import follow_up
from bot.storage.tables import conversation, customer, identity
from core.conversation import Status

_DONE = "retention:done"  # the day, by the company's clock, on which it was last looked through


@dataclass(frozen=True, slots=True)
class Forgettable:
    customers: int
    conversations: int


def count_forgettable(connection: Connection, before: datetime) -> Forgettable:
    """What would go; nothing does."""
    own = select(func.count()).where(_is_old(before)).select_from(customer)
    talks = select(func.count()).select_from(conversation).where(conversation.c.customer_id.in_(_numbers(before)))
    return Forgettable(connection.execute(own).scalar_one(), connection.execute(talks).scalar_one())


def find_forgettable(connection: Connection, before: datetime, after: int, most: int) -> list[int]:
    """Numbers behind `after`, in their order."""
    query = _numbers(before).where(customer.c.id > after).order_by(customer.c.id).limit(most)
    return list(connection.execute(query).scalars())


def is_forgettable(connection: Connection, number: int, before: datetime) -> bool:
    """Asked again right before erasing, in the same transaction: they may have written meanwhile."""
    return connection.execute(_numbers(before).where(customer.c.id == number)).one_or_none() is not None


def looked_through_on(connection: Connection) -> str:
    return read_note(connection, _DONE) or ""


def note_looked_through(connection: Connection, day: str) -> None:
    write_note(connection, _DONE, day)


def _numbers(before: datetime) -> Select[Any]:
    return select(customer.c.id).where(_is_old(before))


def _is_old(before: datetime) -> ColumnElement[bool]:
    """Silent for so long, nothing open, nobody owes them an answer. A banned customer is kept, or the ban would go.

    A number that was linked into another has no address and is nobody: it goes with that other.
    """
    talk = select(conversation.c.id).where(
        conversation.c.customer_id == customer.c.id,
        or_(conversation.c.status != Status.CLOSED.value, conversation.c.touched_at >= before),
    )
    address = select(identity.c.id).where(identity.c.customer_id == customer.c.id)
    owed = select(follow_up.c.id).where(follow_up.c.customer_id == customer.c.id, follow_up.c.ended_at.is_(None))
    return and_(
        customer.c.erased_at.is_(None),
        customer.c.banned_at.is_(None),
        customer.c.created_at < before,
        address.exists(),
        ~talk.exists(),
        ~owed.exists(),
    )
