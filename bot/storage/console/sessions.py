"""Logins: sessions known by the hash of their cookie, and the count of wrong passwords."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.storage.console.tables import login_failure, session
from bot.storage.live.events import note_event
from bot.storage.tables import operator
from core.conversation import OperatorId
from handoff.operators import Operator, Presence, Role

IDLE_TIME = timedelta(hours=12)
LONGEST_TIME = timedelta(days=7)
FAILURE_TIME = timedelta(minutes=15)
_ACCOUNT_FAILURES, _ADDRESS_FAILURES = 5, 50  # in FAILURE_TIME
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """A login that counts now. `csrf` goes into every form of its pages."""

    id: int
    operator: Operator
    csrf: str
    address: str
    agent: str
    created_at: datetime
    seen_at: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether its last use is worth writing down anew."""
        return now - self.seen_at >= _SEEN_EVERY


@dataclass(frozen=True, slots=True)
class Opened:
    """`token` is for the cookie and is told once."""

    token: str
    number: int


def open_session(connection: Connection, operator_id: OperatorId, address: str, agent: str, now: datetime) -> Opened:
    """A new session; those that ended by themselves are cleared away on the way."""
    over = (session.c.seen_at < now - IDLE_TIME) | (session.c.created_at < now - LONGEST_TIME)
    connection.execute(delete(session).where(over))
    token = secrets.token_urlsafe(32)
    values = {
        "token_hash": _hash(token),
        "operator_id": operator_id,
        "csrf": secrets.token_urlsafe(24),
        "address": address[:64],
        "agent": agent[:300],
        "created_at": now,
        "seen_at": now,
    }
    number = connection.execute(insert(session).values(values).returning(session.c.id)).scalar_one()
    return Opened(token, number)


def find_session(connection: Connection, token: str, now: datetime) -> Session | None:
    """None for one that is unknown, ended, too old, or whose operator left."""
    query = (
        select(session, operator.c.login, operator.c.name, operator.c.role, operator.c.presence)
        .join(operator, operator.c.id == session.c.operator_id)
        .where(
            session.c.token_hash == _hash(token),
            operator.c.is_active.is_(True),
            session.c.seen_at >= now - IDLE_TIME,
            session.c.created_at >= now - LONGEST_TIME,
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    who = Operator(OperatorId(row.operator_id), row.login, row.name, Role(row.role), Presence(row.presence))
    return Session(row.id, who, row.csrf, row.address, row.agent, row.created_at, row.seen_at)


def note_seen(connection: Connection, number: int, now: datetime) -> None:
    connection.execute(update(session).where(session.c.id == number).values(seen_at=now))


def list_sessions(connection: Connection, operator_id: OperatorId) -> list[tuple[int, str, str, datetime, datetime]]:
    """Number, address, agent, begin and last use of each of an operator's sessions, the latest first."""
    query = select(session).where(session.c.operator_id == operator_id).order_by(session.c.seen_at.desc())
    return [(row.id, row.address, row.agent, row.created_at, row.seen_at) for row in connection.execute(query)]


def end_session(connection: Connection, number: int, operator_id: OperatorId) -> bool:
    """Open pages of it are told at once; somebody else's session stays. False when there was nothing to end."""
    own = (session.c.id == number) & (session.c.operator_id == operator_id)
    is_ended = bool(connection.execute(delete(session).where(own)).rowcount)
    if is_ended:
        note_event(connection, "session.revoked", session=number)
    return is_ended


def end_sessions(connection: Connection, operator_id: OperatorId, besides: int | None = None) -> int:
    """All of an operator's sessions, but for one; after a change of password, role or leave."""
    query = select(session.c.id).where(session.c.operator_id == operator_id, session.c.id != (besides or 0))
    numbers = list(connection.execute(query).scalars())
    for number in numbers:
        end_session(connection, number, operator_id)
    return len(numbers)


def wait_before_login(connection: Connection, login: str, address: str, now: datetime) -> float:
    """Seconds until this account may be tried again from this address; 0: now.

    After 5 failures in a quarter of an hour the pause doubles with each, from 30 s; 50 from one address, whatever
    the account, close it for the quarter.
    """
    recent = login_failure.c.failed_at > now - FAILURE_TIME
    here = login_failure.c.address == address[:64]
    total = connection.execute(select(func.count()).where(here, recent)).scalar_one()
    query = select(func.count(), func.max(login_failure.c.failed_at)).where(
        here, recent, login_failure.c.login == login[:64]
    )
    count, last = connection.execute(query).one()
    if total >= _ADDRESS_FAILURES:
        return FAILURE_TIME.total_seconds()
    if count < _ACCOUNT_FAILURES:
        return 0.0
    last_at = last if isinstance(last, datetime) else datetime.fromisoformat(last)
    pause: float = min(FAILURE_TIME.total_seconds(), 30.0 * 2.0 ** (count - _ACCOUNT_FAILURES))
    return max(0.0, pause - (now - last_at).total_seconds())


def note_failure(connection: Connection, login: str, address: str, now: datetime) -> None:
    connection.execute(delete(login_failure).where(login_failure.c.failed_at < now - timedelta(days=1)))
    connection.execute(insert(login_failure).values(login=login[:64], address=address[:64], failed_at=now))


def forgive_failures(connection: Connection, login: str, address: str) -> None:
    """After the right password."""
    own = (login_failure.c.login == login[:64]) & (login_failure.c.address == address[:64])
    connection.execute(delete(login_failure).where(own))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
