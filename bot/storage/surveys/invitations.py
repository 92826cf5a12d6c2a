"""Invitations to surveys and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.storage.database import add_row
from bot.storage.surveys.subjects import subject_of
from bot.storage.surveys.tables import invitation, survey_answer
from bot.storage.tables import conversation
from core.conversation import ConversationId, OperatorId
from core.customer import CustomerId, IdentityId
from surveys.figures.days import number_of
from surveys.interview import Given
from surveys.invitation import Invitation, State


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An asking as it is first stored; `zone` says which of the company's days it belongs to.

    `operator_id` held the conversation when it was closed: the score is theirs, whatever happens later.
    """

    customer_id: CustomerId
    zone: tzinfo
    channel: str
    conversation_id: ConversationId | None = None
    identity_id: IdentityId | None = None
    operator_id: OperatorId | None = None
    survey: str = "csi"
    version: int = 1
    state: State = State.ASKED
    expires_at: datetime | None = None


def add_invitation(connection: Connection, new: NewInvitation, now: datetime) -> int:
    """Under the line of support and the subject that are true at this moment."""
    number = new.conversation_id
    level = select(conversation.c.level).where(conversation.c.id == number, conversation.c.queued_at.is_not(None))
    values = {
        "survey": new.survey,
        "version": new.version,
        "state": new.state.value,
        "conversation_id": number,
        "customer_id": new.customer_id,
        "identity_id": new.identity_id,
        "operator_id": new.operator_id,
        "channel": new.channel,
        "level": connection.execute(level).scalar() if number is not None else None,
        "category": subject_of(connection, number) if number is not None else "",
        "sent_day": number_of(now.astimezone(new.zone).date()),
        "sent_at": now,
        "expires_at": new.expires_at,
        "ended_at": now if new.state is State.HELD_OUT else None,
    }
    return add_row(connection, insert(invitation), values)


def last_invitation(connection: Connection, conversation_id: ConversationId) -> Invitation | None:
    """The conversation's closing question."""
    query = select(invitation).where(invitation.c.conversation_id == conversation_id, invitation.c.survey == "csi")
    return _read(connection.execute(query.order_by(invitation.c.id.desc()).limit(1)).one_or_none())


def find_invitation(connection: Connection, number: int, customer_id: CustomerId) -> Invitation | None:
    """The customer's own invitation; a press may come from an old keyboard, or be forged."""
    query = select(invitation).where(invitation.c.id == number, invitation.c.customer_id == customer_id)
    return _read(connection.execute(query).one_or_none())


def write_invitation(connection: Connection, now_is: Invitation) -> None:
    connection.execute(
        update(invitation)
        .where(invitation.c.id == now_is.id)
        .values(
            state=now_is.state.value,
            step=now_is.step,
            ended_at=now_is.ended_at,
            score=now_is.score,
            scored_at=now_is.scored_at,
            changed_at=now_is.changed_at,
            reason=now_is.reason,
            comment=now_is.comment,
        )
    )


def hand_on(connection: Connection, number: int, operator_id: int | None) -> None:
    """Somebody else closed the conversation: the score to come is theirs."""
    level = (
        select(conversation.c.level)
        .where(conversation.c.id == invitation.c.conversation_id, conversation.c.queued_at.is_not(None))
        .scalar_subquery()
    )
    connection.execute(update(invitation).where(invitation.c.id == number).values(operator_id=operator_id, level=level))


def write_answer(connection: Connection, invitation_id: int, given: Given, now: datetime) -> None:
    """The last answer to a question counts."""
    values = {"score": given.score, "words": given.words, "answered_at": now}
    at = (survey_answer.c.invitation_id == invitation_id, survey_answer.c.question == given.question)
    if not connection.execute(update(survey_answer).where(*at).values(**values)).rowcount:
        connection.execute(insert(survey_answer).values(invitation_id=invitation_id, question=given.question, **values))


def scores_given(connection: Connection, invitation_id: int) -> dict[str, int]:
    """The scores of an invitation so far, by question."""
    query = select(survey_answer.c.question, survey_answer.c.score).where(
        survey_answer.c.invitation_id == invitation_id, survey_answer.c.score.is_not(None)
    )
    return {row.question: row.score for row in connection.execute(query)}


def expire(connection: Connection, now: datetime) -> int:
    """End what was not answered in time; returns how many. What was answered in part keeps its answers."""
    late = (invitation.c.state == State.ASKED.value, invitation.c.expires_at <= now)
    return connection.execute(update(invitation).where(*late).values(state=State.EXPIRED.value, ended_at=now)).rowcount


def _read(row: Any) -> Invitation | None:
    if row is None:
        return None
    return Invitation(
        id=row.id,
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        operator_id=row.operator_id,
        sent_at=row.sent_at,
        survey=row.survey,
        version=row.version,
        state=State(row.state),
        step=row.step,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        score=row.score,
        scored_at=row.scored_at,
        changed_at=row.changed_at,
        reason=row.reason,
        comment=row.comment,
    )
