"""Visitors, and the merging of an anonymous one into a known customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from bot.storage import people
from bot.storage.inbox import has_open_in
from bot.storage.tables import conversation, customer, identity, metadata
from bot.storage.website.lines import CHANNEL, lock, move_lines
from bot.storage.website.tables import upload, visitor
from core.customer import Sender


def note_visitor(connection: Connection, address: str, site: str, user_id: str, now: datetime) -> bool:
    """Remember somebody who said something; False when their chat has gone to a known customer."""
    lock(connection, address)
    row = find_visitor(connection, address)
    if row is not None:
        if row.merged_into is None:
            connection.execute(update(visitor).where(visitor.c.id == row.id).values(active_at=now))
        return row.merged_into is None
    values = {"address": address, "site": site, "user_id": user_id, "created_at": now, "active_at": now}
    connection.execute(insert(visitor).values(values))
    return True


def find_visitor(connection: Connection, address: str) -> Any:
    """The row, or None for somebody who only looked."""
    return connection.execute(select(visitor).where(visitor.c.address == address)).one_or_none()


def note_seen(connection: Connection, address: str, number: int) -> None:
    """How far the visitor has read; never backwards."""
    query = update(visitor).where(visitor.c.address == address, visitor.c.seen_id < number)
    connection.execute(query.values(seen_id=number))


def merge(connection: Connection, guest: str, known: Sender, site: str, now: datetime) -> bool:
    """Give a known customer what they said before they signed in; False while something of it is still undecided.

    Everything that names the guest's identity or customer names the known one afterwards; the guest's address
    stays behind as a pointer, so that what is on its way to it arrives.
    """
    for address in sorted((guest, known.address)):
        lock(connection, address)
    row = find_visitor(connection, guest)
    if row is None or row.merged_into is not None:
        return True  # said nothing, or was merged before
    if has_open_in(connection, f"{CHANNEL}:{guest}"):
        return False
    note_visitor(connection, known.address, site, known.username, now)
    seen = select(func.max(visitor.c.seen_id)).where(visitor.c.address.in_((guest, known.address)))
    own = visitor.c.address == known.address
    connection.execute(update(visitor).where(own).values(seen_id=connection.execute(seen).scalar_one()))
    connection.execute(update(visitor).where(visitor.c.id == row.id).values(merged_into=known.address))
    move_lines(connection, (guest,), known.address)
    connection.execute(update(upload).where(upload.c.address == guest).values(address=known.address))
    _merge_people(connection, Sender(known.channel, known.account, guest), known, now)
    return True


def _merge_people(connection: Connection, guest: Sender, known: Sender, now: datetime) -> None:
    old = people.find_by_address(connection, guest)
    if old is None:
        return
    new = people.find_by_address(connection, known)
    if new is None:
        new = people.add_customer(connection, known, old.customer.language, now)
    _repoint(connection, identity, old.identity.id, new.identity.id)
    _repoint(connection, customer, old.customer.id, new.customer.id)
    connection.execute(delete(identity).where(identity.c.id == old.identity.id))
    connection.execute(delete(customer).where(customer.c.id == old.customer.id))


def _repoint(connection: Connection, target: Table, old: int, new: int) -> None:
    """Every row of whatever table that names the one names the other."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table is target for key in column.foreign_keys):
                connection.execute(update(table).where(column == old).values({column.name: new}))


def address_of(connection: Connection, number: int) -> str | None:
    """Where a conversation's customer sits, if it is on a website."""
    query = (
        select(identity.c.address)
        .join(conversation, conversation.c.identity_id == identity.c.id)
        .where(conversation.c.id == number, identity.c.channel == CHANNEL)
    )
    return connection.execute(query).scalar_one_or_none()


def talk_of(connection: Connection, address: str) -> tuple[int, int, str] | None:
    """The visitor's latest conversation: its number, the customer's number and name."""
    query = (
        select(conversation.c.id, customer.c.id, customer.c.name)
        .join(identity, identity.c.id == conversation.c.identity_id)
        .join(customer, customer.c.id == conversation.c.customer_id)
        .where(identity.c.channel == CHANNEL, identity.c.address == address)
        .order_by(conversation.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return (row[0], row[1], row[2]) if row is not None else None
