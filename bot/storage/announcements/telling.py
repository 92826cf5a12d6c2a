"""Who was told of an announcement, and what became of it: each customer once, whichever way they were told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, distinct, exists, func, insert, or_, select, update

from bot.storage.announcements.tables import announcement_told
from bot.storage.tables import customer, outbox
from core.customer import CustomerId
from core.delivery import DeliveryState
from core.message import MessageId

SENT, SAID, FAILED = "sent", "said", "failed"
_OPEN = (DeliveryState.PENDING.value, DeliveryState.SENDING.value, DeliveryState.UNCERTAIN.value)
_LOST = (DeliveryState.REFUSED.value, DeliveryState.DEAD.value)


@dataclass(frozen=True, slots=True)
class Results:
    """People: those it was sent to, and of these who got it, who is still to get it, to whom it could not be
    delivered; those who were told when they wrote; and who of all these has asked for no news since."""

    sent: int = 0
    delivered: int = 0
    waiting: int = 0
    failed: int = 0
    said: int = 0
    stopped_news: int = 0


def is_told(connection: Connection, number: int, customer_id: CustomerId) -> bool:
    own = (announcement_told.c.announcement_id == number, announcement_told.c.customer_id == customer_id)
    return connection.execute(select(announcement_told.c.id).where(*own)).first() is not None


def told_of(connection: Connection, customer_id: CustomerId, numbers: Collection[int]) -> frozenset[int]:
    """Those of the announcements that the customer knows."""
    own = announcement_told.c.customer_id == customer_id
    query = select(announcement_told.c.announcement_id).where(own, announcement_told.c.announcement_id.in_(numbers))
    return frozenset(connection.execute(query).scalars())


def note_told(
    connection: Connection, number: int, customer_id: CustomerId, message_id: MessageId | None, how: str, now: datetime
) -> None:
    values = {"announcement_id": number, "customer_id": customer_id, "message_id": message_id, "how": how}
    connection.execute(insert(announcement_told).values(**values, told_at=now))


def sent_since(connection: Connection, since: datetime) -> int:
    """How many people were sent an announcement since then, of all there are."""
    query = select(func.count()).where(announcement_told.c.how == SENT, announcement_told.c.told_at > since)
    return int(connection.execute(query).scalar_one())


def count_waiting(connection: Connection) -> int:
    """Deliveries of announcements that have not ended."""
    told = exists().where(announcement_told.c.message_id == outbox.c.message_id, announcement_told.c.how == SENT)
    query = select(func.count()).select_from(outbox).where(outbox.c.state.in_(_OPEN), told)
    return int(connection.execute(query).scalar_one())


def results_of(connection: Connection, number: int) -> Results:
    told = announcement_told
    own = told.c.announcement_id == number
    rows = connection.execute(select(told.c.how, func.count()).where(own).group_by(told.c.how))
    ways = {str(row[0]): int(row[1]) for row in rows}

    def people(*states: str) -> int:
        query = (
            select(func.count(distinct(told.c.customer_id)))
            .join(outbox, outbox.c.message_id == told.c.message_id)
            .where(own, told.c.how == SENT, outbox.c.state.in_(states))
        )
        return int(connection.execute(query).scalar_one())

    waiting, lost = people(*_OPEN), people(*_LOST)
    sent, broken = ways.get(SENT, 0), ways.get(FAILED, 0)
    stopped = select(func.count()).join(customer, customer.c.id == told.c.customer_id)
    asked = or_(customer.c.erased_at.is_(None), customer.c.no_news_at < customer.c.erased_at)  # erasing asks nothing
    left = connection.execute(
        stopped.select_from(told).where(own, customer.c.no_news_at >= told.c.told_at, asked)
    ).scalar_one()
    return Results(sent + broken, max(0, sent - waiting - lost), waiting, lost + broken, ways.get(SAID, 0), int(left))


def hand_on(connection: Connection, kept: CustomerId, joined: CustomerId) -> None:
    """Two customers turned out to be one: what either was told, the one was told."""
    known = select(announcement_told.c.announcement_id).where(announcement_told.c.customer_id == kept)
    fresh = (announcement_told.c.customer_id == joined) & announcement_told.c.announcement_id.not_in(known)
    connection.execute(update(announcement_told).where(fresh).values(customer_id=kept))
