"""What customers said with their scores: causes of low ones, their course, praise, and the answers behind a score."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from bot.storage.measures.pages import Behind
from bot.storage.measures.period import WHOLE, Narrowing, Period
from bot.storage.measures.reading import narrow
from bot.storage.surveys.tables import invitation
from bot.storage.tables import customer, metadata, operator
from surveys.figures.days import day_of
from surveys.invitation import State

_MOST = 200


class Complaints(NamedTuple):
    """Low scores with a reason: how many of a day were about what."""

    day: date
    category: str  # "": unknown
    reason: str
    number: int


def complaints(connection: Connection, period: Period, where: Narrowing = WHOLE) -> list[Complaints]:
    columns = (invitation.c.sent_day, invitation.c.category, invitation.c.reason)
    query = (
        select(*columns, func.count())
        .where(period.covers_day(invitation.c.sent_day), invitation.c.reason.is_not(None), *narrow(where, invitation))
        .group_by(*columns)
        .order_by(*columns)
    )
    return [Complaints(day_of(row[0]), row[1], row[2], row[3]) for row in connection.execute(query)]


def complaints_by_tag(connection: Connection, period: Period, where: Narrowing = WHOLE) -> list[tuple[date, str, int]]:
    """How many of a day by tag of the conversation; with several tags it counts under each, without any under none."""
    tags = metadata.tables["conversation_tag"]  # of the desk's tables, which know those of surveys
    query = (
        select(invitation.c.sent_day, tags.c.tag, func.count())
        .join(tags, tags.c.conversation_id == invitation.c.conversation_id)
        .where(period.covers_day(invitation.c.sent_day), invitation.c.reason.is_not(None), *narrow(where, invitation))
        .group_by(invitation.c.sent_day, tags.c.tag)
        .order_by(invitation.c.sent_day, tags.c.tag)
    )
    return [(day_of(row[0]), row[1], row[2]) for row in connection.execute(query)]


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
