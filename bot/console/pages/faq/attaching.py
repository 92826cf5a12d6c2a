"""Files that go with an answer: taken from the editor's form, and shown to whoever may read the FAQ."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.files import give_out
from bot.storage.knowledge.files import CHANNEL, keep_file, mime_of
from channels.website import FILE_LIMIT, judge_file, kind_of
from core.errors import InvalidInput
from core.message import Attachment, AttachmentKind
from faq.entry import Entry
from faq.formats.rows import MAX_FILES

BODY_LIMIT = MAX_FILES * FILE_LIMIT + 512 * 1024  # bytes of an entry with its files
ACCEPTED = "image/*,video/mp4,video/webm,audio/*,.pdf,.txt,.csv,.rtf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.odt,.ods,.zip"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as the form brought it, judged by its content."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True)
class FilesForm:
    """What the form says of files. `kept`: those that stay, by `key_of`; `sent`: new ones, in order."""

    kept: frozenset[str]
    sent: tuple[Sent, ...]

    def settle(self, connection: Any, before: Entry | None, now: Any) -> list[Attachment]:
        """All files of the entry from now on. A new one takes the place of one with the same name."""
        found = [one for one in (before.attachments if before is not None else ()) if key_of(one) in self.kept]
        for one in self.sent:
            made = keep_file(connection, one.name, one.mime, kind_of(one.mime), one.content, now)
            place = next((place for place, old in enumerate(found) if old.name == made.name), None)
            if place is None:
                found.append(made)
            else:
                found[place] = made
        return found


def key_of(file: Attachment) -> str:
    return f"{file.ref}|{file.name}"


async def read_files(visit: Visit, form: Any) -> FilesForm | None:
    """None when the form says nothing of files; raises InvalidInput, told in the operator's language."""
    if not form.get("with_files"):
        return None
    fields = [one for one in form.getall("files", []) if isinstance(one, web.FileField) and one.filename]
    kept = frozenset(str(one) for one in form.getall("keep", []))
    sent = [await asyncio.to_thread(_judge, visit, one) for one in fields[: MAX_FILES + 1]]
    named = {one.partition("|")[2] for one in kept}
    if len(kept) + len({one.name for one in sent} - named) > MAX_FILES or len(sent) > MAX_FILES:
        raise InvalidInput(visit.word("faq.files.many", most=MAX_FILES))
    return FilesForm(kept, tuple(sent))


def _judge(visit: Visit, field: web.FileField) -> Sent:
    content = field.file.read(FILE_LIMIT + 1)
    try:
        name, mime = judge_file(field.filename, field.content_type, content)
    except InvalidInput:
        words = {"name": field.filename[-80:], "limit": FILE_LIMIT // 2**20}
        key = "faq.files.empty" if not content else "faq.files.big" if len(content) > FILE_LIMIT else "faq.files.kind"
        raise InvalidInput(visit.word(key, **words)) from None
    return Sent(name, mime, content)


async def show_file(visit: Visit) -> web.StreamResponse:
    """A file of any entry, of earlier revisions too."""
    ref = visit.request.match_info["ref"]
    mime = await visit.ground.database.read(lambda connection: mime_of(connection, ref))
    name = visit.request.query.get("name", "")[:150] or "file"
    return await give_out(visit, Attachment(kind_of(mime), CHANNEL, ref, name, mime))


def shown(files: Sequence[Attachment]) -> list[Mapping[str, Any]]:
    """As the templates show them."""
    return [
        {
            "key": key_of(one),
            "ref": one.ref,
            "name": one.name,
            "is_picture": one.kind in (AttachmentKind.PHOTO, AttachmentKind.ANIMATION) and bool(one.ref),
            "size": one.size or 0,
        }
        for one in files
    ]
