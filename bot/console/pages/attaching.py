"""Files that go with an answer or a canned reply: taken from its form, and shown to whoever may read the FAQ."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.files import give_out
from bot.storage.knowledge.files import CHANNEL, keep_file, mime_of, take_files
from channels.website import FILE_LIMIT, judge_file, kind_of, name_for
from core.errors import InvalidInput
from core.message import Attachment, AttachmentKind
from faq.formats.rows import MAX_FILES

BODY_LIMIT = MAX_FILES * FILE_LIMIT + 512 * 1024  # bytes of an entry, or a canned reply, with its files
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

    kept: tuple[str, ...]
    sent: tuple[Sent, ...]

    def settle(self, connection: Any, before: Sequence[Attachment], now: Any) -> list[Attachment]:
        """All files from now on, of which `before` are there. A new one takes the place of one with the same name."""
        known = {key_of(one) for one in before}
        found = [one for one in before if key_of(one) in self.kept]
        found += take_stored(connection, [key for key in self.kept if key not in known])
        for one in self.sent:
            made = keep_file(connection, one.name, one.mime, kind_of(one.mime), one.content, now)
            place = next((place for place, old in enumerate(found) if old.name == made.name), None)
            if place is None:
                found.append(made)
            else:
                found[place] = made
        return found


def settle_refused(
    connection: Any, files: FilesForm | None, before: Sequence[Attachment], now: Any
) -> list[Mapping[str, Any]]:
    """What a form that was not saved goes on with, as the templates show it; `before`: what stands there now.

    The files that fit are put in all the same: a browser would have them chosen again.
    """
    kept = files.settle(connection, before, now) if files is not None else list(before)
    return shown(kept, [one for one in before if one not in kept])


def key_of(file: Attachment) -> str:
    return f"{file.ref}|{file.name}"


def take_stored(connection: Any, keys: Sequence[str]) -> list[Attachment]:
    """Files of the database by `key_of`, in this order and each once; those that are not there are left out.

    They are about to be referred to: for work that writes.
    """
    named = [(ref, name) for ref, _, name in (key.partition("|") for key in dict.fromkeys(keys))]
    known = take_files(connection, {ref for ref, _ in named})
    return [
        Attachment(kind_of(known[ref][0]), CHANNEL, ref, name_for(name), *known[ref])
        for ref, name in named
        if ref in known
    ]


async def read_files(visit: Visit, form: Any) -> tuple[FilesForm | None, str]:
    """The files that fit, and what is wrong with each of the others, in the operator's language ("": nothing is).

    None when the form says nothing of files.
    """
    if not form.get("with_files"):
        return None, ""
    fields = [one for one in form.getall("files", []) if isinstance(one, web.FileField) and one.filename]
    kept = tuple(dict.fromkeys(str(one) for one in form.getall("keep", [])))[: MAX_FILES * 2]
    judged = [await asyncio.to_thread(_judge, visit, one) for one in fields[: MAX_FILES + 1]]
    sent = [one for one in judged if isinstance(one, Sent)]
    faults = [one for one in judged if isinstance(one, str)]
    named = {one.partition("|")[2] for one in kept}
    if len(kept) + len({one.name for one in sent} - named) > MAX_FILES or len(fields) > MAX_FILES:
        faults.append(visit.word("faq.files.many", most=MAX_FILES))
    return FilesForm(kept, tuple(sent)), " ".join(faults)


def _judge(visit: Visit, field: web.FileField) -> Sent | str:
    """The file, or what is wrong with it."""
    content = field.file.read(FILE_LIMIT + 1)
    try:
        name, mime = judge_file(field.filename, field.content_type, content)
    except InvalidInput:
        words = {"name": field.filename[-80:], "limit": FILE_LIMIT // 2**20}
        key = "faq.files.empty" if not content else "faq.files.big" if len(content) > FILE_LIMIT else "faq.files.kind"
        return visit.word(key, **words)
    return Sent(name, mime, content)


async def show_file(visit: Visit) -> web.StreamResponse:
    """A file of any entry, of earlier revisions too, or of a canned reply."""
    ref = visit.request.match_info["ref"]
    mime = await visit.ground.database.read(lambda connection: mime_of(connection, ref))
    name = visit.request.query.get("name", "")[:150] or "file"
    return await give_out(visit, Attachment(kind_of(mime), CHANNEL, ref, name, mime))


def shown(files: Sequence[Attachment], off: Sequence[Attachment] = ()) -> list[Mapping[str, Any]]:
    """As the templates show them; `off`: those that the form leaves out."""
    return [
        {
            "key": key_of(one),
            "ref": one.ref,
            "name": one.name,
            "is_picture": one.kind in (AttachmentKind.PHOTO, AttachmentKind.ANIMATION) and bool(one.ref),
            "size": one.size or 0,
            "is_kept": one not in off,
        }
        for one in (*files, *off)
    ]


def for_script(file: Attachment) -> dict[str, str]:
    """A file of the database as the reply box holds it."""
    return {"key": key_of(file), "ref": file.ref, "name": file.name}
