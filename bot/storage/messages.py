"""Messages, where they stand on each side, and what came of the bot's answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.storage.database import add_row
from bot.storage.live.events import note_event
from bot.storage.tables import faq_answer, message, operator, placement
from core.conversation import ConversationId
from core.customer import IdentityId
from core.message import Attachment, AttachmentKind, MessageId

NEVER_LEFT = ("held", "dropped", "undone")  # kinds of what an operator wrote and nobody else got to read
_NEW = insert(message)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message as it is first stored."""

    conversation_id: ConversationId
    identity_id: IdentityId
    author: str
    text: str
    kind: str = "text"
    operator_id: int | None = None
    attachments: tuple[Attachment, ...] = ()
    markup: str = ""
    buttons: list[list[str]] | None = None
    origin_id: str = ""
    reply_to_id: int | None = None


def add_message(connection: Connection, new: NewMessage, now: datetime) -> MessageId:
    values = {
        "conversation_id": new.conversation_id,
        "identity_id": new.identity_id,
        "author": new.author,
        "kind": new.kind,
        "operator_id": new.operator_id,
        "text": new.text.replace("\x00", ""),  # PostgreSQL takes none
        "attachments": write_attachments(new.attachments) or None,
        "markup": new.markup or None,
        "buttons": new.buttons,
        "origin_id": new.origin_id or None,
        "reply_to_id": new.reply_to_id,
        "created_at": now,
    }
    number = add_row(connection, _NEW, values)
    note_event(connection, "message.created", new.conversation_id, number)
    return MessageId(number)


def write_attachments(attachments: Sequence[Attachment]) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in asdict(attachment).items() if value not in ("", None)}
        for attachment in attachments
    ]


def read_attachments(raw: Sequence[dict[str, Any]] | None) -> tuple[Attachment, ...]:
    return tuple(Attachment(**{**one, "kind": AttachmentKind(one["kind"])}) for one in raw or ())


_KNOWN = select(message.c.origin_id).where(
    message.c.identity_id == bindparam("identity"),
    message.c.author == "customer",
    message.c.origin_id.in_(bindparam("origins", expanding=True)),
)


def known_origins(connection: Connection, identity_id: IdentityId, origins: Sequence[str]) -> set[str]:
    """Which of the customer's messages are stored already (a platform may tell of one twice under two keys)."""
    return set(connection.execute(_KNOWN, {"identity": identity_id, "origins": list(origins)}).scalars())


def find_message(connection: Connection, number: int) -> Any:
    """The row, or None."""
    return connection.execute(select(message).where(message.c.id == number)).one_or_none()


def find_by_origin(connection: Connection, identity_id: IdentityId, origin_id: str) -> Any:
    query = select(message).where(message.c.identity_id == identity_id, message.c.origin_id == origin_id)
    return connection.execute(query.order_by(message.c.id.desc()).limit(1)).one_or_none()


def last_customer_origin(connection: Connection, conversation_id: ConversationId) -> str:
    query = select(message.c.origin_id).where(
        message.c.conversation_id == conversation_id, message.c.author == "customer"
    )
    return connection.execute(query.order_by(message.c.id.desc()).limit(1)).scalar_one_or_none() or ""


def answered_since(connection: Connection, conversation_id: ConversationId, since: datetime) -> bool:
    """Whether an operator said something to the customer since that moment."""
    query = select(message.c.id).where(
        message.c.conversation_id == conversation_id,
        message.c.author.in_(("operator", "outside")),
        message.c.kind == "text",
        message.c.created_at >= since,
    )
    return connection.execute(query.limit(1)).scalar_one_or_none() is not None


def change_message(connection: Connection, number: int, **values: object) -> None:
    if isinstance(values.get("text"), str):
        values["text"] = str(values["text"]).replace("\x00", "")
    connection.execute(update(message).where(message.c.id == number).values(**values))
    note_event(connection, "message.updated", None, number)


_HELD = select(message.c.id).where(message.c.conversation_id == bindparam("conversation"), message.c.kind == "held")


