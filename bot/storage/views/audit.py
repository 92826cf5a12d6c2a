"""The audit log as a page: who did what, when, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.storage.desk.tables import audit
from bot.storage.tables import operator

PAGE = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """`who` is "" for what Otklik did itself, and for somebody at the command line without a name: see `desk`."""

    id: int
    at: datetime
    who: str
    conversation_id: int | None
    desk: str
    act: str
    outcome: str
    detail: Mapping[str, Any]


def list_acts(
    connection: Connection, *, operator_id: int | None = None, act: str = "", before: int | None = None
) -> list[Entry]:
    """The newest first; one row more than a page when there is another page."""
    query = select(audit, operator.c.name, operator.c.login).outerjoin(operator, operator.c.id == audit.c.operator_id)
    if operator_id is not None:
        query = query.where(audit.c.operator_id == operator_id)
    if act:
        query = query.where(audit.c.act == act)
    if before is not None:
        query = query.where(audit.c.id < before)
    rows = connection.execute(query.order_by(audit.c.id.desc()).limit(PAGE + 1))
    return [
        Entry(
            row.id,
            row.at,
            row.name or row.login or "",
            row.conversation_id,
            row.desk,
            row.act,
            row.outcome,
            row.detail or {},
        )
        for row in rows
    ]


def list_kinds(connection: Connection) -> list[str]:
    """The acts that occur in the log."""
    return sorted(connection.execute(select(audit.c.act).distinct()).scalars())
