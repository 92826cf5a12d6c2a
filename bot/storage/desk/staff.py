"""Operators added and changed by an admin, each with its line in the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.storage.desk.audit import Who, record_change
from bot.storage.desk.team import set_skills, skills_of
from bot.storage.operators import Profile, add_operator, change_operator, make_link
from core.conversation import OperatorId
from handoff.operators import Role


def engage(
    connection: Connection, who: Who, login: str, role: Role, now: datetime, **values: Any
) -> tuple[OperatorId, str]:
    """A new operator, and the token of the link that sets the password. Raises what `add_operator` does."""
    number = add_operator(connection, login, role, now, **values)
    record_change(connection, who, "operator.added", now, login=login.strip().lower(), role=str(role))
    return number, make_link(connection, number, now)


def change_person(
    connection: Connection, who: Who, login: str, now: datetime, skills: Iterable[str] | None = None, **changes: Any
) -> Profile:
    """What is not given stays. The log says what differs from before; nothing when nothing does."""
    before = change_operator(connection, login)
    served = skills_of(connection, before.operator.id)
    after = change_operator(connection, login, **changes)
    if skills is not None:
        set_skills(connection, before.operator.id, skills)
    old, new = _shown(before, served), _shown(after, skills_of(connection, before.operator.id))
    changed: dict[str, Any] = {name: value for name, value in new.items() if value != old[name]}
    if changed:
        record_change(connection, who, "operator.changed", now, login=after.operator.login, **changed)
    return after


def renew_link(connection: Connection, who: Who, profile: Profile, now: datetime) -> str:
    """A token to set the password with; earlier ones no longer work."""
    record_change(connection, who, "operator.link", now, login=profile.operator.login)
    return make_link(connection, profile.operator.id, now)


def _shown(profile: Profile, skills: Iterable[str]) -> dict[str, object]:
    """False for what there is none of, and "all" for the categories of whoever serves them all."""
    return {
        "name": profile.operator.name or False,
        "role": str(profile.operator.role),
        "level": profile.level,
        "capacity": profile.capacity,
        "telegram": profile.telegram_id or False,
        "skills": list(skills) or "all",
        "active": profile.is_active,
    }