def drop_held(connection: Connection, conversation_id: ConversationId) -> None:
    """What still waited for a confirmation never leaves: nobody is asked for it any more."""
    for number in connection.execute(_HELD, {"conversation": conversation_id}).scalars().all():
        change_message(connection, number, kind="dropped")


_SENT_AS = (
    update(message)
    .where(message.c.id == bindparam("number"), message.c.origin_id.is_(None))
    .values(origin_id=bindparam("origin"))
)


def note_origin(connection: Connection, number: MessageId, origin_id: str) -> None:
    """What the platform called a message we sent; of several parts the first counts."""
    connection.execute(_SENT_AS, {"number": number, "origin": origin_id})


def history(connection: Connection, conversation_id: ConversationId, most: int = 60) -> list[Any]:
    """The last messages of the conversation that were really said, oldest first, with the operators' names."""
    query = (
        select(message, operator.c.name.label("operator_name"), operator.c.login.label("operator_login"))
        .outerjoin(operator, operator.c.id == message.c.operator_id)
        .where(message.c.conversation_id == conversation_id, message.c.kind.not_in(NEVER_LEFT))
        .order_by(message.c.id.desc())
        .limit(most)
    )
    return list(connection.execute(query))[::-1]


# --- where a message stands on the desk ---


_PLACE = insert(placement)
_PLACED_AT = (
    select(message)
    .join(placement, placement.c.message_id == message.c.id)
    .where(placement.c.desk == bindparam("desk"), placement.c.platform_id == bindparam("platform_id"))
    .order_by(placement.c.id)
    .limit(1)
)


def place(connection: Connection, number: int, desk: str, platform_id: str, *, is_shared: bool = False) -> None:
    values = {"message_id": number, "desk": desk, "platform_id": platform_id, "is_shared": is_shared}
    connection.execute(_PLACE, values)


def placements_of(connection: Connection, number: int, desk: str | None = None) -> list[Any]:
    """Where the message stands, in the order it came there; in all groups without `desk`."""
    query = select(placement).where(placement.c.message_id == number)
    query = query if desk is None else query.where(placement.c.desk == desk)
    return list(connection.execute(query.order_by(placement.c.id)))


def placed_at(connection: Connection, desk: str, platform_id: str) -> Any:
    """The message that stands at this place of the desk, or None; of merged ones the first."""
    return connection.execute(_PLACED_AT, {"desk": desk, "platform_id": platform_id}).one_or_none()


# --- the bot's answers ---

_ANSWER = insert(faq_answer)


def add_answer(
    connection: Connection,
    conversation_id: ConversationId,
    message_id: MessageId,
    *,
    question: str,
    decision: str,
    entry: str,
    score: float | None,
    matches: Sequence[tuple[str, float]],
    now: datetime,
) -> None:
    connection.execute(
        _ANSWER,
        {
            "conversation_id": conversation_id,
            "message_id": message_id,
            "question": question[:4000].replace("\x00", ""),
            "decision": decision,
            "entry_key": entry or None,
            "score": score,
            "matches": [list(pair) for pair in matches],
            "created_at": now,
        },
    )


def question_of(connection: Connection, conversation_id: ConversationId, under: MessageId | None) -> str:
    """The question that a press under a message is about: that of the message, else the last one that found nothing.

    "" when there is none, and for what no press has brought.
    """
    if under is None:
        return ""
    own = select(faq_answer.c.question).where(faq_answer.c.message_id == under)
    question = connection.execute(own.order_by(faq_answer.c.id).limit(1)).scalar()
    if question is not None:
        return str(question)
    query = select(faq_answer).where(faq_answer.c.conversation_id == conversation_id)
    last = connection.execute(query.order_by(faq_answer.c.id.desc()).limit(1)).one_or_none()
    return str(last.question) if last is not None and last.decision == "none" else ""


def note_outcome(connection: Connection, message_id: MessageId, outcome: str) -> None:
    """Helped or refused; the last word of the customer counts."""
    connection.execute(update(faq_answer).where(faq_answer.c.message_id == message_id).values(outcome=outcome))
