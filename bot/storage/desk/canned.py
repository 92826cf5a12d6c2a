"""Canned replies: one's own before everybody's; and what was done to them, for the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from bot.storage.desk.audit import NewAct, add_act
from bot.storage.desk.tables import canned_reply
from bot.storage.messages import read_attachments, write_attachments
from core.conversation import OperatorId
from core.errors import InvalidInput
from core.message import Attachment
from handoff.canned import Canned

_NAME, _TEXT = 64, 4000  # characters


class CannedAct(StrEnum):
    """What was done to a canned reply."""

    ADDED = "canned_add"
    CHANGED = "canned_edit"
    DROPPED = "canned_drop"


def find_canned(connection: Connection, operator_id: OperatorId, name: str) -> Canned | None:
    """By its name in any case of letters, or by the only one that begins so; own ones go first."""
    wanted = _key(name)
    if not wanted:
        return None
    rows = _visible(connection, operator_id)
    exact = [row for row in rows if row.name == wanted]
    if exact:
        return _read(exact[0])
    begun = {row.name: row for row in reversed(rows) if row.name.startswith(wanted)}
    return _read(next(iter(begun.values()))) if len(begun) == 1 else None


def find_shared(connection: Connection, name: str) -> Canned | None:
    """Everybody's, by its whole name."""
    row = connection.execute(select(canned_reply).where(_is(None, _key(name)))).one_or_none()
    return _read(row) if row is not None else None


def list_canned(connection: Connection, operator_id: OperatorId) -> list[Canned]:
    """What the operator can use, by name; one's own hides everybody's of the same name."""
    found = {row.name: _read(row) for row in reversed(_visible(connection, operator_id))}
    return [found[name] for name in sorted(found)]


def list_shared(connection: Connection, owner: OperatorId | None = None) -> list[Canned]:
    """Everybody's alone, or one operator's own alone, by name."""
    whose = canned_reply.c.operator_id.is_(None) if owner is None else canned_reply.c.operator_id == owner
    return [_read(row) for row in connection.execute(select(canned_reply).where(whose).order_by(canned_reply.c.name))]


def write_canned(
    connection: Connection,
    owner: OperatorId | None,
    name: str,
    text: str,
    now: datetime,
    attachments: Sequence[Attachment] = (),
) -> CannedAct | None:
    """Add or replace; `owner` None: everybody's. None when it says so already.

    Raises InvalidInput for a name or text that cannot be.
    """
    key = _key(name)
    if not key or len(key) > _NAME or "\n" in name:
        raise InvalidInput(f"a canned reply needs a name of 1 to {_NAME} characters")
    if not (text.strip() or attachments) or len(text) > _TEXT:
        raise InvalidInput(f"a canned reply needs a text of 1 to {_TEXT} characters")
    values = {"text": text, "attachments": write_attachments(attachments) or None, "updated_at": now}
    known = connection.execute(select(canned_reply).where(_is(owner, key))).first()
    if known is None:
        connection.execute(insert(canned_reply).values(operator_id=owner, name=key, **values))
        return CannedAct.ADDED
    if _read(known) == Canned(key, text, tuple(attachments)):
        return None
    connection.execute(update(canned_reply).where(_is(owner, key)).values(**values))
    return CannedAct.CHANGED


def drop_canned(connection: Connection, owner: OperatorId | None, name: str) -> CannedAct | None:
    """None when there is none of that name."""
    gone = connection.execute(delete(canned_reply).where(_is(owner, _key(name)))).rowcount
    return CannedAct.DROPPED if gone else None


def record_canned(
    connection: Connection,
    operator_id: OperatorId,
    desk: str,
    act: CannedAct | None,
    owner: OperatorId | None,
    name: str,
    now: datetime,
) -> None:
    """A line of the audit log, in the transaction of the change: its name and whose it is, not what it says."""
    if act is not None:
        detail = {"name": _key(name), "shared": owner is None}
        add_act(connection, NewAct(operator_id, None, desk, act, "done", detail=detail), now)


def _visible(connection: Connection, operator_id: OperatorId) -> list[Any]:
    """Own ones first."""
    mine = or_(canned_reply.c.operator_id == operator_id, canned_reply.c.operator_id.is_(None))
    rows = connection.execute(select(canned_reply).where(mine).order_by(canned_reply.c.name))
    return sorted(rows, key=lambda row: row.operator_id is None)


def _is(owner: OperatorId | None, key: str) -> Any:
    whose = canned_reply.c.operator_id.is_(None) if owner is None else canned_reply.c.operator_id == owner
    return whose & (canned_reply.c.name == key)


def _key(name: str) -> str:
    return " ".join(name.lower().split())


def _read(row: Any) -> Canned:
    return Canned(row.name, row.text, read_attachments(row.attachments))
