"""What doctor, readiness and metrics ask the database: how much waits, and what went wrong lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from bot.storage.tables import faq_entry, inbox, operator, outbox, problem
from core.delivery import DeliveryState

_OPEN_DELIVERIES = [str(state) for state in (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNCERTAIN)]
_UNSENT = select(func.count()).select_from(outbox).where(outbox.c.state.in_(_OPEN_DELIVERIES))
_WAITING = select(func.count(), func.min(inbox.c.received_at)).where(
    inbox.c.handled_at.is_(None), inbox.c.set_aside_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Depths:
    """How much waits, and since when the oldest arrival does."""

    inbox: int
    outbox: int
    oldest_arrival_at: datetime | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Trouble that was reported `count` times."""

    subject: str
    text: str
    count: int
    last_at: datetime


def ping(connection: Connection) -> None:
    """Raises a database error unless it answers."""
    connection.execute(text("SELECT 1"))


def database_time(connection: Connection) -> datetime | None:
    """The server's own clock; None on SQLite, which has none."""
    if connection.dialect.name != "postgresql":
        return None
    found: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found


def depths(connection: Connection) -> Depths:
    waiting = connection.execute(_WAITING).one()
    return Depths(waiting[0], connection.execute(_UNSENT).scalar_one(), waiting[1])


def last_arrival_at(connection: Connection) -> datetime | None:
    return connection.execute(select(inbox.c.received_at).order_by(inbox.c.id.desc()).limit(1)).scalar()


def problems(connection: Connection, since: datetime, most: int = 20) -> list[Problem]:
    """What was reported since then, latest first."""
    columns = (problem.c.subject, problem.c.text, problem.c.count.label("times"), problem.c.last_at)
    query = select(*columns).where(problem.c.last_at >= since).order_by(problem.c.last_at.desc()).limit(most)
    return [Problem(row.subject, row.text, row.times, row.last_at) for row in connection.execute(query)]


def set_aside_by_channel(connection: Connection, since: datetime) -> dict[str, int]:
    """Arrivals that could not be read or handled, set aside since then."""
    query = select(inbox.c.channel, func.count().label("number")).where(inbox.c.set_aside_at >= since)
    return {row.channel: row.number for row in connection.execute(query.group_by(inbox.c.channel))}


def dead_by_channel(connection: Connection, since: datetime) -> dict[str, int]:
    """Deliveries given up since then."""
    query = select(outbox.c.channel, func.count().label("number")).where(
        outbox.c.state == str(DeliveryState.DEAD), outbox.c.ended_at >= since
    )
    return {row.channel: row.number for row in connection.execute(query.group_by(outbox.c.channel))}


def count_published(connection: Connection) -> int:
    return connection.execute(
        select(func.count()).select_from(faq_entry).where(faq_entry.c.state == "published")
    ).scalar_one()


def count_desk_operators(connection: Connection) -> int:
    """Active operators who can answer from the Telegram desk."""
    query = select(func.count()).select_from(operator)
    return connection.execute(
        query.where(operator.c.is_active.is_(True), operator.c.telegram_id.is_not(None))
    ).scalar_one()
