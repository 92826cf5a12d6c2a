"""Files that visitors sent, in the database: they are backed up with it and there for every process."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.storage.database import add_row
from bot.storage.website.tables import upload, upload_part
from core.errors import InvalidInput, NotFound

_PART = 64 * 1024  # bytes of a row
_UNUSED = timedelta(days=1)  # a file that no message took along is dropped after this time


@dataclass(frozen=True, slots=True)
class Upload:
    ref: str
    name: str
    mime: str
    size: int


def add_upload(connection: Connection, address: str, name: str, mime: str, content: bytes, now: datetime) -> Upload:
    """Keep the file, and drop what was sent long ago and never used."""
    _drop_unused(connection, now - _UNUSED)
    new = Upload(secrets.token_urlsafe(16), name, mime, len(content))
    values = {"ref": new.ref, "address": address, "name": name, "mime": mime, "size": new.size, "created_at": now}
    number = add_row(connection, insert(upload), values)
    parts = [
        {"upload_id": number, "position": place, "content": content[start : start + _PART]}
        for place, start in enumerate(range(0, len(content), _PART))
    ]
    connection.execute(insert(upload_part), parts)
    return new


def _drop_unused(connection: Connection, before: datetime) -> None:
    old = select(upload.c.id).where(upload.c.used_at.is_(None), upload.c.created_at < before)
    numbers = list(connection.execute(old.limit(20)).scalars())
    drop(connection, numbers)


def drop(connection: Connection, numbers: Sequence[int]) -> None:
    if numbers:
        connection.execute(delete(upload_part).where(upload_part.c.upload_id.in_(numbers)))
        connection.execute(delete(upload).where(upload.c.id.in_(numbers)))


def find_uploads(connection: Connection, address: str, refs: Sequence[str]) -> list[Upload]:
    """In the order asked for; raises InvalidInput for a file that is not this visitor's."""
    query = select(upload).where(upload.c.ref.in_(refs), upload.c.address == address)
    found = {row.ref: Upload(row.ref, row.name, row.mime, row.size) for row in connection.execute(query)}
    if missing := [ref for ref in refs if ref not in found]:
        raise InvalidInput(f"there is no file {missing[0][:32]!r}; send it first")
    return [found[ref] for ref in refs]


def note_used(connection: Connection, refs: Sequence[str], now: datetime) -> None:
    connection.execute(update(upload).where(upload.c.ref.in_(refs)).values(used_at=now))


def bytes_since(connection: Connection, address: str, since: datetime) -> int:
    """How much this visitor has sent lately."""
    query = select(func.coalesce(func.sum(upload.c.size), 0))
    return int(connection.execute(query.where(upload.c.address == address, upload.c.created_at >= since)).scalar_one())


def read_upload(connection: Connection, ref: str) -> bytes:
    """The whole content; raises NotFound."""
    query = (
        select(upload_part.c.content)
        .join(upload, upload.c.id == upload_part.c.upload_id)
        .where(upload.c.ref == ref)
        .order_by(upload_part.c.position)
    )
    parts = list(connection.execute(query).scalars())
    if not parts:
        raise NotFound("the file is gone")
    return b"".join(parts)
