"""Files that go with answers and canned replies: in the database, to be backed up with it and there for every process.

A file is known by the hash of its content: put in twice it is kept once, and it stays for the entry's history and for
the messages it went with. What nothing refers to goes after a while: see `bot.storage.upkeep.unused`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy import Connection, insert, select, update

from bot.storage.knowledge.tables import faq_file, faq_file_part
from bot.storage.notes import read_note, secret_note
from bot.storage.tables import insert_into
from core.errors import NotFound
from core.message import Attachment, AttachmentKind

CHANNEL = "faq"
LINK_TIME = timedelta(days=30)  # how long a link sent to a customer is good
_KEY = "key of answer files"
_PART = 64 * 1024  # bytes of a row


def keep_file(
    connection: Connection, name: str, mime: str, kind: AttachmentKind, content: bytes, now: datetime
) -> Attachment:
    """The file as an attachment of an entry or a canned reply; two who put it in at the same moment put in one.

    One that is there already is taken, as by `take_files`.
    """
    ref = hashlib.sha256(content).hexdigest()
    values = {"ref": ref, "mime": mime, "size": len(content), "created_at": now}
    new = insert_into(connection, faq_file).values(values)
    kept = new.on_conflict_do_update(index_elements=["ref"], set_={"free_at": None}).returning(faq_file.c.id)
    number = connection.execute(kept).scalar_one()
    if (
        connection.execute(select(faq_file_part.c.position).where(faq_file_part.c.file_id == number).limit(1)).first()
        is None
    ):
        parts = [
            {"file_id": number, "position": place, "content": content[start : start + _PART]}
            for place, start in enumerate(range(0, len(content), _PART))
        ]
        connection.execute(insert(faq_file_part), parts)
    return Attachment(kind, CHANNEL, ref, name, mime, len(content))


def read_file(connection: Connection, ref: str) -> bytes:
    """The whole content; raises NotFound."""
    query = (
        select(faq_file_part.c.content)
        .join(faq_file, faq_file.c.id == faq_file_part.c.file_id)
        .where(faq_file.c.ref == ref)
        .order_by(faq_file_part.c.position)
    )
    parts = list(connection.execute(query).scalars())
    if not parts:
        raise NotFound("the file is gone")
    return b"".join(parts)


def take_files(connection: Connection, refs: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Type and size in bytes of those that there are, by their hash.

    Whoever is about to refer to files that a page names takes them first: until the end of the transaction nobody
    removes them or finds them unused, and the time after which an unused one goes begins anew.
    """
    wanted = sorted(set(refs))
    if not wanted:
        return {}
    taken = update(faq_file).where(faq_file.c.ref.in_(wanted)).values(free_at=None)
    rows = connection.execute(taken.returning(faq_file.c.ref, faq_file.c.mime, faq_file.c.size))
    return {row.ref: (row.mime, row.size) for row in rows}


def mime_of(connection: Connection, ref: str) -> str:
    """Raises NotFound."""
    found = connection.execute(select(faq_file.c.mime).where(faq_file.c.ref == ref)).scalar_one_or_none()
    if found is None:
        raise NotFound("the file is gone")
    return str(found)


# --- links for whoever gets an answer in a channel that could not carry its file


def signed_path(connection: Connection, file: Attachment, now: datetime) -> str:
    """The path of a public page that gives the file out, also when its entry is answered no more; good for 30 days."""
    until = int((now + LINK_TIME).timestamp())
    sign = _sign(secret_note(connection, _KEY), file.ref, until)
    return f"/help/files/{file.ref}/{quote(file.name, safe='')}?until={until}&sign={sign}"


def is_signed(connection: Connection, ref: str, until: str, sign: str, now: datetime) -> bool:
    """Whether a link is ours and still good."""
    if not (until.isascii() and until.isdecimal() and len(until) < 12) or int(until) < now.timestamp():
        return False
    key = read_note(connection, _KEY)
    return key is not None and hmac.compare_digest(_sign(key, ref, int(until)).encode(), sign.encode())


def _sign(key: str, ref: str, until: int) -> str:
    return hmac.new(bytes.fromhex(key), f"{ref}:{until}".encode(), hashlib.sha256).hexdigest()[:40]
