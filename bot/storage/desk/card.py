"""What the card tells of a customer besides the conversation itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from bot.storage.desk.tags import tags_of
from bot.storage.surveys.tables import invitation
from bot.storage.tables import conversation, faq_answer, faq_entry, identity, message, operator
from core.conversation import Conversation

_SHOWN_PAST = 3
_SCORES = 5


@dataclass(frozen=True, slots=True)
class PastConversation:
    number: int
    opened_at: datetime
    question: str
    score: int | None


@dataclass(frozen=True, slots=True)
class CardFacts:
    """`shown`: question of the entry and its outcome ("", helped, refused); `scores`: the last ones, newest first.

    `others`: the customer's other addresses, as channel and name; `came_by`: what the link carried that first
    brought them; `since`: their first contact; `holder`: who has the conversation now, if anybody.
    """

    shown: tuple[tuple[str, str], ...]
    past: tuple[PastConversation, ...]
    past_count: int
    scores: tuple[int, ...]
    tags: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    came_by: str
    since: datetime | None
    holder: str
    username: str
    channel: str
    is_unreachable: bool


def card_facts(connection: Connection, about: Conversation) -> CardFacts:
    addresses = connection.execute(
        select(identity).where(identity.c.customer_id == about.customer_id).order_by(identity.c.id)
    ).all()
    own = next(row for row in addresses if row.id == about.identity_id)
    past, count = _past(connection, about)
    return CardFacts(
        _shown(connection, about),
        past,
        count,
        _scores(connection, about),
        tags_of(connection, about.id),
        tuple((row.channel, row.name or row.address) for row in addresses if row.id != own.id),
        _came_by(connection, [row.id for row in addresses]),
        min(row.created_at for row in addresses),
        _holder(connection, about),
        own.username,
        own.channel,
        own.unreachable_at is not None,
    )


def _shown(connection: Connection, about: Conversation) -> tuple[tuple[str, str], ...]:
    rows = connection.execute(
        select(faq_entry.c.question, faq_answer.c.outcome)
        .join(faq_entry, faq_entry.c.key == faq_answer.c.entry_key)
        .where(and_(faq_answer.c.conversation_id == about.id, faq_answer.c.entry_key.is_not(None)))
        .order_by(faq_answer.c.id)
    )
    return tuple((row.question, row.outcome or "") for row in rows)


def _past(connection: Connection, about: Conversation) -> tuple[tuple[PastConversation, ...], int]:
    earlier = and_(conversation.c.customer_id == about.customer_id, conversation.c.id < about.id)
    score = (
        select(func.max(invitation.c.score))
        .where(invitation.c.conversation_id == conversation.c.id)
        .correlate(conversation)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(conversation.c.id, conversation.c.opened_at, conversation.c.dialogue, score.label("score"))
        .where(earlier)
        .order_by(conversation.c.id.desc())
        .limit(_SHOWN_PAST)
    )
    count = connection.execute(select(func.count()).select_from(conversation).where(earlier)).scalar_one()
    listed = [
        PastConversation(row.id, row.opened_at, (row.dialogue or {}).get("question", ""), row.score) for row in rows
    ]
    return tuple(listed), count


def _scores(connection: Connection, about: Conversation) -> tuple[int, ...]:
    query = select(invitation.c.score).where(
        invitation.c.customer_id == about.customer_id, invitation.c.score.is_not(None), invitation.c.survey == "csi"
    )
    return tuple(connection.execute(query.order_by(invitation.c.id.desc()).limit(_SCORES)).scalars())


def _came_by(connection: Connection, identities: list[int]) -> str:
    query = select(message.c.text).where(
        message.c.identity_id.in_(identities), message.c.author == "customer", message.c.text.like("/start %")
    )
    found = connection.execute(query.order_by(message.c.id).limit(1)).scalar_one_or_none()
    return found.removeprefix("/start ").strip() if found else ""


def _holder(connection: Connection, about: Conversation) -> str:
    if about.operator_id is None:
        return ""
    row = connection.execute(
        select(operator.c.name, operator.c.login).where(operator.c.id == about.operator_id)
    ).one_or_none()
    return (row.name or row.login) if row is not None else ""
