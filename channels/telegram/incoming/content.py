"""Telegram's message objects -> our messages; never raises anything but ValueError, whatever it is given."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.message import Attachment, AttachmentKind, IncomingMessage

CHANNEL = "telegram"  # whose file ids they are, on the desk too: it is one bot

# in this order: an animation is shown as a document as well, a venue as a location
_FILES = (
    AttachmentKind.ANIMATION,
    AttachmentKind.VIDEO,
    AttachmentKind.VOICE,
    AttachmentKind.AUDIO,
    AttachmentKind.VIDEO_NOTE,
    AttachmentKind.STICKER,
    AttachmentKind.DOCUMENT,
)
_OTHERS = (
    *("poll", "dice", "game", "story", "paid_media", "live_photo", "checklist", "rich_message", "invoice"),
    *("giveaway", "giveaway_winners", "gift", "unique_gift"),
)
_KEPT_MARKUP = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote"}
    | {"code", "pre", "text_link", "text_mention", "custom_emoji"}
)
_FURTHER = frozenset({"photo", "contact", "location", "venue", *_FILES, *_OTHERS})
_LARGEST = 2**53
Json = Mapping[str, Any]


def read_message(message: Json, username: str) -> IncomingMessage | None:
    """What a person sent; None for service messages, which carry nothing of theirs."""
    attachments = _attachments(message)
    text = text_of(message, "text") or text_of(message, "caption")
    if not text and not attachments:
        return None
    entities = message.get("entities") if message.get("text") else message.get("caption_entities")
    stripped = _without_our_name(text, username)
    return IncomingMessage(
        origin_id=str(integer(message, "message_id")),
        text=stripped,
        attachments=attachments,
        sent_at=_moment(message.get("date")),
        reply_to=_reply_to(message),
        album_id=text_of(message, "media_group_id"),
        markup=_markup(entities) if stripped == text else "",
        lost=tuple(item.name for item in attachments if item.kind is AttachmentKind.OTHER),
    )


def integer(source: Json, key: str) -> int:
    """A whole number that must be there."""
    value = number(source, key)
    if value is None:
        raise ValueError(f"no {key}")
    return value


def number(source: Json, key: str) -> int | None:
    value = source.get(key)
    is_usable = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST
    return value if is_usable else None


def text_of(source: Json, key: str) -> str:
    """A string fit for storing: lone surrogates and zero bytes are replaced one for one, so offsets still fit."""
    value = source.get(key)
    if not isinstance(value, str):
        return ""
    return clean(value)


def clean(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", "\ufffd")


def part(source: Json, key: str) -> Json:
    """The object under a key, as JSON gives it; an empty one when there is none."""
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def _without_our_name(text: str, username: str) -> str:
    """ "/start@our_bot x" -> "/start x"."""
    if not username or not text.startswith("/"):
        return text
    command = text.split(maxsplit=1)[0]
    word, at, name = command.partition("@")
    return word + text[len(command) :] if at and name.lower() == username.lower() else text


def _reply_to(message: Json) -> str:
    answered = number(part(message, "reply_to_message"), "message_id")
    # in a topic whatever is no reply is shown as one to the topic's first, service, message
    if answered is None or (message.get("is_topic_message") is True and answered == message.get("message_thread_id")):
        return ""
    return str(answered)


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**40:
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _markup(entities: Any) -> str:
    """Formatting as the JSON that `core.fit` cuts and the Bot API takes; what is found by itself is left out."""
    kept = [entity for entity in entities if _is_formatting(entity)] if isinstance(entities, list) else []
    return json.dumps(kept) if kept else ""


def _is_formatting(entity: Any) -> bool:
    return (
        isinstance(entity, Mapping)
        and isinstance(entity.get("type"), str)
        and entity["type"] in _KEPT_MARKUP
        and (number(entity, "offset") or 0) >= 0
        and (number(entity, "length") or 0) > 0
    )


def _attachments(message: Json) -> tuple[Attachment, ...]:
    if _FURTHER.isdisjoint(message):  # as most of them: not worth forty looks
        return ()
    if photo := _photo(message.get("photo")):
        return (photo,)
    for kind in _FILES:
        if file := _file(kind, part(message, kind)):
            return (file,)
    if place := _place(message):
        return (place,)
    if contact := part(message, "contact"):
        name = " ".join(filter(None, (text_of(contact, "first_name"), text_of(contact, "last_name"))))
        return (Attachment(AttachmentKind.CONTACT, CHANNEL, name=name, phone=text_of(contact, "phone_number")),)
    others = [name for name in _OTHERS if part(message, name)]
    return tuple(Attachment(AttachmentKind.OTHER, CHANNEL, name=name) for name in others[:1])


def _photo(sizes: Any) -> Attachment | None:
    """The largest size."""
    if not isinstance(sizes, list):
        return None
    found = [size for size in sizes if isinstance(size, Mapping) and text_of(size, "file_id")]
    if not found:
        return None
    best = max(found, key=lambda size: (number(size, "width") or 0) * (number(size, "height") or 0))
    return Attachment(
        AttachmentKind.PHOTO, CHANNEL, text_of(best, "file_id"), mime="image/jpeg", size=number(best, "file_size")
    )


def _file(kind: AttachmentKind, file: Json) -> Attachment | None:
    file_id = text_of(file, "file_id")
    if not file_id:
        return None
    name = text_of(file, "file_name")
    if kind is AttachmentKind.AUDIO and not name:
        name = " - ".join(filter(None, (text_of(file, "performer"), text_of(file, "title"))))
    elif kind is AttachmentKind.STICKER:
        name = text_of(file, "emoji")
    return Attachment(
        kind,
        CHANNEL,
        file_id,
        name=name,
        mime=text_of(file, "mime_type") or _mime(kind, file),
        size=number(file, "file_size"),
        duration=number(file, "duration"),
    )


def _mime(kind: AttachmentKind, file: Json) -> str:
    if kind is AttachmentKind.STICKER:
        return "video/webm" if file.get("is_video") is True else "" if file.get("is_animated") is True else "image/webp"
    usual = {AttachmentKind.VOICE: "audio/ogg", AttachmentKind.VIDEO_NOTE: "video/mp4"}
    return usual.get(kind, "")


def _place(message: Json) -> Attachment | None:
    venue = part(message, "venue")
    place = part(venue, "location") or part(message, "location")
    latitude, longitude = _degrees(place, "latitude"), _degrees(place, "longitude")
    if latitude is None or longitude is None:
        return None
    name = ", ".join(filter(None, (text_of(venue, "title"), text_of(venue, "address"))))
    return Attachment(AttachmentKind.LOCATION, CHANNEL, name=name, latitude=latitude, longitude=longitude)


def _degrees(place: Json, key: str) -> float | None:
    value = place.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 360 or not math.isfinite(value):
        return None
    return float(value)
