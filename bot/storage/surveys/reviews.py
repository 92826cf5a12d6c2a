"""Reviews: which conversations a supervisor looks at, and what they were worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, func, insert, select, update

from bot.storage.surveys.tables import conversation_fact, review
from bot.storage.tables import operator
from core.conversation import ConversationId
from core.errors import Conflict, NotFound
from surveys.figures.days import number_of
from surveys.quality import Scorecard, draw, percent, read_scorecard, write_scorecard


@dataclass(frozen=True, slots=True)
class Review:
    id: int
    conversation_id: int
    operator: str
    week: str
    scorecard: Scorecard
    marks: Mapping[str, int] | None
    percent: float | None
    words: str
    ended_at: datetime | None = None


def week_of(day: date) -> str:
    """2025-W10, as calendars of ISO 8601 count."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def draw_sample(connection: Connection, day: date, each: int, card: Scorecard, now: datetime) -> int:
    """Of the week of `day`, so many closed conversations of each operator; returns how many were added.

    Drawn again, it fills up to the number and changes nothing else. The facts have to be up to date.
    """
    monday = day - timedelta(days=day.weekday())
    week = week_of(day)
    counted = select(review.c.operator_id, func.count().label("number")).where(review.c.week == week)
    had = {row.operator_id: row.number for row in connection.execute(counted.group_by(review.c.operator_id))}
    known = exists().where(review.c.conversation_id == conversation_fact.c.conversation_id)
    query = select(conversation_fact.c.operator_id, conversation_fact.c.conversation_id).where(
        conversation_fact.c.closed_day.between(number_of(monday), number_of(monday + timedelta(days=6))),
        conversation_fact.c.operator_id.is_not(None),
        conversation_fact.c.response_ms.is_not(None),
        ~known,
    )
    held: dict[int, list[int]] = {}
    for row in connection.execute(query):
        held.setdefault(row.operator_id, []).append(row.conversation_id)
    rows = [
        {
            "conversation_id": number,
            "operator_id": who,
            "week": week,
            "scorecard": write_scorecard(card),
            "drawn_at": now,
        }
        for who, numbers in sorted(held.items())
        for number in draw(numbers, max(0, each - had.get(who, 0)), week)
    ]
    if rows:
        connection.execute(insert(review), rows)
    return len(rows)


def list_reviews(connection: Connection, *, is_open: bool | None = True, most: int = 200) -> list[Review]:
    """The oldest first; `is_open` None: all of them."""
    query = (
        select(review, operator.c.login)
        .join(operator, operator.c.id == review.c.operator_id)
        .order_by(review.c.id)
        .limit(most)
    )
    if is_open is not None:
        query = query.where(review.c.ended_at.is_(None) if is_open else review.c.ended_at.is_not(None))
    return [_read(row) for row in connection.execute(query)]


def find_review(connection: Connection, number: int) -> Review:
    """Raises NotFound."""
    return _read(_row(connection, number))


def reviews_of(connection: Connection, operator_id: int, first: datetime, last: datetime) -> list[Review]:
    """What was said of an operator's work in the time, the newest first."""
    query = (
        select(review, operator.c.login)
        .join(operator, operator.c.id == review.c.operator_id)
        .where(review.c.operator_id == operator_id, review.c.ended_at >= first, review.c.ended_at < last)
        .order_by(review.c.ended_at.desc())
    )
    return [_read(row) for row in connection.execute(query)]


def mark_review(
    connection: Connection, number: int, reviewer_id: int, marks: Mapping[str, int], words: str, now: datetime
) -> float:
    """What it was worth, in per cent; may be corrected later. Raises NotFound, Conflict for one's own work."""
    row = _row(connection, number)
    if row.operator_id == reviewer_id:
        raise Conflict("nobody reviews their own conversation")
    worth = percent(read_scorecard(row.scorecard), marks)
    values = {"marks": dict(marks), "percent": worth, "words": words.strip()[:4000] or None, "reviewer_id": reviewer_id}
    connection.execute(update(review).where(review.c.id == number).values(ended_at=now, **values))
    return worth


def reviewed(connection: Connection, number: int) -> ConversationId:
    """Which conversation a review is about. Raises NotFound."""
    found = connection.execute(select(review.c.conversation_id).where(review.c.id == number)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"there is no review {number}; see: otklik review list")
    return ConversationId(found)


def worth_by_operator(connection: Connection, first: datetime, last: datetime) -> dict[int, tuple[float, int]]:
    """Mean and number of the reviews that ended in the time, by whose work it was."""
    query = (
        select(review.c.operator_id, func.avg(review.c.percent).label("worth"), func.count().label("number"))
        .where(review.c.ended_at >= first, review.c.ended_at < last)
        .group_by(review.c.operator_id)
    )
    return {row.operator_id: (float(row.worth), row.number) for row in connection.execute(query)}


def _row(connection: Connection, number: int) -> Any:
    query = select(review, operator.c.login).join(operator, operator.c.id == review.c.operator_id)
    row = connection.execute(query.where(review.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"there is no review {number}; see: otklik review list")
    return row


def _read(row: Any) -> Review:
    card = read_scorecard(row.scorecard)
    return Review(
        row.id, row.conversation_id, row.login, row.week, card, row.marks, row.percent, row.words or "", row.ended_at
    )
