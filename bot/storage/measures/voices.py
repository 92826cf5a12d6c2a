"""What customers said with their scores: causes of low ones, their course, praise, and the answers behind a score."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from bot.storage.measures.pages import Behind
from bot.storage.measures.period import WHOLE, Narrowing, Period
from bot.storage.measures.reading import narrow
from bot.storage.surveys.tables import invitation
from bot.storage.tables import customer, metadata, operator
from surveys.figures.days import day_of
from surveys.invitation import State

_MOST = 200


def complaints(connection: Connection, period: Period, where: Narrowing = WHOLE) -> list[tuple[str, str, int]]:
    """Reasons given for low scores, by subject, the most frequent first."""
    query = (
        select(invitation.c.category, invitation.c.reason, func.count())
        .where(period.covers_day(invitation.c.sent_day), invitation.c.reason.is_not(None), *narrow(where, invitation))
        .group_by(invitation.c.category, invitation.c.reason)
        .order_by(func.count().desc(), invitation.c.category, invitation.c.reason)
        .limit(_MOST)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def complaints_course(
    connection: Connection, period: Period, by: str, where: Narrowing = WHOLE
) -> list[tuple[date, str, int]]:
    """How many complained on which day about what; `by`: "category", "reason" or "tag".

    A complaint is a low score with its reason; with several tags it counts under each of them, without any under none.
    """
    tags = metadata.tables["conversation_tag"]  # of the desk's tables, which know those of surveys
    what = tags.c.tag if by == "tag" else invitation.c[by]
    query = select(invitation.c.sent_day, what, func.count()).where(
        period.covers_day(invitation.c.sent_day), invitation.c.reason.is_not(None), *narrow(where, invitation)
    )
    if by == "tag":
        query = query.join(tags, tags.c.conversation_id == invitation.c.conversation_id)
    rows = connection.execute(query.group_by(invitation.c.sent_day, what).order_by(invitation.c.sent_day, what))
    return [(day_of(row[0]), row[1], row[2]) for row in rows]


def low_scores(connection: Connection, period: Period, where: Narrowing = WHOLE) -> Sequence[Any]:
    """Low answers and what was said with them, the newest first: the list to call back."""
    score = invitation.c.score
    is_low = or_(and_(invitation.c.survey == "csi", score <= 3), and_(invitation.c.survey == "nps", score <= 6))
    query = (
        select(
            invitation.c.conversation_id, customer.c.name, invitation.c.survey, score, invitation.c.reason,
            invitation.c.comment, invitation.c.sent_at,
        )
        .join(customer, customer.c.id == invitation.c.customer_id)
        .where(period.covers_day(invitation.c.sent_day), is_low, *narrow(where, invitation))
        .order_by(invitation.c.sent_day.desc(), invitation.c.id.desc())
        .limit(_MOST)
    )  # fmt: skip
    return connection.execute(query).all()


def praise(connection: Connection, period: Period, where: Narrowing = WHOLE) -> Sequence[Any]:
    """The highest scores of the closing question with kind words, the newest first."""
    query = (
        select(invitation.c.conversation_id, customer.c.name, invitation.c.comment, invitation.c.sent_at)
        .join(customer, customer.c.id == invitation.c.customer_id)
        .where(
            period.covers_day(invitation.c.sent_day), invitation.c.survey == "csi", invitation.c.score == 5,
            invitation.c.comment.is_not(None), *narrow(where, invitation),
        )
        .order_by(invitation.c.sent_day.desc(), invitation.c.id.desc())
        .limit(_MOST)
    )  # fmt: skip
    return connection.execute(query).all()


def answered(
    connection: Connection, survey: str, version: int, period: Period, where: Narrowing = WHOLE
) -> tuple[int, list[Behind]]:
    """How many answers a score is made of, and the last of them."""
    given = (
        period.covers_day(invitation.c.sent_day),
        invitation.c.survey == survey,
        invitation.c.version == version,
        invitation.c.state != State.HELD_OUT.value,
        invitation.c.score.is_not(None),
        *narrow(where, invitation),
    )
    total = connection.execute(select(func.count()).select_from(invitation).where(*given)).scalar_one()
    query = (
        select(invitation, customer.c.name, operator.c.name.label("who"), operator.c.login)
        .join(customer, customer.c.id == invitation.c.customer_id)
        .outerjoin(operator, operator.c.id == invitation.c.operator_id)
        .where(*given)
        .order_by(invitation.c.sent_day.desc(), invitation.c.id.desc())
        .limit(_MOST)
    )
    return total, [
        Behind(
            row.conversation_id, row.name, row.channel, row.who or row.login or "", row.category, row.sent_at, row.score
        )
        for row in connection.execute(query)
    ]
