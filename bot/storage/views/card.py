"""What the panel beside a conversation tells: what the bot showed, how it went before, where the customer is met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.storage.surveys.tables import invitation
from bot.storage.tables import conversation, faq_answer, faq_entry, identity
from bot.storage.views.conversation import Head
from core.conversation import Status


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry the bot showed, and what came of it: "", helped, refused."""

    key: str
    question: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Past:
    id: int
    opened_at: datetime
    status: Status
    question: str
    score: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """What the panel beside a conversation tells."""

    shown: tuple[ShownEntry, ...]
    past: tuple[Past, ...]
    past_count: int
    first_at: datetime
    score: int | None
    channels: tuple[tuple[str, str], ...]


def find_card(connection: Connection, head: Head) -> Card:
    shown = connection.execute(
        select(faq_answer.c.entry_key, faq_entry.c.question, faq_answer.c.outcome)
        .join(faq_entry, faq_entry.c.key == faq_answer.c.entry_key)
        .where(faq_answer.c.conversation_id == head.id)
        .order_by(faq_answer.c.id)
        .limit(20)
    ).all()
    past = connection.execute(
        select(conversation.c.id, conversation.c.opened_at, conversation.c.status, conversation.c.dialogue, SCORE)
        .where(conversation.c.customer_id == head.customer_id, conversation.c.id != head.id)
        .order_by(conversation.c.id.desc())
        .limit(6)
    ).all()
    count = select(func.count()).where(conversation.c.customer_id == head.customer_id, conversation.c.id != head.id)
    first = select(func.min(conversation.c.opened_at)).where(conversation.c.customer_id == head.customer_id)
    own = select(func.max(invitation.c.score)).where(invitation.c.conversation_id == head.id)
    places = select(identity.c.channel, identity.c.username).where(identity.c.customer_id == head.customer_id)
    first_at = connection.execute(first).scalar_one()
    return Card(
        tuple(ShownEntry(row.entry_key, row.question, row.outcome or "") for row in shown),
        tuple(
            Past(row.id, row.opened_at, Status(row.status), (row.dialogue or {}).get("question", ""), row.score)
            for row in past
        ),
        connection.execute(count).scalar_one(),
        first_at if isinstance(first_at, datetime) else datetime.fromisoformat(first_at),
        connection.execute(own).scalar(),
        tuple((row.channel, row.username) for row in connection.execute(places)),
    )


SCORE = (
    select(func.max(invitation.c.score))
    .where(invitation.c.conversation_id == conversation.c.id)
    .scalar_subquery()
    .label("score")
)
