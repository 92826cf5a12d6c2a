"""Whose data it is: the customer, every address of theirs, and what hangs on both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from bot.storage.surveys.tables import invitation
from bot.storage.tables import conversation, customer, faq_answer, identity, message
from bot.storage.website.tables import upload, visitor
from core.errors import NotFound

WEBSITE = "website"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as the tables know them; `visits` are the addresses of their website chats, merged ones too."""

    number: int
    visits: tuple[str, ...] = ()

    @property
    def identities(self) -> Select[Any]:
        return select(identity.c.id).where(identity.c.customer_id == self.number)

    @property
    def conversations(self) -> Select[Any]:
        own = (conversation.c.customer_id == self.number) | conversation.c.identity_id.in_(self.identities)
        return select(conversation.c.id).where(own)

    @property
    def messages(self) -> Select[Any]:
        own = message.c.conversation_id.in_(self.conversations) | message.c.identity_id.in_(self.identities)
        return select(message.c.id).where(own)

    @property
    def invitations(self) -> Select[Any]:
        own = (invitation.c.customer_id == self.number) | invitation.c.conversation_id.in_(self.conversations)
        return select(invitation.c.id).where(own)

    @property
    def uploads(self) -> Select[Any]:
        return select(upload.c.id).where(upload.c.address.in_(self.visits))

    @property
    def questions(self) -> Select[Any]:
        return select(faq_answer.c.id).where(faq_answer.c.conversation_id.in_(self.conversations))


def find_person(connection: Connection, number: int) -> Person:
    """Their addresses are locked on PostgreSQL, so that nothing is decided meanwhile. Raises NotFound."""
    known = select(customer.c.erased_at).where(customer.c.id == number)
    row = connection.execute(known).one_or_none() if abs(number) < 2**63 else None
    if row is None:
        raise NotFound(f"there is no customer {number}; the number stands on the card and in the console")
    if row.erased_at is not None:
        raise NotFound(f"customer {number} was erased on {row.erased_at:%Y-%m-%d}; nothing is left of them")
    return Person(number, tuple(_visits(connection, number)))


def lock_person(connection: Connection, person: Person) -> None:
    """One decision at a time for a customer, also across processes."""
    if connection.dialect.name == "postgresql":
        own = identity.c.customer_id == person.number
        connection.execute(select(identity.c.id).where(own).order_by(identity.c.id).with_for_update())


def _visits(connection: Connection, number: int) -> list[str]:
    own = select(identity.c.address).where(identity.c.customer_id == number, identity.c.channel == WEBSITE)
    found = set(connection.execute(own).scalars())
    fresh = found
    while fresh:
        merged = select(visitor.c.address).where(visitor.c.merged_into.in_(fresh))
        fresh = set(connection.execute(merged).scalars()) - found
        found |= fresh
    return sorted(found)


def name_of_file(channel: str, ref: str) -> str:
    """Under which a file is kept on disk: the hash of its handle."""
    return hashlib.sha256(f"{channel}\0{ref}".encode()).hexdigest()
