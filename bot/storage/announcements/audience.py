"""Who an announcement is for: counted for the preview, gone through in order when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, literal, or_, select

from bot.storage.announcements.tables import announcement_told
from bot.storage.desk.tables import conversation_tag
from bot.storage.surveys.tables import invitation
from bot.storage.tables import conversation, customer, faq_answer, faq_entry, identity
from core.customer import IdentityId
from handoff.announcement import Audience

UNSENT = frozenset({"terminal"})  # nobody reads there unasked
_talk = conversation.alias("talk")
_last = conversation.alias("last")


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people of an audience would be told now, by channel; and who would not be, and why."""

    by_channel: dict[str, int]
    unwanted: int = 0  # asked for no news
    unreachable: int = 0  # blocked the bot, or closed their messages
    banned: int = 0
    told: int = 0  # of this announcement, already

    @property
    def total(self) -> int:
        return sum(self.by_channel.values())


def channels_there_are(connection: Connection) -> list[str]:
    """In which customers have written, besides those where nobody reads unasked."""
    found = connection.execute(select(identity.c.channel).distinct()).scalars()
    return sorted(set(found) - UNSENT)


def categories_there_are(connection: Connection) -> list[str]:
    found = connection.execute(select(faq_entry.c.category).distinct()).scalars()
    return sorted(one for one in found if one)


def tags_there_are(connection: Connection, most: int = 200) -> list[str]:
    return list(
        connection.execute(
            select(conversation_tag.c.tag).distinct().order_by(conversation_tag.c.tag).limit(most)
        ).scalars()
    )


def reach(connection: Connection, audience: Audience, channels: Sequence[str], now: datetime, number: int = 0) -> Reach:
    """`channels`: those that are sent through; `number`: the announcement, for who was told of it already."""
    kind = case(
        (_is_told(number), literal("told")),
        (customer.c.banned_at.is_not(None), literal("banned")),
        (customer.c.no_news_at.is_not(None), literal("unwanted")),
        (identity.c.unreachable_at.is_not(None), literal("unreachable")),
        else_=literal("reached"),
    ).label("kind")
    query = _fitting(select(kind, identity.c.channel, func.count().label("people")), audience, channels, now)
    counts: dict[str, int] = {}
    by_channel: dict[str, int] = {}
    for row in connection.execute(query.group_by(kind, identity.c.channel)):
        if row.kind == "reached":
            by_channel[row.channel] = row.people
        else:
            counts[row.kind] = counts.get(row.kind, 0) + row.people
    return Reach(dict(sorted(by_channel.items())), **counts)


def next_of(
    connection: Connection,
    number: int,
    audience: Audience,
    channels: Sequence[str],
    now: datetime,
    *,
    after: int,
    most: int,
) -> list[tuple[int, IdentityId]]:
    """The next customers to be told, and at which address: where they talked with us last."""
    wanted = and_(
        customer.c.id > after,
        customer.c.banned_at.is_(None),
        customer.c.no_news_at.is_(None),
        identity.c.unreachable_at.is_(None),
        ~_is_told(number),
    )
    query = _fitting(select(customer.c.id, identity.c.id.label("identity_id")), audience, channels, now)
    rows = connection.execute(query.where(wanted).order_by(customer.c.id).limit(most))
    return [(row.id, IdentityId(row.identity_id)) for row in rows]


def _is_told(number: int) -> ColumnElement[bool]:
    return exists().where(
        announcement_told.c.announcement_id == number, announcement_told.c.customer_id == customer.c.id
    )


def _fitting(query: Select[Any], audience: Audience, channels: Sequence[str], now: datetime) -> Select[Any]:
    """Customers of the audience with the address of their last talk in one of its channels."""
    allowed = [one for one in channels if audience.has(one) and one not in UNSENT]
    newest = select(func.max(_last.c.id)).where(_last.c.customer_id == customer.c.id, _last.c.channel.in_(allowed))
    there = customer.join(conversation, conversation.c.id == newest.correlate(customer).scalar_subquery())
    query = query.select_from(there.join(identity, identity.c.id == conversation.c.identity_id))
    query = query.where(customer.c.erased_at.is_(None))
    since = audience.since(now)
    if since is not None:
        query = query.where(conversation.c.touched_at >= since)
    if audience.tag or audience.category:
        query = query.where(_talked(audience, since))
    if audience.reason:
        complained = [invitation.c.customer_id == customer.c.id, invitation.c.reason == audience.reason]
        query = query.where(exists().where(*complained, *([invitation.c.sent_at >= since] if since else [])))
    return query


def _talked(audience: Audience, since: datetime | None) -> ColumnElement[bool]:
    """One conversation of theirs has all of it."""
    own = [_talk.c.customer_id == customer.c.id]
    if since is not None:
        own.append(_talk.c.touched_at >= since)
    if audience.tag:
        own.append(
            exists().where(conversation_tag.c.conversation_id == _talk.c.id, conversation_tag.c.tag == audience.tag)
        )
    if audience.category:
        entries = select(faq_entry.c.key).where(faq_entry.c.category == audience.category)
        asked = exists().where(faq_answer.c.conversation_id == _talk.c.id, faq_answer.c.entry_key.in_(entries))
        own.append(or_(_talk.c.category == audience.category, asked))
    return exists().where(*own)
