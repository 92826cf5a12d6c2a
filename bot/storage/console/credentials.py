"""Passwords and the links that set them; the first admin of a fresh installation."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from bot.storage.desk.audit import CONSOLE, Who, record_change
from bot.storage.notes import drop_note, read_note, write_note
from bot.storage.operators import LINK_TIME, add_operator, find_operator_by_login, use_link
from bot.storage.tables import operator, operator_link
from core.conversation import OperatorId
from core.errors import NotFound
from handoff.operators import Operator, Role

_FIRST = "first_admin"


@dataclass(frozen=True, slots=True)
class Credentials:
    operator: Operator
    password_hash: str | None


def find_credentials(connection: Connection, login: str) -> Credentials | None:
    """Of an active operator, in any case of letters."""
    who = find_operator_by_login(connection, login)
    if who is None:
        return None
    query = select(operator.c.password_hash).where(operator.c.id == who.id)
    return Credentials(who, connection.execute(query).scalar_one())


def set_password(connection: Connection, operator_id: OperatorId, password_hash: str) -> None:
    connection.execute(update(operator).where(operator.c.id == operator_id).values(password_hash=password_hash))


def owner_of_link(connection: Connection, token: str, now: datetime) -> str | None:
    """The login whose link it is, without using it up; None when it no longer works."""
    query = (
        select(operator.c.login)
        .join(operator_link, operator_link.c.operator_id == operator.c.id)
        .where(
            operator_link.c.token_hash == _hash(token),
            operator_link.c.used_at.is_(None),
            operator_link.c.expires_at > now,
            operator.c.is_active.is_(True),
        )
    )
    return connection.execute(query).scalar_one_or_none()


def set_password_by_link(connection: Connection, token: str, password_hash: str, now: datetime) -> Operator:
    """Uses the link up, and says so in the audit log; raises NotFound when it no longer works."""
    who = use_link(connection, token, now)
    set_password(connection, who.id, password_hash)
    record_change(connection, Who(who.id, who.login, CONSOLE), "password.set", now)
    return who


def make_first_link(connection: Connection, now: datetime) -> str | None:
    """A token that makes the first admin, good once within 24 h; None when there is an admin already.

    Only its hash is kept, so each start makes a new one and ends the one before.
    """
    if _has_admin(connection):
        drop_note(connection, _FIRST)
        return None
    token = secrets.token_urlsafe(24)
    write_note(connection, _FIRST, json.dumps({"hash": _hash(token), "until": (now + LINK_TIME).isoformat()}))
    return token


def is_first_link(connection: Connection, token: str, now: datetime) -> bool:
    note = read_note(connection, _FIRST)
    stored = json.loads(note) if note else None
    if not stored or _has_admin(connection):
        return False
    return secrets.compare_digest(stored["hash"], _hash(token)) and now < datetime.fromisoformat(stored["until"])


def make_first_admin(
    connection: Connection, token: str, login: str, name: str, password_hash: str, now: datetime
) -> Operator:
    """With a line in the audit log.

    Raises NotFound when the link no longer works, InvalidInput or Conflict for an unfit login.
    """
    if not is_first_link(connection, token, now):
        raise NotFound("the link is unknown, used or older than 24 hours; start Otklik again to get a new one")
    number = add_operator(connection, login, Role.ADMIN, now, name=name)
    set_password(connection, number, password_hash)
    drop_note(connection, _FIRST)
    who = find_operator_by_login(connection, login)
    assert who is not None
    record_change(connection, Who(who.id, who.login, CONSOLE), "operator.first", now, login=who.login)
    return who


def _has_admin(connection: Connection) -> bool:
    query = select(func.count()).where(operator.c.role == Role.ADMIN.value, operator.c.is_active.is_(True))
    return bool(connection.execute(query).scalar_one())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
