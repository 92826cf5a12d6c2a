"""Who could be asked, and what was asked of them before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, func, or_, select

from bot.storage.surveys.tables import invitation, survey
from bot.storage.tables import conversation, customer, identity, metadata
from core.conversation import ConversationId, Status
from core.customer import IdentityId
from surveys.asking import Asked, Person, is_drawn
from surveys.invitation import State

_POOL = 20  # looked at for each one wanted, since a sample passes over many


def periodic(
    connection: Connection, key: str, known: datetime, paused: datetime, share: int, most: int
) -> list[IdentityId]:
    """Customers known since before `known`, not asked this since `paused`, with nothing under way; by their latest
    address, the longest known first."""
    asked = exists().where(
        invitation.c.customer_id == customer.c.id, invitation.c.survey == key, invitation.c.sent_at > paused
    )
    live = exists().where(conversation.c.customer_id == customer.c.id, conversation.c.status != Status.CLOSED.value)
    query = (
        select(customer.c.id)
        .where(
            customer.c.created_at <= known, customer.c.banned_at.is_(None), customer.c.no_surveys_at.is_(None),
            ~asked, ~live,
        )
        .order_by(customer.c.id)
    )  # fmt: skip
    found: list[IdentityId] = []
    for number in connection.execute(query).scalars():
        if is_drawn(f"{key}:", number, share) and (address := latest_address(connection, number)) is not None:
            found.append(address)
        if len(found) == most:
            break
    return found


def latest_address(connection: Connection, customer_id: int) -> IdentityId | None:
    """Where they last talked with us, if they can be reached there."""
    query = (
        select(identity.c.id, identity.c.unreachable_at)
        .join(conversation, conversation.c.identity_id == identity.c.id)
        .where(identity.c.customer_id == customer_id)
        .order_by(conversation.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return IdentityId(row.id) if row is not None and row.unreachable_at is None else None


def closed(
    connection: Connection, tag: str, since: datetime, until: datetime, most: int
) -> list[tuple[IdentityId, ConversationId]]:
    """Conversations closed in that time by a person or the customer, about which nothing was asked yet.

    With a tag: only those that carry it.
    """
    asked = exists().where(invitation.c.conversation_id == conversation.c.id)
    query = (
        select(conversation.c.identity_id, conversation.c.id)
        .where(
            conversation.c.closed_at.between(since, until),
            conversation.c.closed_by.in_(("operator", "customer")),
            ~asked,
        )
        .order_by(conversation.c.closed_at)
        .limit(most)
    )
    if tag:
        conversation_tag = metadata.tables["conversation_tag"]  # of the desk's tables, which know those of surveys
        carries = (conversation_tag.c.conversation_id == conversation.c.id, conversation_tag.c.tag == tag)
        query = query.where(exists().where(*carries))
    return [(IdentityId(row.identity_id), ConversationId(row.id)) for row in connection.execute(query)]


def person(connection: Connection, customer_id: int) -> Person:
    """As far as asking goes; out of reach is who can be reached at no address."""
    row = connection.execute(select(customer).where(customer.c.id == customer_id)).one()
    live = select(func.count()).where(
        conversation.c.customer_id == customer_id, conversation.c.status != Status.CLOSED.value
    )
    reachable = select(func.count()).where(identity.c.customer_id == customer_id, identity.c.unreachable_at.is_(None))
    is_unwanted = row.banned_at is not None or row.no_surveys_at is not None
    return Person(
        row.id,
        row.created_at,
        bool(connection.execute(live).scalar_one()),
        is_unwanted or not connection.execute(reachable).scalar_one(),
    )


def history(connection: Connection, customer_id: int) -> list[Asked]:
    """Every asking there ever was, whatever became of it."""
    is_closing = or_(
        invitation.c.survey == "csi",
        exists().where(
            survey.c.key == invitation.c.survey,
            survey.c.version == invitation.c.version,
            survey.c.definition["when"]["delay_hours"].as_float() == 0,
            survey.c.definition["when"]["occasion"].as_string() == "closing",
        ),
    )
    query = select(
        invitation.c.survey,
        invitation.c.sent_at,
        invitation.c.conversation_id,
        is_closing.label("is_closing"),
        invitation.c.state,
    ).where(invitation.c.customer_id == customer_id)
    return [
        Asked(row.survey, row.sent_at, row.conversation_id, bool(row.is_closing), row.state == State.HELD_OUT.value)
        for row in connection.execute(query)
    ]


def closer(connection: Connection, conversation_id: int) -> int | None:
    """Who held the conversation when it was closed."""
    query = select(conversation.c.closed_by_operator_id).where(conversation.c.id == conversation_id)
    return connection.execute(query).scalar_one_or_none()
