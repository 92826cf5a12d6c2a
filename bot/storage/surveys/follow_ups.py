"""Dissatisfied customers somebody is to get back to: until when, by whom, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Row, insert, select, update

from bot.storage.surveys.tables import follow_up, invitation
from bot.storage.tables import customer, operator
from core.errors import Conflict, NotFound


class Outcome(StrEnum):
    SETTLED = "settled"  # the matter is put right
    REACHED = "reached"  # talked with; not more could be done
    UNREACHABLE = "unreachable"
    NEEDLESS = "needless"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """With what it is about, for a list to work from."""

    id: int
    customer_id: int
    customer_name: str
    conversation_id: int | None
    survey: str
    score: int | None
    reason: str  # low_score, detractor
    comment: str
    owner: str  # a login; "" nobody yet
    opened_at: datetime
    due_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    words: str


def open_follow_up(
    connection: Connection, invitation_id: int, reason: str, due_at: datetime, now: datetime
) -> int | None:
    """One for each invitation, however often the vote is changed; None when there is one already."""
    about = connection.execute(select(invitation).where(invitation.c.id == invitation_id)).one()
    known = select(follow_up.c.id).where(follow_up.c.invitation_id == invitation_id)
    if connection.execute(known).scalar_one_or_none() is not None:
        return None
    values = {
        "invitation_id": invitation_id,
        "customer_id": about.customer_id,
        "conversation_id": about.conversation_id,
        "reason": reason,
        "opened_at": now,
        "due_at": due_at,
    }
    return int(connection.execute(insert(follow_up).values(**values).returning(follow_up.c.id)).scalar_one())


def list_follow_ups(
    connection: Connection, *, is_open: bool | None = True, owner_id: int | None = None, most: int = 200
) -> list[FollowUp]:
    """Due first; `is_open` None: all of them."""
    query = (
        select(
            follow_up, invitation.c.survey, invitation.c.score, invitation.c.comment, customer.c.name, operator.c.login
        )
        .join(invitation, invitation.c.id == follow_up.c.invitation_id)
        .join(customer, customer.c.id == follow_up.c.customer_id)
        .outerjoin(operator, operator.c.id == follow_up.c.operator_id)
        .order_by(follow_up.c.due_at, follow_up.c.id)
        .limit(most)
    )
    if is_open is not None:
        ended = follow_up.c.ended_at
        query = query.where(ended.is_(None) if is_open else ended.is_not(None))
    if owner_id is not None:
        query = query.where(follow_up.c.operator_id == owner_id)
    return [_read(row) for row in connection.execute(query)]


def take_follow_up(connection: Connection, number: int, operator_id: int) -> None:
    """Who is going to get back to the customer; may pass from one to another. Raises NotFound, Conflict."""
    _check_open(connection, number)
    connection.execute(update(follow_up).where(follow_up.c.id == number).values(operator_id=operator_id))


def end_follow_up(connection: Connection, number: int, outcome: Outcome, words: str, now: datetime) -> None:
    """What came of it. Raises NotFound, and Conflict for one that has ended."""
    _check_open(connection, number)
    values = {"outcome": outcome.value, "words": words.strip()[:4000] or None, "ended_at": now}
    connection.execute(update(follow_up).where(follow_up.c.id == number).values(**values))


def _check_open(connection: Connection, number: int) -> None:
    row = connection.execute(select(follow_up.c.ended_at).where(follow_up.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"there is no follow-up {number}; see: otklik followup list")
    if row.ended_at is not None:
        raise Conflict(f"follow-up {number} has ended already")


def _read(row: Row[object]) -> FollowUp:
    return FollowUp(
        row.id,
        row.customer_id,
        row.name,
        row.conversation_id,
        row.survey,
        row.score,
        row.reason,
        row.comment or "",
        row.login or "",
        row.opened_at,
        row.due_at,
        row.ended_at,
        Outcome(row.outcome) if row.outcome else None,
        row.words or "",
    )
