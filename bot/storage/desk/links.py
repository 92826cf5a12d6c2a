"""Codes by which customers link their addresses, and what linking and parting does to what is stored."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from bot.storage.database import add_row
from bot.storage.desk.tables import former_number, link_code
from bot.storage.people import change_customer
from bot.storage.surveys.tables import follow_up, invitation
from bot.storage.tables import conversation, customer, identity
from core.customer import Customer, CustomerId, Identity, IdentityId

CODE_TIME = timedelta(minutes=15)
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that look alike
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Code:
    """A code that still works, and where it was asked for."""

    id: int
    identity_id: IdentityId
    customer_id: CustomerId
    channel: str
    name: str


def make_code(connection: Connection, identity_id: IdentityId, now: datetime) -> str:
    """A new code, good once within 15 minutes; earlier ones of the address no longer work. Only its hash is stored."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    unused = (link_code.c.identity_id == identity_id) & link_code.c.used_at.is_(None)
    connection.execute(update(link_code).where(unused).values(used_at=now))
    values = {"code_hash": _hash(code), "identity_id": identity_id, "created_at": now, "expires_at": now + CODE_TIME}
    connection.execute(insert(link_code).values(**values))
    return code


def find_code(connection: Connection, code: str, now: datetime) -> Code | None:
    return _find(connection, link_code.c.code_hash == _hash(code), now)


def find_code_by_id(connection: Connection, number: int, now: datetime) -> Code | None:
    return _find(connection, link_code.c.id == number, now)


def use_code(connection: Connection, number: int, now: datetime) -> bool:
    """False when it was used meanwhile."""
    unused = (link_code.c.id == number) & link_code.c.used_at.is_(None)
    return connection.execute(update(link_code).where(unused).values(used_at=now)).rowcount == 1


def join_customers(connection: Connection, kept: CustomerId, joined: CustomerId) -> None:
    """Everything of `joined` becomes `kept`'s; a ban, a mark or a wish to be left alone of either is that of both.

    The number stays known by its addresses, so that it still leads to them, also after they were parted again.
    """
    moved = select(identity.c.customer_id, identity.c.id).where(identity.c.customer_id == joined)
    connection.execute(insert(former_number).from_select(["customer_id", "identity_id"], moved))
    rows = {row.id: row for row in connection.execute(select(customer).where(customer.c.id.in_((kept, joined))))}
    for table in (identity, conversation, invitation, follow_up):
        connection.execute(update(table).where(table.c.customer_id == joined).values(customer_id=kept))
    one, two = rows[kept], rows[joined]
    change_customer(
        connection,
        kept,
        name=one.name or two.name,
        is_vip=one.is_vip or two.is_vip,
        banned_at=one.banned_at or two.banned_at,
        no_surveys_at=one.no_surveys_at or two.no_surveys_at,
        no_news_at=one.no_news_at or two.no_news_at,
    )
    change_customer(connection, joined, name="")


def part(connection: Connection, address: Identity, of: Customer, now: datetime) -> CustomerId | None:
    """The address with its conversations gets a customer of its own; None when it is alone already."""
    if count_addresses(connection, of.id) < 2:
        return None
    values = {
        "name": address.name or of.name,
        "language": of.language,
        "has_chosen_language": of.has_chosen_language,
        "banned_at": of.banned_at,
        **_wishes(connection, of.id),
        "created_at": now,
    }
    made = CustomerId(add_row(connection, insert(customer), values))
    connection.execute(update(identity).where(identity.c.id == address.id).values(customer_id=made))
    own = select(conversation.c.id).where(conversation.c.identity_id == address.id)
    for table in (invitation, follow_up):
        connection.execute(update(table).where(table.c.conversation_id.in_(own)).values(customer_id=made))
    connection.execute(update(conversation).where(conversation.c.identity_id == address.id).values(customer_id=made))
    return made


def _wishes(connection: Connection, number: CustomerId) -> dict[str, datetime | None]:
    """Not to be asked, not to be told news."""
    row = connection.execute(
        select(customer.c.no_surveys_at, customer.c.no_news_at).where(customer.c.id == number)
    ).one()
    return {"no_surveys_at": row.no_surveys_at, "no_news_at": row.no_news_at}


def count_addresses(connection: Connection, number: CustomerId) -> int:
    query = select(func.count()).select_from(identity).where(identity.c.customer_id == number)
    return connection.execute(query).scalar_one()


def _find(connection: Connection, where: object, now: datetime) -> Code | None:
    query = (
        select(link_code.c.id, link_code.c.identity_id, identity.c.customer_id, identity.c.channel, identity.c.name)
        .join(identity, identity.c.id == link_code.c.identity_id)
        .where(where, link_code.c.used_at.is_(None), link_code.c.expires_at > now)  # type: ignore[arg-type]
    )
    row = connection.execute(query).one_or_none()
    return Code(*row) if row is not None else None


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
