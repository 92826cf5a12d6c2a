"""One conversation as a page: its head, its history with delivery marks, and what is known of the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from bot.storage.desk.tags import tags_of
from bot.storage.messages import read_attachments
from bot.storage.tables import conversation, customer, identity, message, operator
from bot.storage.tables import outbox as outbox_table
from core.conversation import ConversationId, Status
from core.delivery import DeliveryState
from core.message import Attachment

PAGE = 60
_answered = message.alias("answered")
_holder = operator.alias("holder")


@dataclass(frozen=True, slots=True)
class Head:
    """Who it is with and how it stands; `newer`: a later conversation of the same address is live."""

    id: int
    status: Status
    customer_id: int
    customer: str
    username: str
    address: str
    channel: str
    is_vip: bool
    is_banned: bool
    is_unreachable: bool
    language: str
    operator_id: int | None
    operator: str
    opened_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    question: str
    newer: int | None
    level: int
    priority: int
    snoozed_until: datetime | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message of the history.

    `mark`: "", sending, retrying, sent, failed, withdrawn; `trouble` says why it failed.
    """

    id: int
    conversation_id: int
    author: str
    kind: str
    operator_id: int | None
    operator: str
    text: str
    attachments: tuple[Attachment, ...]
    buttons: tuple[str, ...]
    answers: str
    created_at: datetime
    edited_at: datetime | None
    mark: str = ""
    trouble: str = ""


def find_head(connection: Connection, number: int) -> Head | None:
    query = (
        select(
            conversation,
            customer.c.name.label("customer_name"),
            customer.c.is_vip,
            customer.c.banned_at,
            identity.c.name.label("identity_name"),
            identity.c.username,
            identity.c.address,
            identity.c.unreachable_at,
            _holder.c.name.label("holder_name"),
            _holder.c.login.label("holder_login"),
        )
        .join(customer, customer.c.id == conversation.c.customer_id)
        .join(identity, identity.c.id == conversation.c.identity_id)
        .outerjoin(
            _holder, _holder.c.id == func.coalesce(conversation.c.operator_id, conversation.c.closed_by_operator_id)
        )
        .where(conversation.c.id == number)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    newer = select(func.max(conversation.c.id)).where(
        conversation.c.identity_id == row.identity_id,
        conversation.c.id > number,
        conversation.c.status != Status.CLOSED.value,
    )
    return _head(row, connection.execute(newer).scalar(), tags_of(connection, ConversationId(number)))


def _head(row: Row[Any], newer: int | None, tags: tuple[str, ...]) -> Head:
    return Head(
        row.id,
        Status(row.status),
        row.customer_id,
        row.customer_name or row.identity_name or row.address,
        row.username,
        row.address,
        row.channel,
        bool(row.is_vip),
        row.banned_at is not None,
        row.unreachable_at is not None,
        row.language,
        row.operator_id,
        row.holder_name or row.holder_login or "",
        row.opened_at,
        row.queued_at,
        row.first_response_at,
        row.closed_at,
        (row.dialogue or {}).get("question", ""),
        newer,
        row.level,
        row.priority,
        row.snoozed_until,
        tags,
    )


_ANSWERED = 200  # characters; 160 are shown, so that a number that has to be hidden is whole where it begins there
_MESSAGES = (
    select(
        message,
        operator.c.name.label("operator_name"),
        operator.c.login.label("operator_login"),
        func.substr(_answered.c.text, 1, _ANSWERED).label("answers"),
    )
    .outerjoin(operator, operator.c.id == message.c.operator_id)
    .outerjoin(_answered, _answered.c.id == message.c.reply_to_id)
)
_SOME_MESSAGES = _MESSAGES.where(message.c.id.in_(bindparam("numbers", expanding=True)))
_DELIVERIES = (
    select(
        outbox_table.c.message_id,
        outbox_table.c.state,
        outbox_table.c.attempts,
        outbox_table.c.error,
        outbox_table.c.reason,
        outbox_table.c.channel,
        outbox_table.c.lane,
    )
    .where(outbox_table.c.message_id.in_(bindparam("numbers", expanding=True)))
    .order_by(outbox_table.c.id)
)


def list_messages(
    connection: Connection, number: int, before: int | None = None, most: int = PAGE
) -> list[ShownMessage]:
    """The newest `most` messages (older than `before`), oldest first."""
    query = _MESSAGES.where(message.c.conversation_id == number)
    if before is not None:
        query = query.where(message.c.id < before)
    rows = connection.execute(query.order_by(message.c.id.desc()).limit(most)).all()[::-1]
    return _with_marks(connection, rows)


def find_messages(connection: Connection, numbers: Sequence[int]) -> dict[int, ShownMessage]:
    rows = connection.execute(_SOME_MESSAGES, {"numbers": numbers}).all()
    return {one.id: one for one in _with_marks(connection, rows)}


def _with_marks(connection: Connection, rows: Sequence[Row[Any]]) -> list[ShownMessage]:
    numbers = [row.id for row in rows if row.author != "customer"]
    marks: dict[int, list[Any]] = {}
    if numbers:
        for found in connection.execute(_DELIVERIES, {"numbers": numbers}):
            if not found.lane.startswith("desk:"):
                marks.setdefault(found.message_id, []).append(found)
    return [_shown(row, marks.get(row.id, [])) for row in rows]


def _shown(row: Row[Any], deliveries: Sequence[Any]) -> ShownMessage:
    # what its author dropped, or took back, never leaves and must not look as if it had
    mark, trouble = ("withdrawn", "") if row.kind in ("dropped", "undone") else _mark(deliveries)
    return ShownMessage(
        row.id,
        row.conversation_id,
        row.author,
        row.kind,
        row.operator_id,
        row.operator_name or row.operator_login or "",
        row.text,
        read_attachments(row.attachments),
        tuple(label for label, _, _ in row.buttons or ()),
        row.answers or "",
        row.created_at,
        row.edited_at,
        mark,
        trouble,
    )


def _mark(deliveries: Sequence[Any]) -> tuple[str, str]:
    """The worst of a message's deliveries counts."""
    states = {found.state for found in deliveries}
    if DeliveryState.WITHDRAWN.value in states:
        return "withdrawn", ""
    failed = {DeliveryState.REFUSED.value, DeliveryState.DEAD.value}
    if states & failed:
        return "failed", next((found.reason or "" for found in deliveries if found.state in failed), "")
    if not states:
        return "", ""
    if states == {DeliveryState.SENT.value}:
        return "sent", ""
    is_again = any(found.attempts and found.state != DeliveryState.SENT.value for found in deliveries)
    return ("retrying" if is_again else "sending"), ""


def last_words(connection: Connection, number: int, most: int = 20) -> list[str]:
    """What the customer said last, oldest first: where suggestions look for what was asked."""
    query = (
        select(message.c.text)
        .where(message.c.conversation_id == number, message.c.author == "customer", message.c.text != "")
        .order_by(message.c.id.desc())
        .limit(most)
    )
    return list(connection.execute(query).scalars())[::-1]


def find_attachment(connection: Connection, number: int, place: int) -> Attachment | None:
    """The attachment of a message by its place, from 0."""
    raw = connection.execute(select(message.c.attachments).where(message.c.id == number)).scalar_one_or_none()
    attachments = read_attachments(raw)
    return attachments[place] if 0 <= place < len(attachments) else None
