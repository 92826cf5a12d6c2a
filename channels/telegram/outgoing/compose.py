"""A message -> the calls that send it. Each call is a step: one method and its fields."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from channels.telegram.wire import sdk
from core.channel import Capabilities, Files, StoredFile
from core.errors import Permanent, Refusal
from core.fit import clean, fit
from core.message import FILE_KINDS, Attachment, AttachmentKind, Button, OutgoingMessage

CAPABILITIES = Capabilities(has_one_key=True, has_markup=True)
OWN_FILES = frozenset({"telegram", "telegram_desk"})  # channels whose file ids this bot may use
PHOTO_LIMIT = 10 * 1024 * 1024
STICKER_MIMES = frozenset({"image/webp", "video/webm", "application/x-tgsticker"})  # other pictures are photos

_METHODS: dict[AttachmentKind, tuple[type[sdk.TelegramMethod[Any]], str]] = {
    AttachmentKind.PHOTO: (sdk.methods.SendPhoto, "photo"),
    AttachmentKind.VIDEO: (sdk.methods.SendVideo, "video"),
    AttachmentKind.ANIMATION: (sdk.methods.SendAnimation, "animation"),
    AttachmentKind.VOICE: (sdk.methods.SendVoice, "voice"),
    AttachmentKind.AUDIO: (sdk.methods.SendAudio, "audio"),
    AttachmentKind.VIDEO_NOTE: (sdk.methods.SendVideoNote, "video_note"),
    AttachmentKind.DOCUMENT: (sdk.methods.SendDocument, "document"),
    AttachmentKind.STICKER: (sdk.methods.SendSticker, "sticker"),
}
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    method: type[sdk.TelegramMethod[Any]]
    fields: Fields


@dataclass(frozen=True, slots=True)
class Place:
    """Where to: a chat and, in a forum, a topic ("" is General, which has no number in calls)."""

    chat: int
    topic: str = ""

    def fields(self) -> Fields:
        return {"chat_id": self.chat} | ({"message_thread_id": int(self.topic)} if self.topic else {})


async def compose(message: OutgoingMessage, place: Place, files: Files) -> list[Step]:
    """The calls in order, with all files already at hand; raises Permanent(FILE) before anything is sent."""
    # as a rule the core has fitted the message already
    is_short = not message.attachments and 0 < 2 * len(message.text) <= CAPABILITIES.text_limit
    is_fit = is_short and clean(message.text) == message.text
    parts = (message,) if is_fit else fit(message, CAPABILITIES)
    if not parts:
        raise Permanent("there is nothing in the message that can be seen")
    return [await _step(part, place, files) for part in parts]


def edits(message: OutgoingMessage, chat: int, target: int) -> list[Step]:
    """Ways to change an earlier message into this one, to be tried in order until one fits that message."""
    first = fit(replace(message, attachments=()), CAPABILITIES)[:1]
    to: Fields = {"chat_id": chat, "message_id": target, "reply_markup": keyboard(message.buttons)}
    if not first:
        return [Step(sdk.methods.EditMessageReplyMarkup, to)]
    text, entities = first[0].text, _entities(first[0].markup)
    steps = [
        Step(sdk.methods.EditMessageText, to | {"text": text, "entities": entities, **_NO_PREVIEW}),
        Step(sdk.methods.EditMessageCaption, to | {"caption": text, "caption_entities": entities}),
    ]
    return steps[::-1] if message.attachments else steps


_NO_PREVIEW: Fields = {"link_preview_options": {"is_disabled": True}}


def keyboard(rows: Sequence[Sequence[Button]]) -> Fields | None:
    shown = [[{"text": button.label, "callback_data": button.token} for button in row] for row in rows if row]
    return {"inline_keyboard": shown} if shown else None


async def _step(part: OutgoingMessage, place: Place, files: Files) -> Step:
    """One call for a part that `fit` has made."""
    fields = place.fields()
    if part.reply_to.isdecimal():
        fields["reply_parameters"] = {"message_id": int(part.reply_to), "allow_sending_without_reply": True}
    if len(part.attachments) > 1:
        return Step(sdk.methods.SendMediaGroup, fields | {"media": await _album(part, files)})
    if markup := keyboard(part.buttons):
        fields["reply_markup"] = markup
    if not part.attachments:
        return Step(
            sdk.methods.SendMessage, fields | {"text": part.text, "entities": _entities(part.markup), **_NO_PREVIEW}
        )
    (attachment,) = part.attachments
    if attachment.kind in FILE_KINDS:
        method, name, source = await _media(attachment, files)
        caption: Fields = {"caption": part.text, "caption_entities": _entities(part.markup)} if part.text else {}
        return Step(method, fields | {name: source} | caption)
    return _bare(attachment, fields)


def _bare(attachment: Attachment, fields: Fields) -> Step:
    """What has no file: places, contacts, and a line for what cannot be carried."""
    if attachment.kind is AttachmentKind.LOCATION and attachment.latitude is not None:
        where = {"latitude": attachment.latitude, "longitude": attachment.longitude}
        title, _, address = attachment.name.partition(", ")
        if title:
            return Step(sdk.methods.SendVenue, fields | where | {"title": title, "address": address or title})
        return Step(sdk.methods.SendLocation, fields | where)
    if attachment.kind is AttachmentKind.CONTACT and attachment.phone:
        first, _, last = attachment.name.partition(" ")
        who = {"phone_number": attachment.phone, "first_name": first or attachment.phone, "last_name": last or None}
        return Step(sdk.methods.SendContact, fields | who)
    return Step(sdk.methods.SendMessage, fields | {"text": f"[{attachment.name or attachment.kind}]"})


async def _album(part: OutgoingMessage, files: Files) -> list[Fields]:
    media: list[Fields] = []
    for attachment in part.attachments:
        _, name, source = await _media(attachment, files, is_photo_kept=True)
        media.append({"type": name, "media": source})
    if part.text:
        media[0] |= {"caption": part.text}
        if entities := _entities(part.markup):
            media[0]["caption_entities"] = entities
    return media


async def _media(
    attachment: Attachment, files: Files, *, is_photo_kept: bool = False
) -> tuple[type[sdk.TelegramMethod[Any]], str, Any]:
    """The method, the name of its file field, and a file id or an upload."""
    method, name = _METHODS[attachment.kind]
    if attachment.channel in OWN_FILES and attachment.ref:
        return method, name, attachment.ref
    stored = await files.get(attachment)
    if attachment.kind is AttachmentKind.STICKER and stored.mime not in STICKER_MIMES:
        method, name = _METHODS[AttachmentKind.PHOTO]
    if stored.size > CAPABILITIES.file_limit:
        raise Permanent("the file is larger than the 50 MB that a bot may send", Refusal.FILE)
    if stored.size == 0:
        raise Permanent("the file is empty", Refusal.FILE)
    if attachment.kind is AttachmentKind.PHOTO and stored.size > PHOTO_LIMIT:
        if is_photo_kept:
            raise Permanent("a photo in an album may have at most 10 MB", Refusal.FILE)
        method, name = _METHODS[AttachmentKind.DOCUMENT]
    return method, name, sdk.FSInputFile(stored.path, filename=_file_name(stored, attachment))


def _file_name(stored: StoredFile, attachment: Attachment) -> str:
    """One that is safe inside a multipart header."""
    name = attachment.name if attachment.kind is AttachmentKind.DOCUMENT and attachment.name else stored.name
    safe = "".join(char if char.isprintable() and char not in '"\\/' else "_" for char in name).strip()
    return safe[-120:] or stored.path.name


def _entities(markup: str) -> list[Fields] | None:
    """None, too, for formatting that cannot be read: the words matter more."""
    if not markup:
        return None
    try:
        entities = json.loads(markup)
    except (ValueError, RecursionError):
        return None
    return entities if isinstance(entities, list) and entities else None
