"""Who works at the desk in a conversation that is played."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.storage.desk.canned import write_canned
from bot.storage.desk.team import set_skills
from bot.storage.operators import add_operator
from handoff.operators import Role
from tests.dialogs.stage import MEMBERS, OPERATORS


def hire(connection: Connection, team: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
    """The usual operators as `team` says (level, capacity, role, skills, canned), and whoever else it names."""
    for login in [*OPERATORS, *(name for name in team if name not in OPERATORS)]:
        number, name = MEMBERS[login]
        told = dict(team.get(login, {}))
        skills, canned = told.pop("skills", ()), told.pop("canned", {})
        role = Role(told.pop("role", Role.OPERATOR))
        made = add_operator(connection, login, role, now=now, telegram_id=number, name=name, **told)
        set_skills(connection, made, skills)
        for key, text in canned.items():
            write_canned(connection, made, key, text, now)
