"""A customer's own page: where they write from, and every conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.storage.privacy.person import stands_under
from bot.storage.tables import conversation, customer, identity
from bot.storage.views.card import SCORE, Past
from core.conversation import Status

_MOST = 100


@dataclass(frozen=True, slots=True)
class Address:
    """One place the customer writes from; `conversation_id` is the latest conversation there."""

    channel: str
    name: str
    username: str
    since: datetime
    is_unreachable: bool
    conversation_id: int | None


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """`erased_at`: nothing but numbers is left; `count` of all conversations, of which the newest are listed.

    `stands_under`: the number itself, or those that have its addresses since it was linked into another.
    """

    id: int
    name: str
    language: str
    is_vip: bool
    banned_at: datetime | None
    erased_at: datetime | None
    created_at: datetime
    addresses: tuple[Address, ...]
    talks: tuple[Past, ...]
    count: int
    stands_under: tuple[int, ...]

    @property
    def is_elsewhere(self) -> bool:
        """Linked into another: there is nothing under this number any more."""
        return self.erased_at is None and self.stands_under != (self.id,)


def find_customer_page(connection: Connection, number: int) -> CustomerPage | None:
    row = connection.execute(select(customer).where(customer.c.id == number)).one_or_none()
    if row is None:
        return None
    latest = select(func.max(conversation.c.id)).where(conversation.c.identity_id == identity.c.id).scalar_subquery()
    places = select(identity, latest.label("latest")).where(identity.c.customer_id == number).order_by(identity.c.id)
    own = conversation.c.customer_id == number
    columns = (conversation.c.id, conversation.c.opened_at, conversation.c.status, conversation.c.dialogue, SCORE)
    talks = connection.execute(select(*columns).where(own).order_by(conversation.c.id.desc()).limit(_MOST))
    addresses = tuple(
        Address(one.channel, one.name, one.username, one.created_at, one.unreachable_at is not None, one.latest)
        for one in connection.execute(places)
    )
    return CustomerPage(
        row.id,
        row.name or next((one.name for one in addresses if one.name), ""),
        row.language or "",
        bool(row.is_vip),
        row.banned_at,
        row.erased_at,
        row.created_at,
        addresses,
        tuple(
            Past(one.id, one.opened_at, Status(one.status), (one.dialogue or {}).get("question", ""), one.score)
            for one in talks
        ),
        connection.execute(select(func.count()).where(own)).scalar_one(),
        stands_under(connection, number),
    )
