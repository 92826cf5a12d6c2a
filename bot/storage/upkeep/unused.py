"""Files of answers and canned replies that nothing refers to any more: found, let be for a while, and removed.

A form that was refused and given up leaves its files behind, and so does a canned reply that was deleted. What is in
use is told by what stands in the tables, never by what somebody has thought of writing down.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Text, cast, delete, select, text, true, update

from bot.storage.console.tables import draft
from bot.storage.database import Database
from bot.storage.desk.tables import canned_reply
from bot.storage.knowledge.files import CHANNEL, LINK_TIME
from bot.storage.knowledge.tables import faq_file, faq_file_part, faq_revision
from bot.storage.notes import read_note, write_note
from bot.storage.privacy.person import name_of_file, place_of
from bot.storage.tables import faq_entry, inbox, message, outbox

log = logging.getLogger(__name__)

FREE_TIME = LINK_TIME + timedelta(days=2)
"""How long a file is let be after nothing was found to refer to it. By then the links that were sent to it have ended,
and no open page can still name it: a login, and every form made for it, ends after a week."""
_EVERY = timedelta(days=1)
_NOTE = "answer files looked through"
_AT_ONCE = 500  # SQLite takes a limited number of parameters
_REF = re.compile(r"[0-9a-f]{64}")

# Where files are named, and in which rows; what is long to read comes last, and so does what a file goes on to, lest it
# be missed on its way from a draft to a message. What was sent, and what a visitor's chat shows, is a message too.
_PLACES: tuple[tuple[Column[Any], Any], ...] = (
    (canned_reply.c.attachments, true()),
    (faq_entry.c.attachments, true()),
    (draft.c.attachments, true()),
    (inbox.c.payload, inbox.c.handled_at.is_(None) & inbox.c.set_aside_at.is_(None)),
    (outbox.c.content, text("state IN ('pending', 'sending', 'uncertain')")),  # the words of the index of the open ones
    (faq_revision.c.content, true()),
    (message.c.attachments, text("attachments <> 'null'")),  # the words of the index of messages with files
)


async def tidy_files(database: Database, now: datetime, folder: Path | None = None) -> int:
    """Once a day; returns how many files went, each in a transaction of its own. `folder`: where copies of them lie.

    Cut short anywhere it has removed whole files or none, and is begun anew.
    """
    if not await database.read(partial(_is_due, now=now)):
        return 0
    if found := await database.read(_newly_free):
        await database.write(partial(_mark, refs=found, free_at=now))
    # Again for all that is marked: whoever took a file before the mark has written by now what they took it for.
    before = now - FREE_TIME
    due, used = await database.read(partial(_look_again, before=before))
    if used:
        await database.write(partial(_mark, refs=used, free_at=None))
    total = 0
    for ref in due:
        if await database.write(partial(drop_file, ref=ref, before=before)):
            total += 1
            if folder is not None:
                path = place_of(folder, name_of_file(CHANNEL, ref))
                await asyncio.to_thread(path.unlink, missing_ok=True)
    if total:
        log.info("removed %d files of answers that nothing had referred to for %d days", total, FREE_TIME.days)
    await database.write(lambda connection: write_note(connection, _NOTE, now.isoformat()))
    return total


def drop_file(connection: Connection, ref: str, before: datetime) -> bool:
    """The file, if it has been free since before that moment and nobody is just taking it; whether it went."""
    mine = select(faq_file.c.id).where(faq_file.c.ref == ref, faq_file.c.free_at < before)
    number = connection.execute(mine.with_for_update(skip_locked=True)).scalar_one_or_none()
    if number is None:
        return False
    connection.execute(delete(faq_file_part).where(faq_file_part.c.file_id == number))
    connection.execute(delete(faq_file).where(faq_file.c.id == number))
    return True


def without_use(connection: Connection, refs: Collection[str]) -> set[str]:
    """Those of the files that no table names; whatever stands there and looks like their hash counts as naming them."""
    left = set(refs)
    for column, where in _PLACES:
        if not left:
            break
        words = cast(column, Text)
        for written in connection.execute(select(words).where(where, words.contains(f'"{CHANNEL}"'))).scalars():
            left.difference_update(_REF.findall(written))
    return left


def _is_due(connection: Connection, now: datetime) -> bool:
    last = read_note(connection, _NOTE)
    return last is None or not timedelta(0) <= now - datetime.fromisoformat(last) < _EVERY


def _newly_free(connection: Connection) -> set[str]:
    known = select(faq_file.c.ref).where(faq_file.c.free_at.is_(None))
    return without_use(connection, set(connection.execute(known).scalars()))


def _look_again(connection: Connection, before: datetime) -> tuple[list[str], set[str]]:
    """Of the files that are marked those that have been free since before that moment, and those that are in use."""
    rows = connection.execute(select(faq_file.c.ref, faq_file.c.free_at).where(faq_file.c.free_at.is_not(None)))
    marked = {row.ref: row.free_at for row in rows}
    free = without_use(connection, marked)
    return sorted(ref for ref in free if marked[ref] < before), set(marked) - free


def _mark(connection: Connection, refs: Collection[str], free_at: datetime | None) -> None:
    """The first mark counts."""
    for part in _parts(sorted(refs)):
        here = update(faq_file).where(faq_file.c.ref.in_(part))
        here = here if free_at is None else here.where(faq_file.c.free_at.is_(None))
        connection.execute(here.values(free_at=free_at))


def _parts(listed: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]
