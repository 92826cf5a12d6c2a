"""Invitations to surveys and what was answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.storage.database import add_row
from bot.storage.tables import invitation
from core.conversation import ConversationId, OperatorId
from core.customer import CustomerId
from surveys.invitation import Invitation


def add_invitation(
    connection: Connection,
    conversation_id: ConversationId,
    customer_id: CustomerId,
    operator_id: OperatorId | None,
    now: datetime,
) -> int:
    """Ask the closing question once more; the score will belong to `operator_id` whatever happens later."""
    values = {
        "survey": "csi",
        "conversation_id": conversation_id,
        "customer_id": customer_id,
        "operator_id": operator_id,
        "sent_at": now,
    }
    return add_row(connection, insert(invitation), values)


def last_invitation(connection: Connection, conversation_id: ConversationId) -> Invitation | None:
    query = select(invitation).where(invitation.c.conversation_id == conversation_id)
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
            score=now_is.score,
            scored_at=now_is.scored_at,
            changed_at=now_is.changed_at,
            reason=now_is.reason,
            comment=now_is.comment,
        )
    )


def _read(row: Any) -> Invitation | None:
    if row is None:
        return None
    return Invitation(
        id=row.id,
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        operator_id=row.operator_id,
        sent_at=row.sent_at,
        score=row.score,
        scored_at=row.scored_at,
        changed_at=row.changed_at,
        reason=row.reason,
        comment=row.comment,
    )
