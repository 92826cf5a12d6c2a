"""What is said: messages that come in and go out, their attachments and buttons; frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

MessageId = NewType("MessageId", int)


class AttachmentKind(StrEnum):
    PHOTO = "photo"
    VIDEO = "video"
    ANIMATION = "animation"
    VOICE = "voice"
    AUDIO = "audio"
    VIDEO_NOTE = "video_note"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    OTHER = "other"  # something the platform has and we cannot carry; `name` says what


FILE_KINDS = frozenset(
    {
        AttachmentKind.PHOTO,
        AttachmentKind.VIDEO,
        AttachmentKind.ANIMATION,
        AttachmentKind.VOICE,
        AttachmentKind.AUDIO,
        AttachmentKind.VIDEO_NOTE,
        AttachmentKind.DOCUMENT,
        AttachmentKind.STICKER,
    }
)


DRAWN = "drawn"  # stands for a channel where the file is a picture we draw when it is needed


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, place or contact.

    `ref` is the handle by which the channel `channel` finds the file again (a file id, an address, what to draw);
    `size` is in bytes, `duration` in seconds, coordinates in degrees.
    """

    kind: AttachmentKind
    channel: str = ""
    ref: str = ""
    name: str = ""
    mime: str = ""
    size: int | None = None
    duration: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """What a person sent.

    `origin_id` is the message's id in its chat on the platform; `reply_to` the `origin_id` it answers;
    `album_id` is shared by the parts of one album; `markup` is formatting that only the channel family
    that made it understands; `lost` names what came along and cannot be carried; `source` is what the link carried by
    which the person came.
    """

    origin_id: str
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    sent_at: datetime | None = None
    reply_to: str = ""
    album_id: str = ""
    markup: str = ""
    lost: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """`token` is opaque, at most 32 ASCII characters; what it means is kept in the database."""

    label: str
    token: str


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What is to be sent to a customer, already in their language and within the channel's limits.

    `reply_to` and `edit_of` are ids on the receiving platform; with `edit_of` the message replaces
    that one. `buttons` are rows.
    """

    text: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
    edit_of: str = ""
    markup: str = ""
