"""What a visitor sees in the chat: lines in the order of their ids, each under a key of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update

from bot.storage.database import add_row
from bot.storage.tables import conversation, identity, message, operator
from bot.storage.website.tables import chat_line, visitor
from core.conversation import Status
from core.errors import NotFound

CHANNEL = "website"


@dataclass(frozen=True, slots=True)
class Line:
    """`body`: `buttons` (rows of label and token), `files`, `reply_to` and `edit_of` (keys), what applies."""

    key: str
    author: str
    text: str
    name: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
    created_at: datetime | None = None


def lock(connection: Connection, address: str) -> None:
    """Lines of one visitor become visible in the order of their ids, so that a cursor skips none."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"chat:{address}"})


def add_line(connection: Connection, address: str, new: Line, now: datetime) -> Line:
    """A new line, or the one that has this key already. An edit also changes the line it is about.

    Raises NotFound for an edit of a line that is not there.
    """
    lock(connection, address)
    known = find_line(connection, address, new.key)
    if known is not None:
        return known
    if target := new.body.get("edit_of"):
        before = find_line(connection, address, str(target))
        if before is None:
            raise NotFound("there is no such line")
        body = {**before.body, **{key: value for key, value in new.body.items() if key not in ("edit_of", "reply_to")}}
        body["is_edited"] = True
        connection.execute(update(chat_line).where(chat_line.c.id == before.id).values(text=new.text, body=body))
    values = {
        "address": address,
        "key": new.key,
        "author": new.author,
        "name": new.name,
        "text": new.text.replace("\x00", ""),
        "body": dict(new.body),
        "created_at": now,
    }
    number = add_row(connection, insert(chat_line), values)
    return Line(new.key, new.author, new.text, new.name, new.body, number, now)


def find_line(connection: Connection, address: str, key: str) -> Line | None:
    query = select(chat_line).where(chat_line.c.address == address, chat_line.c.key == key)
    row = connection.execute(query).one_or_none()
    return _read(row) if row is not None else None


def find_numbered(connection: Connection, address: str, number: int) -> Line | None:
    query = select(chat_line).where(chat_line.c.address == address, chat_line.c.id == number)
    row = connection.execute(query).one_or_none()
    return _read(row) if row is not None else None


def lines_behind(connection: Connection, address: str, after: int, most: int = 200) -> list[Line]:
    """Everything new, edits too, oldest first."""
    query = select(chat_line).where(chat_line.c.address == address, chat_line.c.id > after)
    return [_read(row) for row in connection.execute(query.order_by(chat_line.c.id).limit(most))]


def lines_before(connection: Connection, address: str, before: int | None, most: int = 50) -> list[Line]:
    """The last lines before a place (None: the end), oldest first; an edited line stands as it is now."""
    query = select(chat_line).where(chat_line.c.address == address)
    if before is not None:
        query = query.where(chat_line.c.id < before)
    found: list[Line] = []
    for row in connection.execute(query.order_by(chat_line.c.id.desc()).limit(most * 2)):
        line = _read(row)
        if "edit_of" not in line.body:
            found.append(line)
        if len(found) == most:
            break
    return found[::-1]


def last_id(connection: Connection, address: str) -> int:
    query = select(func.coalesce(func.max(chat_line.c.id), 0)).where(chat_line.c.address == address)
    return int(connection.execute(query).scalar_one())


def newest_id(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(chat_line.c.id), 0))).scalar_one())


def addresses_behind(connection: Connection, after: int) -> list[str]:
    """Whose chats have news behind this line."""
    return list(connection.execute(select(chat_line.c.address).where(chat_line.c.id > after).distinct()).scalars())


def count_unseen(connection: Connection, address: str, seen: int) -> int:
    query = select(func.count()).where(
        chat_line.c.address == address, chat_line.c.id > seen, chat_line.c.author != "visitor"
    )
    return int(connection.execute(query.select_from(chat_line)).scalar_one())


def author_of(connection: Connection, message_id: int | None) -> tuple[str, str]:
    """Who says a message: ("bot", "") or ("operator", their name)."""
    if message_id is None:
        return "bot", ""
    query = (
        select(message.c.author, operator.c.name)
        .outerjoin(operator, operator.c.id == message.c.operator_id)
        .where(message.c.id == message_id)
    )
    row = connection.execute(query).one_or_none()
    return ("operator", row.name or "") if row is not None and row.author == "operator" else ("bot", "")


def state_of(connection: Connection, address: str) -> dict[str, str]:
    """Who leads the visitor's conversation: `status` (none, active, queued, assigned, closed), and the operator."""
    query = (
        select(conversation.c.status, operator.c.name)
        .join(identity, identity.c.id == conversation.c.identity_id)
        .outerjoin(operator, operator.c.id == conversation.c.operator_id)
        .where(identity.c.channel == CHANNEL, identity.c.address == address)
        .order_by((conversation.c.status == Status.CLOSED.value), conversation.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return {"status": row.status if row is not None else "none", "operator": (row.name or "") if row else ""}


def move_lines(connection: Connection, addresses: Sequence[str], to: str) -> None:
    connection.execute(update(chat_line).where(chat_line.c.address.in_(addresses)).values(address=to))


def home_of(connection: Connection, address: str) -> str:
    """Where a visitor's chat is now: their own address, or the one it was merged into."""
    query = select(visitor.c.merged_into).where(visitor.c.address == address)
    return connection.execute(query).scalar_one_or_none() or address


def _read(row: Any) -> Line:
    return Line(row.key, row.author, row.text, row.name, row.body or {}, row.id, row.created_at)
