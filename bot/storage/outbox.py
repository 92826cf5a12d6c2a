"""Deliveries: made in the transaction of the decision, sent later, ended once."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from bot.storage.database import add_row
from bot.storage.messages import read_attachments, write_attachments
from bot.storage.tables import message, outbox
from core.conversation import ConversationId
from core.delivery import Delivery, DeliveryId, DeliveryState, DeskAct, DeskPost
from core.message import Button, MessageId, OutgoingMessage

_OPEN_STATES = (DeliveryState.PENDING.value, DeliveryState.SENDING.value, DeliveryState.UNCERTAIN.value)
_OPEN = outbox.c.state.in_(_OPEN_STATES)


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A row of the outbox: what to send, where it stands in its lane, and when it may go at the earliest.

    `refers_to`: ids of messages whose places on the platform are looked up when it goes (a reply, an edit).
    """

    delivery: Delivery
    rank: float
    created_at: datetime
    not_before: datetime | None = None
    refers_to: Mapping[str, int] | None = None


def write_content(content: OutgoingMessage | DeskPost, refers_to: Mapping[str, int] | None = None) -> dict[str, Any]:
    raw: dict[str, Any] = {
        key: value for key, value in _flat(content).items() if value not in ("", None, False, [], ())
    }
    raw["desk" if isinstance(content, DeskPost) else "message"] = 1
    if refers_to:
        raw["refers_to"] = dict(refers_to)
    return raw


def _flat(content: OutgoingMessage | DeskPost) -> dict[str, Any]:
    names = content.__dataclass_fields__
    raw = {name: getattr(content, name) for name in names}
    raw["buttons"] = [[[button.label, button.token] for button in row] for row in content.buttons]
    raw["attachments"] = write_attachments(content.attachments)
    if isinstance(content, DeskPost):
        raw["act"] = content.act.value
        raw["topic"] = None if content.topic is None else f"={content.topic}"  # "" is a place too
    return raw


def read_content(stored: Mapping[str, Any]) -> OutgoingMessage | DeskPost:
    raw = {key: value for key, value in stored.items() if key not in ("desk", "message", "refers_to")}
    raw["buttons"] = tuple(tuple(Button(*pair) for pair in row) for row in raw.get("buttons", ()))
    raw["attachments"] = read_attachments(raw.get("attachments"))
    if "desk" not in stored:
        return OutgoingMessage(**raw)
    topic = raw.pop("topic", None)
    return DeskPost(**{**raw, "act": DeskAct(raw["act"])}, topic=None if topic is None else topic[1:])


@dataclass(frozen=True, slots=True)
class NewDelivery:
    channel: str
    account: str
    address: str
    lane: str
    content: OutgoingMessage | DeskPost
    conversation_id: ConversationId | None = None
    message_id: MessageId | None = None
    refers_to: Mapping[str, int] | None = None
    rank: float | None = None
    not_before: datetime | None = None


_NEW = insert(outbox)


def add_delivery(connection: Connection, new: NewDelivery, now: datetime, *, is_claimed: bool) -> StoredDelivery:
    """A new row; claimed when its lane is idle and this process sends it right after the commit."""
    random_id = random.randrange(1, 2**31)
    state = DeliveryState.SENDING if is_claimed else DeliveryState.PENDING
    values = {
        "rank": new.rank,
        "channel": new.channel,
        "account": new.account,
        "address": new.address,
        "lane": new.lane,
        "conversation_id": new.conversation_id,
        "message_id": new.message_id,
        "content": write_content(new.content, new.refers_to),
        "state": state.value,
        "random_id": random_id,
        "created_at": now,
    }
    if new.not_before is not None:
        values["not_before"] = new.not_before
    number = add_row(connection, _NEW, values)
    delivery = Delivery(
        DeliveryId(number),
        new.channel,
        new.account,
        new.address,
        new.lane,
        new.content,
        random_id,
        new.conversation_id,
        new.message_id,
    )
    return StoredDelivery(
        delivery, new.rank if new.rank is not None else float(number), now, new.not_before, new.refers_to
    )


_OPEN_BEHIND = (
    select(outbox)
    .where(_OPEN, outbox.c.id > bindparam("after"), outbox.c.channel.in_(bindparam("channels", expanding=True)))
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)


def open_deliveries(
    connection: Connection, channels: Sequence[str], after: int = 0, most: int = 2000
) -> list[StoredDelivery]:
    """What is still to be sent through these channels, in the order of their ids behind `after`."""
    return [read_delivery(row) for row in open_rows(connection, channels, after, most)]


def open_rows(connection: Connection, channels: Sequence[str], after: int, most: int) -> Sequence[Row[Any]]:
    """The same as rows, of which `read_delivery` makes something."""
    return connection.execute(_OPEN_BEHIND, {"channels": list(channels), "after": after, "most": most}).all()


def read_delivery(row: Row[Any]) -> StoredDelivery:
    delivery = Delivery(
        DeliveryId(row.id),
        row.channel,
        row.account,
        row.address,
        row.lane,
        read_content(row.content),
        row.random_id,
        row.conversation_id,
        row.message_id,
        row.attempts + 1,
        row.is_repeat,
    )
    rank = row.rank if row.rank is not None else float(row.id)
    return StoredDelivery(delivery, rank, row.created_at, row.not_before, row.content.get("refers_to"))


