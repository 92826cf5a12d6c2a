"""Whose data it is: the customer, every address of theirs, and what hangs on both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, select

from bot.storage.desk.tables import former_number
from bot.storage.surveys.tables import invitation
from bot.storage.tables import conversation, customer, faq_answer, identity, message
from bot.storage.website.tables import upload, visitor
from core.errors import Conflict, NotFound

WEBSITE = "website"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as the tables know them.

    `visits`: the addresses of their website chats, merged ones too; `former`: numbers that were linked into theirs
    and lead nowhere else.
    """

    number: int
    visits: tuple[str, ...] = ()
    former: tuple[int, ...] = ()

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
    """Raises NotFound, and Conflict for a number that was linked into another: it has nothing of its own any more."""
    known = select(customer.c.erased_at).where(customer.c.id == number)
    row = connection.execute(known).one_or_none() if abs(number) < 2**63 else None
    if row is None:
        raise NotFound(f"there is no customer {number}; the number stands on the card and in the console")
    if row.erased_at is not None:
        raise NotFound(f"customer {number} was erased on {row.erased_at:%Y-%m-%d}; nothing is left of them")
    if not _has_address(connection, number):
        raise Conflict(_where_to(number, stands_under(connection, number)))
    return Person(number, tuple(_visits(connection, number)), tuple(_former(connection, number)))


def stands_under(connection: Connection, number: int) -> tuple[int, ...]:
    """Where to look for who had this number: the number itself, or those that have its addresses now.

    Several when addresses were parted after the linking, none when that was done before Otklik noted it.
    """
    if _has_address(connection, number):
        return (number,)
    now = (
        select(identity.c.customer_id)
        .join(former_number, former_number.c.identity_id == identity.c.id)
        .where(former_number.c.customer_id == number)
        .distinct()
        .order_by(identity.c.customer_id)
    )
    return tuple(connection.execute(now).scalars())


def follow_links(connection: Connection, number: int) -> int:
    """The number under which a customer stands now: this one, unless it was linked into another.

    Only to show or hand out what is stored; whoever erases has to name the customer that goes. Where no single other
    has it, it stays as it was asked for.
    """
    now = stands_under(connection, number) if abs(number) < 2**63 else ()
    return now[0] if len(now) == 1 else number


def _has_address(connection: Connection, number: int) -> bool:
    return (
        connection.execute(select(identity.c.id).where(identity.c.customer_id == number).limit(1)).first() is not None
    )


def _where_to(number: int, now: tuple[int, ...]) -> str:
    """Said to whoever asks for a number that has nothing any more."""
    if not now:
        return (
            f"customer {number} has no address: it was linked into another before Otklik kept a note of that; "
            "find them in the console by their name"
        )
    if len(now) == 1:
        return f"customer {number} was linked into {now[0]}: everything of theirs stands there"
    told = " and ".join(map(str, now))
    return f"customer {number} was linked into another and parted again: what is theirs stands under {told}"


def _former(connection: Connection, number: int) -> list[int]:
    """Every address that stood under them is this customer's now."""
    own = (
        select(former_number.c.customer_id)
        .join(identity, identity.c.id == former_number.c.identity_id)
        .where(identity.c.customer_id == number, former_number.c.customer_id != number)
        .distinct()
    )
    found = connection.execute(own.order_by(former_number.c.customer_id)).scalars().all()
    return [one for one in found if stands_under(connection, one) == (number,)]


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


def place_of(folder: Path, name: str) -> Path:
    """Where the file of this name stands, or would."""
    return folder / name[:2] / name
