"""Conversations, their desk topics, and what the card tells."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from bot.storage.database import add_row
from bot.storage.live.events import note_event
from bot.storage.tables import conversation, topic
from core.conversation import Conversation, ConversationId, Dialogue, OperatorId, Status, check_transition
from core.customer import CustomerId, IdentityId

_TUPLES = ("shown", "refused", "reserve")
_LEFT = datetime(1970, 1, 1, tzinfo=UTC)  # of a topic that was never the conversation's place


def read_conversation(row: Row[Any], prefix: str = "") -> Conversation:
    def value(name: str) -> Any:
        return getattr(row, prefix + name)

    return Conversation(
        ConversationId(value("id")),
        CustomerId(value("customer_id")),
        IdentityId(value("identity_id")),
        value("channel"),
        Status(value("status")),
        value("opened_at"),
        value("operator_id"),
        value("queued_at"),
        value("assigned_at"),
        value("first_response_at"),
        value("closed_at"),
        read_dialogue(value("dialogue")),
        value("level"),
        value("priority"),
        value("category"),
        value("snoozed_until"),
        value("returned_by_id"),
    )


def read_dialogue(raw: dict[str, Any]) -> Dialogue:
    return Dialogue(
        raw.get("question", ""),
        tuple(raw.get("shown", ())),
        tuple(raw.get("refused", ())),
        tuple(raw.get("reserve", ())),
        raw.get("misses", 0),
        raw.get("expects", ""),
    )


def write_dialogue(dialogue: Dialogue, keyboard: dict[str, Any]) -> dict[str, Any]:
    """As stored: only what is set, and the last keyboard shown."""
    raw = {name: value for name in dialogue.__dataclass_fields__ if (value := getattr(dialogue, name))}
    return {**raw, "keyboard": keyboard} if keyboard else raw


_NEW = insert(conversation)


def open_conversation(
    connection: Connection, customer_id: CustomerId, identity_id: IdentityId, channel: str, language: str, now: datetime
) -> Conversation:
    values = {
        "customer_id": customer_id,
        "identity_id": identity_id,
        "channel": channel,
        "status": Status.ACTIVE.value,
        "opened_at": now,
        "touched_at": now,
        "language": language,
        "dialogue": {},
    }
    number = add_row(connection, _NEW, values)
    note_event(connection, "conversation.updated", number)
    return Conversation(ConversationId(number), customer_id, identity_id, channel, Status.ACTIVE, now)


_TOUCH = (
    update(conversation)
    .where(conversation.c.id == bindparam("number"))
    .values(touched_at=bindparam("now"), dialogue=bindparam("state"))
)


def touch(connection: Connection, number: ConversationId, dialogue: dict[str, Any], now: datetime) -> None:
    """Somebody said something; keep where the bot stands."""
    connection.execute(_TOUCH, {"number": number, "now": now, "state": dialogue})


def change_conversation(connection: Connection, number: ConversationId, **values: object) -> None:
    connection.execute(update(conversation).where(conversation.c.id == number).values(**values))
    note_event(connection, "conversation.updated", number)


def move_values(
    before: Conversation, to: Status, operator_id: OperatorId | None, closed_by: str, trigger: str, now: datetime
) -> dict[str, Any]:
    """The columns that a change of status changes; raises Conflict for an unlawful one."""
    check_transition(before.status, to)
    values: dict[str, Any] = {"status": to.value}
    if to is Status.QUEUED:
        values |= {"queued_at": before.queued_at or now, "operator_id": None}
    if to is Status.ASSIGNED:
        # a person stepping in unasked starts the clocks too
        values |= {"queued_at": before.queued_at or now, "operator_id": operator_id}
        values["assigned_at"] = before.assigned_at or now
    if to is Status.CLOSED:
        values |= {"closed_at": now, "closed_by": closed_by, "closed_by_operator_id": operator_id or before.operator_id}
        values["operator_id"] = None
    if before.status is Status.CLOSED and to is not Status.CLOSED:
        values |= {"closed_at": None, "closed_by": None, "reopened_at": now}
    if trigger and before.queued_at is None:
        values["handoff_trigger"] = trigger
    return values


def find_conversation(connection: Connection, number: int) -> Conversation | None:
    row = connection.execute(select(conversation).where(conversation.c.id == number)).one_or_none()
    return read_conversation(row) if row is not None else None


def idle_conversations(
    connection: Connection, before: datetime, most: int = 100
) -> list[tuple[ConversationId, IdentityId]]:
    """Bot-led conversations in which nothing was said since `before`."""
    query = (
        select(conversation.c.id, conversation.c.identity_id)
        .where(conversation.c.status == Status.ACTIVE.value, conversation.c.touched_at < before)
        .limit(most)
    )
    return [(ConversationId(row.id), IdentityId(row.identity_id)) for row in connection.execute(query)]


def newer_live(connection: Connection, of: Conversation) -> int | None:
    """A later conversation of the same address that is not closed."""
    query = select(conversation.c.id).where(
        conversation.c.identity_id == of.identity_id,
        conversation.c.id > of.id,
        conversation.c.status != Status.CLOSED.value,
    )
    return connection.execute(query.order_by(conversation.c.id.desc()).limit(1)).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class TopicRow:
    conversation_id: ConversationId
    desk: str
    topic: str | None
    tried_at: datetime | None
    card_id: str | None
    is_closed: bool
    left_at: datetime | None = None


_TOPIC = select(topic).where(topic.c.conversation_id == bindparam("number"), topic.c.left_at.is_(None))
_TOPIC_AT = select(topic).where(topic.c.conversation_id == bindparam("number"), topic.c.desk == bindparam("desk"))
_BY_TOPIC = select(topic.c.conversation_id).where(topic.c.desk == bindparam("desk"), topic.c.topic == bindparam("name"))


def find_topic(connection: Connection, number: ConversationId) -> TopicRow | None:
    """Where the conversation is shown now; None when it never was."""
    row = connection.execute(_TOPIC, {"number": number}).one_or_none()
    return TopicRow(*row) if row is not None else None


def find_topic_at(connection: Connection, number: ConversationId, desk: str) -> TopicRow | None:
    """Its topic in this group, where it may have been before."""
    row = connection.execute(_TOPIC_AT, {"number": number, "desk": desk}).one_or_none()
    return TopicRow(*row) if row is not None else None


def find_by_topic(connection: Connection, desk: str, name: str) -> ConversationId | None:
    return connection.execute(_BY_TOPIC, {"desk": desk, "name": name}).scalar_one_or_none()


def ensure_topic(connection: Connection, number: ConversationId, desk: str) -> TopicRow:
    """The row of the making; a conversation is in one group at a time, so in any other it comes as left."""
    found = find_topic_at(connection, number, desk)
    if found is None:
        here = find_topic(connection, number)
        left_at = _LEFT if here is not None else None
        connection.execute(insert(topic).values(conversation_id=number, desk=desk, left_at=left_at))
        found = TopicRow(number, desk, None, None, None, False, left_at)
    return found


def move_topic(connection: Connection, number: ConversationId, desk: str, now: datetime) -> TopicRow:
    """From now on the conversation is shown in this group; its topics in others stay known as left."""
    ensure_topic(connection, number, desk)
    of_it = topic.c.conversation_id == number
    connection.execute(
        update(topic).where(of_it, topic.c.desk != desk, topic.c.left_at.is_(None)).values(left_at=now, is_closed=True)
    )
    connection.execute(update(topic).where(of_it, topic.c.desk == desk).values(left_at=None, is_closed=False))
    found = find_topic_at(connection, number, desk)
    assert found is not None
    return found


def outside_groups(connection: Connection, desks: Collection[str]) -> list[ConversationId]:
    """Conversations that go on and are shown in none of these groups."""
    query = (
        select(topic.c.conversation_id)
        .join(conversation, conversation.c.id == topic.c.conversation_id)
        .where(
            conversation.c.status != Status.CLOSED.value, topic.c.left_at.is_(None), topic.c.desk.not_in(list(desks))
        )
    )
    return [ConversationId(number) for number in connection.execute(query.order_by(topic.c.conversation_id)).scalars()]


def never_shown(connection: Connection) -> list[ConversationId]:
    """Conversations with people that have no topic, and none in the making."""
    shown = select(topic.c.conversation_id).where(
        topic.c.conversation_id == conversation.c.id, topic.c.left_at.is_(None)
    )
    query = select(conversation.c.id).where(
        conversation.c.status.in_((Status.QUEUED.value, Status.ASSIGNED.value)), ~shown.exists()
    )
    return [ConversationId(number) for number in connection.execute(query.order_by(conversation.c.id)).scalars()]


def change_topic(connection: Connection, number: ConversationId, desk: str, **values: object) -> None:
    of_it = topic.c.conversation_id == number
    connection.execute(update(topic).where(of_it, topic.c.desk == desk).values(**values))


def bind_topic(connection: Connection, number: ConversationId, desk: str, name: str) -> str:
    """Which topic in this group is the conversation's: the first one bound stays; returns the one that counts."""
    found = ensure_topic(connection, number, desk)
    if found.topic is not None:
        return found.topic
    change_topic(connection, number, desk, topic=name, tried_at=None)
    return name
