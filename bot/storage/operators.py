"""Operators and their one-time links."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.storage.live.events import note_event
from bot.storage.tables import operator, operator_link
from core.conversation import OperatorId
from core.errors import Conflict, InvalidInput, NotFound
from core.text import Text
from handoff.operators import Operator, Presence, Role

LINK_TIME = timedelta(hours=24)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LEVELS = range(1, 4)
_CAPACITIES = range(1000)


@dataclass(frozen=True, slots=True)
class Profile:
    """An operator with what an admin sets; `level` 1-3, `capacity` conversations at once, 0-999."""

    operator: Operator
    level: int
    capacity: int
    telegram_id: str | None
    is_active: bool
    has_password: bool


def add_operator(
    connection: Connection,
    login: str,
    role: Role,
    now: datetime,
    *,
    name: str = "",
    level: int = 1,
    capacity: int = 4,
    telegram_id: str | None = None,
) -> OperatorId:
    """Raises InvalidInput for a value out of range, Conflict for a login or Telegram id that is taken."""
    values = {
        "login": _login(login),
        "role": str(role),
        **_checked({"name": name, "level": level, "capacity": capacity, "telegram_id": telegram_id}),
    }
    if _by_login(connection, values["login"]) is not None:
        raise Conflict(Text("fault.operator.taken", {"login": values["login"]}))
    _check_telegram(connection, values["telegram_id"], values["login"])
    query = insert(operator).values(created_at=now, **values).returning(operator.c.id)
    return OperatorId(connection.execute(query).scalar_one())


def change_operator(connection: Connection, login: str, **changes: Any) -> Profile:
    """Change name, role, level, capacity, telegram_id (None: take away) or is_active; returns the new state.

    Raises NotFound, InvalidInput for a value out of range, Conflict for a Telegram id that is taken.
    """
    row = _by_login(connection, login)
    if row is None:
        raise NotFound(f"there is no operator {login}; see: otklik operator list")
    values = _checked(changes)
    if "telegram_id" in values:
        _check_telegram(connection, values["telegram_id"], row.login)
    if values:
        connection.execute(update(operator).where(operator.c.id == row.id).values(**values))
    return _profile(connection.execute(select(operator).where(operator.c.id == row.id)).one())


def list_operators(connection: Connection) -> list[Profile]:
    """Everybody, by login; former operators (not active) too."""
    return [_profile(row) for row in connection.execute(select(operator).order_by(operator.c.login))]


def names_by_login(connection: Connection) -> dict[str, str]:
    """What to call whoever changed something, where only the login is kept; former operators too."""
    return {one.operator.login: one.operator.shown_name for one in list_operators(connection)}


def find_operator(connection: Connection, operator_id: OperatorId) -> Operator | None:
    """Whoever has the id, also a former operator: old conversations still show the name."""
    row = connection.execute(select(operator).where(operator.c.id == operator_id)).one_or_none()
    return read_operator(row) if row is not None else None


def find_active(connection: Connection, operator_id: OperatorId) -> Operator | None:
    """Whoever has the id and still is an operator."""
    query = select(operator).where(operator.c.id == operator_id, operator.c.is_active.is_(True))
    row = connection.execute(query).one_or_none()
    return read_operator(row) if row is not None else None


def find_operator_by_login(connection: Connection, login: str) -> Operator | None:
    """The active operator with the login, in any case of letters."""
    row = _by_login(connection, login)
    return read_operator(row) if row is not None and row.is_active else None


def find_operator_by_telegram(connection: Connection, telegram_id: str) -> Operator | None:
    """The active operator who has this Telegram user id."""
    query = select(operator).where(operator.c.telegram_id == telegram_id, operator.c.is_active.is_(True))
    row = connection.execute(query).one_or_none()
    return read_operator(row) if row is not None else None


def set_presence(connection: Connection, operator_id: OperatorId, presence: str, now: datetime) -> None:
    """Raises ValueError for what is no Presence."""
    values = {"presence": str(Presence(presence)), "presence_at": now}
    if presence != Presence.LOST:
        values["seen_at"] = now
    connection.execute(update(operator).where(operator.c.id == operator_id).values(**values))
    note_event(connection, "presence", operator=int(operator_id))


def touch_operator(connection: Connection, operator_id: OperatorId, now: datetime) -> None:
    """A sign of life: an act, or an open console."""
    connection.execute(update(operator).where(operator.c.id == operator_id).values(seen_at=now))


def make_link(connection: Connection, operator_id: OperatorId, now: datetime) -> str:
    """A token with which the operator sets a password once within 24 h; earlier ones no longer work.

    Only its SHA-256 is stored.
    """
    token = secrets.token_urlsafe(32)
    unused = operator_link.c.used_at.is_(None)
    connection.execute(delete(operator_link).where(operator_link.c.operator_id == operator_id, unused))
    connection.execute(
        insert(operator_link).values(operator_id=operator_id, token_hash=_hash(token), expires_at=now + LINK_TIME)
    )
    return token


def use_link(connection: Connection, token: str, now: datetime) -> Operator:
    """Whose link it is; it works once. Raises NotFound when it is unknown, used, too old, or its owner left."""
    used = connection.execute(
        update(operator_link)
        .where(
            operator_link.c.token_hash == _hash(token),
            operator_link.c.used_at.is_(None),
            operator_link.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(operator_link.c.operator_id)
    ).one_or_none()
    found = connection.execute(select(operator).where(operator.c.id == used.operator_id)).one() if used else None
    if found is None or not found.is_active:
        raise NotFound("the link is unknown, used or older than 24 hours; ask an admin for a new one")
    return read_operator(found)


def _by_login(connection: Connection, login: str) -> Row[Any] | None:
    return connection.execute(select(operator).where(operator.c.login == login.strip().lower())).one_or_none()


def _check_telegram(connection: Connection, telegram_id: str | None, login: str) -> None:
    if telegram_id is None:
        return
    query = select(operator.c.login).where(operator.c.telegram_id == telegram_id, operator.c.login != login)
    taken = connection.execute(query).scalar()
    if taken is not None:
        raise Conflict(Text("fault.operator.telegram_taken", {"id": telegram_id, "login": taken}))


def _login(text: str) -> str:
    login = text.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise InvalidInput(Text("fault.operator.login"))
    return login


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    if "level" in values and values["level"] not in _LEVELS:
        raise InvalidInput(Text("fault.level"))
    if "capacity" in values and values["capacity"] not in _CAPACITIES:
        raise InvalidInput(Text("fault.operator.capacity"))
    if values.get("telegram_id") is not None and not re.fullmatch(r"[1-9]\d{0,18}", values["telegram_id"]):
        raise InvalidInput(Text("fault.operator.telegram"))
    if "name" in values and len(values["name"]) > 200:
        raise InvalidInput(Text("fault.operator.name"))
    return {name: str(value) if isinstance(value, Role) else value for name, value in values.items()}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def read_operator(row: Row[Any]) -> Operator:
    return Operator(
        OperatorId(row.id), row.login, row.name, Role(row.role), Presence(row.presence), row.level, row.seen_at
    )


def _profile(row: Row[Any]) -> Profile:
    return Profile(
        read_operator(row), row.level, row.capacity, row.telegram_id, bool(row.is_active), row.password_hash is not None
    )
