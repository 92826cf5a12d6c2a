"""What operators do to conversations: one address takes every act, stores it, and tells what became of it."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.attaching import take_stored
from bot.ports import UPLOAD
from bot.settings.desk import UNDO_CONSOLE
from bot.storage.console.marks import drop_draft
from bot.storage.messages import find_message
from bot.storage.service.settings import load_settings
from core.conversation import ConversationId
from core.errors import InvalidInput, NotFound
from core.event import Act, OperatorActed
from core.message import Attachment, AttachmentKind, MessageId
from core.text import render
from handoff.service.numbers import HIDDEN, put_back

BODY_LIMIT = 26 * 1024 * 1024  # bytes of a message with its files
MOST_FILES = 10
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CUSTOMER = re.compile(r"/customers/[1-9]\d{0,17}")  # whose page the form stood on
_IMAGES = {"image/jpeg", "image/png", "image/gif", "image/webp"}
_HERE = {Act.PRESENCE: None}  # acts that are about no conversation
_PERSONAL = frozenset({Act.REPLY, Act.NOTE})  # their words were a draft


@dataclass(frozen=True, slots=True)
class Done:
    """What the page is told: `kind` is done, refused, held or later."""

    kind: str
    text: str
    message: int | None


async def act(visit: Visit) -> web.StreamResponse:
    """For scripts JSON, for a plain form the conversation again."""
    number = ConversationId(visit.number("number"))
    form = await visit.form()
    event = await _read(visit, form, number)
    done = await perform(visit, event)
    if done.kind != "refused" and event.act in _PERSONAL:
        me = visit.operator.id
        await visit.ground.database.write(lambda connection: drop_draft(connection, me, number))
    if not visit.wants_json:
        given = visit.text(form, "back", 40)
        back = given if _CUSTOMER.fullmatch(given) else f"/inbox/{number}"
        if done.kind in ("refused", "held") and done.text:
            return visit.page("notice.html", 409, text=done.text, back=back, done=done)
        return visit.go(back)
    undo = await _undo_window(visit) if event.act is Act.REPLY and done.kind == "done" else 0
    value = {"kind": done.kind, "text": done.text, "message": done.message, "undo": undo}
    return visit.json({**value, "error": done.text} if done.kind == "refused" else value, _STATUS[done.kind])


_STATUS = {"done": 200, "held": 200, "later": 202, "refused": 409}


async def set_presence(visit: Visit) -> web.StreamResponse:
    """Here, on a break, or gone."""
    form = await visit.form()
    event = OperatorActed(visit.operator.id, Act.PRESENCE, _nonce(form), to=visit.text(form, "to", 16))
    done = await perform(visit, event)
    if visit.wants_json:
        return visit.json({"kind": done.kind, "text": done.text}, _STATUS[done.kind])
    return visit.go("/profile")


async def perform(visit: Visit, event: OperatorActed) -> Done:
    """Store the act, wait a little for its outcome; it is done also when nobody waits any more."""
    await visit.ground.acts.act(event)
    answer = await visit.ground.acts.answer_to(event)
    if answer is None:
        return Done("later", visit.word("act.later"), None)
    message = int(answer.message_id) if answer.message_id is not None else None
    text = render(answer.text or "", visit.language, visit.ground.wording())
    return Done(str(answer.outcome), text, message)


async def _read(visit: Visit, form: Mapping[str, Any], number: ConversationId) -> OperatorActed:
    try:
        kind = Act(str(form.get("act", "")))
    except ValueError:
        raise NotFound("error.no_act") from None
    if kind in _HERE:
        raise NotFound("error.no_act")
    about = str(form.get("message_id", ""))
    message = MessageId(int(about)) if about.isdecimal() and len(about) < 19 else None
    text = visit.text(form, "text")
    if kind is Act.EDIT and message is not None:
        text = await _with_numbers(visit, number, message, text)
    return OperatorActed(
        visit.operator.id,
        kind,
        _nonce(form),
        number,
        text,
        visit.text(form, "to", 200),
        await _files(visit, form),
        message,
        bool(form.get("confirmed")),
    )


async def _with_numbers(visit: Visit, number: ConversationId, message: MessageId, text: str) -> str:
    """The page shows dots for the digits of card and passport numbers; what was left alone is not changed to dots."""
    if HIDDEN not in text:
        return text
    row = await visit.ground.database.read(lambda connection: find_message(connection, message))
    is_theirs = row is not None and row.conversation_id == number and row.author == "operator"
    return put_back(text, row.text) if is_theirs else text


def _nonce(form: Mapping[str, Any]) -> str:
    """The form's own, so that sending it twice acts once; a plain form without script gets a new one."""
    given = str(form.get("nonce", ""))
    return given if _NONCE.fullmatch(given) else secrets.token_hex(16)


async def _files(visit: Visit, form: Any) -> tuple[Attachment, ...]:
    """Those of canned replies and FAQ entries first, then what was uploaded."""
    uploads = [one for one in form.getall("files", []) if isinstance(one, web.FileField) and one.filename]
    stored = await read_stored(visit, form)
    if len(stored) + len(uploads) > MOST_FILES:
        raise InvalidInput("error.files")
    return (*stored, *await _keep_files(visit, uploads))


async def read_stored(visit: Visit, form: Any) -> list[Attachment]:
    """Files the database has, as the box named them; raises InvalidInput for one it does not have."""
    keys = [str(one) for one in form.getall("stored", [])]
    if len(keys) > MOST_FILES:
        raise InvalidInput("error.files")
    found = await visit.ground.database.write(lambda connection: take_stored(connection, keys)) if keys else []
    if len(found) < len(set(keys)):
        raise InvalidInput("error.stored")
    return found


async def _keep_files(visit: Visit, uploads: Sequence[web.FileField]) -> tuple[Attachment, ...]:
    """Onto the shelf before the act is stored, so that nothing is lost between the two."""
    if not uploads:
        return ()
    if visit.ground.shelf is None:
        raise InvalidInput("error.files")
    kept = []
    for one in uploads:
        name = re.sub(r"[\x00-\x1f/\\]+", "_", one.filename)[-150:]
        ref, size = await asyncio.to_thread(visit.ground.shelf.keep, one.file)
        mime = one.content_type.split(";")[0].strip().lower()
        kept.append(Attachment(kind_of(mime), UPLOAD, ref, name, mime, size))
    return tuple(kept)


def kind_of(mime: str) -> AttachmentKind:
    if mime in _IMAGES:
        return AttachmentKind.PHOTO
    if mime == "video/mp4":
        return AttachmentKind.VIDEO
    if mime in ("audio/mpeg", "audio/mp4"):
        return AttachmentKind.AUDIO
    return AttachmentKind.DOCUMENT


async def _undo_window(visit: Visit) -> float:
    settings = await visit.ground.database.read(load_settings)
    return settings[UNDO_CONSOLE].total_seconds()
