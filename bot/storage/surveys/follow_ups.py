"""Dissatisfied customers somebody is to get back to: until when, by whom, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, or_, select, update

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
    owner_id: int | None = None
    owner_name: str = ""
    complaint: str = ""  # the reason the customer chose, if any


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which follow-ups: `owner_id` 0 is nobody's; `seen_by`: an operator's own and nobody's; None: whichever.

    `due_before`: those that are open and overdue at that moment.
    """

    is_open: bool | None = True
    owner_id: int | None = None
    seen_by: int | None = None
    reason: str = ""
    due_before: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        ended, owner = follow_up.c.ended_at, follow_up.c.operator_id
        if self.is_open is not None:
            found.append(ended.is_(None) if self.is_open else ended.is_not(None))
        if self.owner_id is not None:
            found.append(owner == self.owner_id if self.owner_id else owner.is_(None))
        if self.seen_by is not None:
            found.append(or_(owner.is_(None), owner == self.seen_by))
        if self.reason:
            found.append(follow_up.c.reason == self.reason)
        if self.due_before is not None:
            found += [ended.is_(None), follow_up.c.due_at < self.due_before]
        return found


OPEN = Wanted()


def count_follow_ups(connection: Connection, wanted: Wanted = OPEN) -> int:
    return connection.execute(select(func.count()).select_from(follow_up).where(*wanted.conditions())).scalar_one()


def list_follow_ups(connection: Connection, wanted: Wanted = OPEN, *, most: int = 200) -> list[FollowUp]:
    """Due first; of those that have ended the latest first."""
    order = [follow_up.c.ended_at.desc()] if wanted.is_open is False else [follow_up.c.due_at]
    query = (
        select(
            follow_up, invitation.c.survey, invitation.c.score, invitation.c.comment, customer.c.name, operator.c.login,
            operator.c.name.label("operator_name"), invitation.c.reason.label("complaint"),
        )
        .join(invitation, invitation.c.id == follow_up.c.invitation_id)
        .join(customer, customer.c.id == follow_up.c.customer_id)
        .outerjoin(operator, operator.c.id == follow_up.c.operator_id)
        .where(*wanted.conditions())
        .order_by(*order, follow_up.c.id)
        .limit(most)
    )  # fmt: skip
    return [_read(row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Held:
    """A follow-up as far as an act on it needs to know it."""

    owner_id: int | None
    conversation_id: int | None


def hold(connection: Connection, number: int) -> Held:
    """Kept from others until the end of the transaction. Raises NotFound, and Conflict for one that has ended."""
    row = _check_open(connection, number)
    return Held(row.operator_id, row.conversation_id)


def take_follow_up(connection: Connection, number: int, operator_id: int) -> None:
    """Who is going to get back to the customer; may pass from one to another. Raises NotFound, Conflict."""
    _check_open(connection, number)
    connection.execute(update(follow_up).where(follow_up.c.id == number).values(operator_id=operator_id))


def end_follow_up(connection: Connection, number: int, outcome: Outcome, words: str, now: datetime) -> None:
    """What came of it. Raises NotFound, and Conflict for one that has ended."""
    _check_open(connection, number)
    values = {"outcome": outcome.value, "words": words.strip()[:4000] or None, "ended_at": now}
    connection.execute(update(follow_up).where(follow_up.c.id == number).values(**values))


def _check_open(connection: Connection, number: int) -> Row[Any]:
    row = connection.execute(select(follow_up).where(follow_up.c.id == number).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"there is no follow-up {number}; see: otklik followup list")
    if row.ended_at is not None:
        raise Conflict(f"follow-up {number} has ended already")
    return row


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
        row.operator_id,
        row.operator_name or row.login or "",
        row.complaint or "",
    )
