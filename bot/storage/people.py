"""Customers, their identities, and the state a decision starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from bot.storage.conversations import read_conversation
from bot.storage.database import add_row
from bot.storage.live.events import note_event
from bot.storage.tables import conversation, customer, identity
from core.conversation import Conversation
from core.customer import Customer, CustomerId, Identity, IdentityId, Sender


@dataclass(frozen=True, slots=True)
class Found:
    """A customer in one channel, and the latest conversation there; `keyboard` is the last one shown."""

    customer: Customer
    identity: Identity
    conversation: Conversation | None
    keyboard: Mapping[str, Any]


_latest = conversation.alias("latest")
_COLUMNS = (
    *(column.label(f"customer_{column.name}") for column in customer.c),
    *(column.label(f"identity_{column.name}") for column in identity.c),
    *(column.label(f"conversation_{column.name}") for column in conversation.c),
)
_JOINED = identity.join(customer, customer.c.id == identity.c.customer_id).outerjoin(
    conversation,
    conversation.c.id
    == select(func.max(_latest.c.id))
    .where(_latest.c.identity_id == identity.c.id)
    .correlate(identity)
    .scalar_subquery(),
)
_BY_ADDRESS = (
    select(*_COLUMNS)
    .select_from(_JOINED)
    .where(
        identity.c.channel == bindparam("channel"),
        identity.c.account == bindparam("account"),
        identity.c.address == bindparam("address"),
    )
)
_BY_IDENTITY = select(*_COLUMNS).select_from(_JOINED).where(identity.c.id == bindparam("number"))
_LOCK = select(identity.c.id).where(identity.c.id == bindparam("number")).with_for_update()


def find_by_address(connection: Connection, sender: Sender) -> Found | None:
    where = {"channel": sender.channel, "account": sender.account, "address": sender.address}
    found = connection.execute(_BY_ADDRESS, where).one_or_none()
    if found is not None and connection.dialect.name == "postgresql":
        # one decision at a time for a customer, also across processes; read again under the lock
        connection.execute(_LOCK, {"number": found.identity_id})
        found = connection.execute(_BY_ADDRESS, where).one_or_none()
    return _read(found) if found is not None else None


def find_by_identity(connection: Connection, number: IdentityId) -> Found:
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"number": number})
    return _read(connection.execute(_BY_IDENTITY, {"number": number}).one())


def _read(row: Row[Any]) -> Found:
    has_conversation = row.conversation_id is not None
    return Found(
        Customer(
            CustomerId(row.customer_id),
            row.customer_name,
            row.customer_language,
            row.customer_has_chosen_language,
            row.customer_is_vip,
            row.customer_banned_at,
        ),
        Identity(
            IdentityId(row.identity_id),
            CustomerId(row.customer_id),
            row.identity_channel,
            row.identity_account,
            row.identity_address,
            row.identity_name,
            row.identity_username,
            row.identity_has_buttons,
            row.identity_unreachable_at,
        ),
        read_conversation(row, "conversation_") if has_conversation else None,
        (row.conversation_dialogue or {}).get("keyboard", {}) if has_conversation else {},
    )


_NEW_CUSTOMER = insert(customer)
_NEW_IDENTITY = insert(identity)


def add_customer(connection: Connection, sender: Sender, language: str, now: datetime, source: str = "") -> Found:
    """A customer met for the first time; `source` is what the link carried by which they came."""
    values = {"name": sender.name, "language": language, "created_at": now, "source": source[:64] or None}
    number = add_row(connection, _NEW_CUSTOMER, values)
    has_buttons = sender.has_buttons is not False
    identity_id = add_row(
        connection,
        _NEW_IDENTITY,
        {
            "customer_id": number,
            "channel": sender.channel,
            "account": sender.account,
            "address": sender.address,
            "name": sender.name,
            "username": sender.username,
            "has_buttons": has_buttons,
            "created_at": now,
        },
    )
    return Found(
        Customer(CustomerId(number), sender.name, language),
        Identity(
            IdentityId(identity_id),
            CustomerId(number),
            sender.channel,
            sender.account,
            sender.address,
            sender.name,
            sender.username,
            has_buttons,
        ),
        None,
        {},
    )


def refresh_identity(connection: Connection, known: Identity, sender: Sender) -> None:
    """Names change, clients too; only a difference is written."""
    changes: dict[str, object] = {}
    if sender.name and sender.name != known.name:
        changes["name"] = sender.name
    if sender.username != known.username and (sender.username or sender.name):
        changes["username"] = sender.username
    if sender.has_buttons is not None and sender.has_buttons != known.has_buttons:
        changes["has_buttons"] = sender.has_buttons
    if not changes:
        return
    connection.execute(update(identity).where(identity.c.id == known.id).values(**changes))
    if "name" in changes:
        connection.execute(update(customer).where(customer.c.id == known.customer_id).values(name=sender.name))


def change_customer(connection: Connection, number: CustomerId, **values: object) -> None:
    connection.execute(update(customer).where(customer.c.id == number).values(**values))
    note_event(connection, "customer.updated", customer=int(number))


def change_identity(connection: Connection, number: IdentityId, **values: object) -> None:
    connection.execute(update(identity).where(identity.c.id == number).values(**values))
    note_event(connection, "identity.updated", identity=int(number))


def note_unreachable(connection: Connection, number: IdentityId, now: datetime) -> None:
    """Since when nothing reaches them; the first moment stays until they can be reached again."""
    query = select(identity.c.id).where(identity.c.id == number, identity.c.unreachable_at.is_(None))
    if connection.execute(query).one_or_none() is not None:
        change_identity(connection, number, unreachable_at=now)


def name_customers(connection: Connection, channel: str, account: str, names: Mapping[str, str]) -> list[IdentityId]:
    """Put in names learned after the first contact; returns whose name was empty before."""
    changed = []
    for address, name in names.items():
        query = select(identity).where(
            identity.c.channel == channel, identity.c.account == account, identity.c.address == address
        )
        row = connection.execute(query).one_or_none()
        if row is None or row.name or not name:
            continue
        change_identity(connection, row.id, name=name)
        connection.execute(
            update(customer).where(customer.c.id == row.customer_id, customer.c.name == "").values(name=name)
        )
        changed.append(IdentityId(row.id))
    return changed
