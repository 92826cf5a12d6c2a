"""What was changed, and who of those that complained about it has been told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, insert, select

from bot.storage.surveys.candidates import latest_address
from bot.storage.surveys.tables import improvement, improvement_told, invitation
from bot.storage.tables import conversation, customer
from core.conversation import Status
from core.customer import IdentityId
from core.errors import InvalidInput
from surveys.survey import LANGUAGES, REASONS

RECENT = timedelta(days=180)  # an older complaint is not brought up again


@dataclass(frozen=True, slots=True)
class Improvement:
    id: int
    reason: str
    words: Mapping[str, str]
    created_at: datetime
    told: int = 0

    def in_language(self, language: str) -> str:
        return self.words.get(language) or next(iter(self.words.values()))


def add_improvement(connection: Connection, reason: str, words: Mapping[str, str], now: datetime) -> int:
    """To be told to those who gave this reason for a low score. Raises InvalidInput."""
    given = {language: text.strip()[:2000] for language, text in words.items() if text.strip()}
    if reason not in REASONS or not given or set(given) - set(LANGUAGES):
        raise InvalidInput(f"give a reason ({', '.join(REASONS)}) and what changed, in {' or '.join(LANGUAGES)}")
    query = insert(improvement).values(reason=reason, words=given, created_at=now).returning(improvement.c.id)
    return int(connection.execute(query).scalar_one())


def list_improvements(connection: Connection) -> list[Improvement]:
    told = (
        select(func.count())
        .where(improvement_told.c.improvement_id == improvement.c.id)
        .correlate(improvement)
        .scalar_subquery()
    )
    query = select(improvement, told.label("told")).order_by(improvement.c.id)
    return [Improvement(row.id, row.reason, row.words, row.created_at, row.told) for row in connection.execute(query)]


def to_be_told(connection: Connection, about: Improvement, most: int) -> list[IdentityId]:
    """Who complained about it before it was changed, wants news, and has nothing under way; by the latest address."""
    is_told = exists().where(
        improvement_told.c.customer_id == customer.c.id, improvement_told.c.improvement_id == about.id
    )
    complained = exists().where(
        invitation.c.customer_id == customer.c.id,
        invitation.c.reason == about.reason,
        invitation.c.sent_at.between(about.created_at - RECENT, about.created_at),
    )
    is_live = exists().where(conversation.c.customer_id == customer.c.id, conversation.c.status != Status.CLOSED.value)
    query = select(customer.c.id).where(
        complained, ~is_told, ~is_live, customer.c.banned_at.is_(None), customer.c.no_news_at.is_(None)
    )
    found = (latest_address(connection, number) for number in connection.execute(query.limit(most)).scalars())
    return [address for address in found if address is not None]


def note_told(connection: Connection, number: int, customer_id: int, now: datetime) -> bool:
    """False when they were told already."""
    at = (improvement_told.c.improvement_id == number, improvement_told.c.customer_id == customer_id)
    if connection.execute(select(improvement_told.c.id).where(*at)).scalar_one_or_none() is not None:
        return False
    connection.execute(insert(improvement_told).values(improvement_id=number, customer_id=customer_id, told_at=now))
    return True
