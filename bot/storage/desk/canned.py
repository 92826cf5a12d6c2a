"""Canned replies: one's own before everybody's; and what was done to them, for the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, text, update

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


def find_kept(connection: Connection, owner: OperatorId | None, name: str) -> Canned | None:
    """The one that `owner` keeps (None: everybody's), by its whole name."""
    row = connection.execute(select(canned_reply).where(_is(owner, _key(name)))).one_or_none()
    return _read(row) if row is not None else None


def list_canned(connection: Connection, operator_id: OperatorId) -> list[Canned]:
    """What the operator can use, by name; one's own hides everybody's of the same name."""
    found = {row.name: _read(row) for row in reversed(_visible(connection, operator_id))}
    return [found[name] for name in sorted(found)]


def list_shared(connection: Connection, owner: OperatorId | None = None) -> list[Canned]:
    """Everybody's alone, or one operator's own alone, by name."""
    whose = canned_reply.c.operator_id.is_(None) if owner is None else canned_reply.c.operator_id == owner
    return [_read(row) for row in connection.execute(select(canned_reply).where(whose).order_by(canned_reply.c.name))]


def lock_canned(connection: Connection) -> None:
    """Nobody else changes canned replies until the end of the transaction; on SQLite writers come one by one anyhow."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE canned_reply IN SHARE ROW EXCLUSIVE MODE"))


def write_canned(
    connection: Connection,
    owner: OperatorId | None,
    name: str,
    words: str,
    now: datetime,
    attachments: Sequence[Attachment] | None = None,
) -> CannedAct | None:
    """Add or replace; `owner` None: everybody's, `attachments` None: the files stay. None when it says so already.

    Of two who write one of a new name at the same moment the later changes what the earlier has added.
    Raises InvalidInput for a name or text that cannot be.
    """
    key = _key(name)
    if not key or len(key) > _NAME or "\n" in name:
        raise InvalidInput(f"a canned reply needs a name of 1 to {_NAME} characters")
    lock_canned(connection)
    known = find_kept(connection, owner, key)
    files = tuple(attachments if attachments is not None else known.attachments if known is not None else ())
    if not (words.strip() or files) or len(words) > _TEXT:
        raise InvalidInput(f"a canned reply needs a text of 1 to {_TEXT} characters, or a file")
    values = {"text": words, "attachments": write_attachments(files) or None, "updated_at": now}
    if known is None:
        connection.execute(insert(canned_reply).values(operator_id=owner, name=key, **values))
        return CannedAct.ADDED
    if known == Canned(key, words, files):
        return None
    connection.execute(update(canned_reply).where(_is(owner, key)).values(**values))
    return CannedAct.CHANGED


def drop_canned(connection: Connection, owner: OperatorId | None, name: str) -> CannedAct | None:
    """None when there is none of that name. Its files stay for the messages they went with."""
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