def recover(connection: Connection, channels: Sequence[str], idempotent: Sequence[str]) -> int:
    """After a start: tries that were under way when the last process ended have an outcome nobody knows.

    They are tried again, marked as repeats where a repeat may show; returns how many.
    """
    under_way = outbox.c.state.in_((DeliveryState.SENDING.value, DeliveryState.UNCERTAIN.value))
    result = connection.execute(
        update(outbox)
        .where(under_way, outbox.c.channel.in_(channels), outbox.c.channel.not_in(idempotent))
        .values(state=DeliveryState.UNCERTAIN.value, is_repeat=True)
    )
    return result.rowcount


_CLAIM = (
    update(outbox)
    .where(outbox.c.id == bindparam("number"), _OPEN)
    .values(state=DeliveryState.SENDING.value, attempts=bindparam("tries"))
)


def claim(connection: Connection, number: DeliveryId, attempt: int) -> bool:
    """Write down that a try begins; False when the row has ended meanwhile."""
    return connection.execute(_CLAIM, {"number": number, "tries": attempt - 1}).rowcount == 1


_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("number"))
    .values(
        state=DeliveryState.SENT.value,
        platform_ids=bindparam("ids"),
        attempts=bindparam("tries"),
        ended_at=bindparam("now"),
    )
)


def mark_sent(connection: Connection, number: DeliveryId, attempt: int, ids: Sequence[str], now: datetime) -> None:
    connection.execute(_SENT, {"number": number, "ids": list(ids), "tries": attempt, "now": now})


def mark_ended(
    connection: Connection,
    number: DeliveryId,
    state: DeliveryState,
    attempt: int,
    error: str,
    reason: str,
    now: datetime,
) -> None:
    """Refused or dead."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == number)
        .values(state=state.value, attempts=attempt, error=error[:500], reason=reason or None, ended_at=now)
    )


def withdraw(connection: Connection, message_id: MessageId, now: datetime) -> int:
    """Take back what has not been tried yet and may not go before some later moment; how many rows that were."""
    result = connection.execute(
        update(outbox)
        .where(
            outbox.c.message_id == message_id,
            outbox.c.state == DeliveryState.PENDING.value,
            outbox.c.attempts == 0,
            outbox.c.not_before > now,
        )
        .values(state=DeliveryState.WITHDRAWN.value, ended_at=now)
    )
    return result.rowcount


def is_open(connection: Connection, number: DeliveryId) -> bool:
    return connection.execute(select(outbox.c.id).where(outbox.c.id == number, _OPEN)).one_or_none() is not None


def end_as(connection: Connection, number: int, state: DeliveryState) -> None:
    """Change how an ended row is counted."""
    connection.execute(update(outbox).where(outbox.c.id == number).values(state=state.value))


def deliveries_of(connection: Connection, message_id: MessageId) -> list[Any]:
    """The rows by which a message goes to the customer, oldest first."""
    query = select(outbox).where(outbox.c.message_id == message_id).order_by(outbox.c.id)
    return [row for row in connection.execute(query) if "desk" not in row.content]


def desk_posts_since(connection: Connection, number: ConversationId, since: datetime) -> list[str]:
    """The words posted about a conversation in its topic from then on, whatever became of the posts."""
    query = select(outbox.c.content).where(outbox.c.conversation_id == number, outbox.c.created_at >= since)
    return [raw.get("text", "") for raw in connection.execute(query).scalars() if "desk" in raw]


def has_failed_reply(connection: Connection, number: ConversationId, channel: str) -> bool:
    """Whether an operator's reply in this conversation was refused or given up, and not sent again."""
    failed = outbox.c.state.in_((DeliveryState.REFUSED.value, DeliveryState.DEAD.value))
    query = (
        select(outbox.c.id)
        .join(message, message.c.id == outbox.c.message_id)
        .where(outbox.c.conversation_id == number, outbox.c.channel == channel, failed)
        .where(message.c.author == "operator", message.c.kind == "text")
    )
    return connection.execute(query.limit(1)).first() is not None


def mark_waiting(
    connection: Connection, waiting: StoredDelivery, *, error: str, is_uncertain: bool, until: datetime
) -> StoredDelivery:
    """To be tried again; the attempt just made is counted by the caller in `waiting`."""
    delivery = waiting.delivery
    is_repeat = delivery.is_repeat or is_uncertain
    state = DeliveryState.UNCERTAIN if is_uncertain else DeliveryState.PENDING
    connection.execute(
        update(outbox)
        .where(outbox.c.id == delivery.id, _OPEN)  # unless it was withdrawn meanwhile
        .values(
            state=state.value, attempts=delivery.attempt - 1, is_repeat=is_repeat, not_before=until, error=error[:500]
        )
    )
    return replace(waiting, delivery=replace(delivery, is_repeat=is_repeat), not_before=until)


def counts_by_state(connection: Connection) -> dict[str, int]:
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def count_open(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(outbox).where(_OPEN)).scalar_one()
