"""The chat on the company's own pages: what visitors do becomes arrivals, what is said to them becomes lines.

HTTP is the roof's business (bot.website); here is what a visitor may send, and how it reads. Whatever comes in is
kept in the inbox and shown in the visitor's own chat in one transaction, through the port `Chats`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from core.channel import Arrival, Capabilities, Files, Hook, Inbox
from core.customer import Sender
from core.delivery import Delivery, Receipt
from core.errors import InvalidInput, Permanent, Refusal, Retryable
from core.event import ButtonPressed, Event, MessageEdited, MessageReceived
from core.finding import Finding
from core.fit import clean
from core.message import FILE_KINDS, Attachment, AttachmentKind, IncomingMessage, OutgoingMessage

NAME = "website"
TEXT_LIMIT = 4000  # characters of a visitor's message
FILES_LIMIT = 5  # files of a message
FILE_LIMIT = 10 * 1024 * 1024  # bytes of a file a visitor sends
NAME_LIMIT = 120
# what may be shown as what it is; of other types only harmless documents are taken
KINDS = {
    "image/jpeg": AttachmentKind.PHOTO,
    "image/png": AttachmentKind.PHOTO,
    "image/webp": AttachmentKind.PHOTO,
    "image/gif": AttachmentKind.ANIMATION,
    "video/mp4": AttachmentKind.VIDEO,
    "video/webm": AttachmentKind.VIDEO,
    "audio/mpeg": AttachmentKind.AUDIO,
    "audio/ogg": AttachmentKind.AUDIO,
    "audio/mp4": AttachmentKind.AUDIO,
}
DOCUMENTS = frozenset("pdf txt csv rtf doc docx xls xlsx ppt pptx odt ods odp heic zip".split())
_SIGNATURES = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
}
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,40}")
_KEY = re.compile(r"[cd]\.[A-Za-z0-9_-]{1,42}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who writes. `user_id` is the site's own name for a customer whose identity it signed; else empty."""

    address: str
    site: str = ""
    name: str = ""
    user_id: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """A visitor's act as it stands in their own chat; `files` are refs of what was sent before."""

    key: str
    text: str
    files: tuple[Attachment, ...] = ()
    reply_to: str = ""
    edit_of: str = ""
    pressed: str = ""


class Chats(Protocol):
    """The visitors' chats, kept by the roof."""

    async def take(self, visitor: Visitor, own: Own, arrival: Arrival) -> int:
        """The arrival into the inbox and the line into the chat, in one transaction; a repeated key changes nothing.

        Returns the line's number after the commit.
        """

    async def show(self, delivery: Delivery) -> str:
        """Show a message to its visitor and return its key; the same delivery again changes nothing.

        Raises Permanent(NOT_FOUND) for a change of what is not there, Permanent(UNREACHABLE) for nobody.
        """

    async def read_file(self, ref: str, to: Path) -> None:
        """Raises Permanent(FILE)."""

    async def show_typing(self, address: str, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class WebsiteSettings:
    """`guest` is how operators see somebody without a name; `public_url` where the chat is loaded from."""

    guest: str = "Гость"
    public_url: str | None = None


class WebsiteChannel:
    """Sending is storing: a visitor who is away finds everything on return."""

    name = NAME
    account = NAME
    capabilities = Capabilities(
        text_limit=10_000,
        caption_limit=10_000,
        max_buttons=24,
        max_row=5,
        max_rows=24,
        label_limit=80,
        album_limit=10,
        file_limit=50 * 1024 * 1024,
        is_idempotent=True,
        has_one_key=True,
    )

    def __init__(self, settings: WebsiteSettings, files: Files, chats: Chats | None = None) -> None:
        self._settings, self._files, self._chats = settings, files, chats

    @property
    def chats(self) -> Chats:
        if self._chats is None:
            raise Retryable("the website chat is not open in this process")
        return self._chats

    # --- what visitors do

    async def says(
        self, visitor: Visitor, nonce: str, text: str, files: Sequence[Attachment] = (), *, reply_to: str = ""
    ) -> int:
        """A message; the same nonce again is the same message. Raises InvalidInput."""
        words = _words(text)
        if not words and not files:
            raise InvalidInput("there is nothing in the message")
        if len(files) > FILES_LIMIT:
            raise InvalidInput(f"a message may have {FILES_LIMIT} files")
        own = Own(_own_key(nonce), words, tuple(files), _line_key(reply_to))
        return await self._take("message", visitor, own)

    async def changes(self, visitor: Visitor, nonce: str, key: str, text: str) -> int:
        """Another wording of the visitor's own message `key`. Raises InvalidInput."""
        words = _words(text)
        if not words or not key.startswith("c."):
            raise InvalidInput("only your own message can be changed, and not to nothing")
        return await self._take("edit", visitor, Own(_own_key(nonce), words, edit_of=_line_key(key)))

    async def presses(self, visitor: Visitor, nonce: str, key: str, token: str, label: str) -> int:
        """A button under the message `key`; it stands in the chat as the visitor's own words."""
        own = Own(_own_key(nonce), label, reply_to=_line_key(key), pressed=token)
        return await self._take("press", visitor, own)

    async def _take(self, kind: str, visitor: Visitor, own: Own) -> int:
        name = visitor.name or f"{self._settings.guest} {visitor.address[-4:].upper()}"
        payload = {
            "kind": kind,
            "visitor": {**asdict(visitor), "name": name},
            "key": own.key,
            "text": own.text,
            "files": [_file(one) for one in own.files],
            "reply_to": own.reply_to,
            "edit_of": own.edit_of,
            "token": own.pressed,
        }
        lane = f"{self.name}:{visitor.address}"
        arrival = Arrival(self.name, self.account, f"{visitor.address}:{own.key}", lane, payload)
        return await self.chats.take(visitor, own, arrival)

    # --- the channel's promises

    async def start(self, inbox: Inbox) -> None:
        """Nothing to learn and nothing to register: visitors come to us."""

    async def listen(self, inbox: Inbox) -> None:
        await asyncio.Event().wait()

    def hooks(self, inbox: Inbox) -> Sequence[Hook]:
        return ()

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        try:
            return (self._parse(payload),)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not an event of this channel: {type(error).__name__}") from error

    def _parse(self, payload: Mapping[str, Any]) -> Event:
        who, kind = payload["visitor"], payload["kind"]
        sender = Sender(
            self.name,
            self.account,
            str(who["address"]),
            name=str(who["name"]),
            username=str(who["user_id"]),
            language=str(who["language"]),
            has_buttons=True,
        )
        files = tuple(Attachment(**{**one, "kind": AttachmentKind(one["kind"])}) for one in payload["files"])
        message = IncomingMessage(
            str(payload["key"]), str(payload["text"]), files, reply_to=str(payload["reply_to"] or "")
        )
        match kind:
            case "message":
                return MessageReceived(sender, message)
            case "edit":
                return MessageEdited(sender, replace(message, origin_id=str(payload["edit_of"])))
            case "press":
                return ButtonPressed(sender, str(payload["token"]), replace(message, reply_to=""))
        raise ValueError("unknown kind of event")

    async def acknowledge(self, payload: Mapping[str, Any]) -> None:
        """The press stands in the chat already."""

    async def ready(self, delivery: Delivery) -> float:
        return 0.0

    async def send(self, delivery: Delivery) -> Receipt:
        message = delivery.content
        if not isinstance(message, OutgoingMessage):
            raise Permanent("a post for the desk was addressed to a customer")
        for attachment in message.attachments:
            if attachment.kind in FILE_KINDS:
                await self._files.get(attachment)  # on disk before the visitor may ask for it
        return Receipt((await self.chats.show(delivery),))

    async def fetch(self, attachment: Attachment, to: Path) -> None:
        if not attachment.ref:
            raise Permanent("there is no file behind this attachment", Refusal.FILE)
        await self.chats.read_file(attachment.ref, to)

    async def type(self, address: str, name: str = "") -> None:
        """Show that somebody is typing, for a few seconds."""
        await self.chats.show_typing(address, name)

    async def check(self) -> Sequence[Finding]:
        url = self._settings.public_url
        if url is None:
            return (Finding("warning", self.name, "website_own_page"),)
        if url.startswith("http://"):
            return (Finding("warning", self.name, "website_http", {"url": url}),)
        return (Finding("ok", self.name, "website_fine", {"url": url}),)

    async def close(self) -> None:
        """Streams are ended by the web server."""


def open_channel(settings: WebsiteSettings, *, files: Files, chats: Chats | None = None) -> WebsiteChannel:
    """Without `chats` good for `check` only."""
    return WebsiteChannel(settings, files, chats)


Settings = WebsiteSettings


def judge_file(name: str, mime: str, content: bytes) -> tuple[str, str]:
    """The name and type under which a visitor's file is kept; raises InvalidInput for what is not taken.

    The type is what the content shows, not what was claimed; nothing that a browser would run gets through.
    """
    shown = name_for(name)
    if not content:
        raise InvalidInput("the file is empty")
    if len(content) > FILE_LIMIT:
        raise InvalidInput(f"a file may have {FILE_LIMIT // 2**20} MB")
    claimed, ending = mime.partition(";")[0].strip().lower(), Path(shown).suffix.lower().lstrip(".")
    for known, beginnings in _SIGNATURES.items():
        if content.startswith(beginnings) and (known != "image/webp" or content[8:12] == b"WEBP"):
            return shown, known
    if claimed in KINDS and not claimed.startswith("image/"):
        return shown, claimed
    if ending in DOCUMENTS:
        return shown, "application/octet-stream"
    raise InvalidInput("files of this kind are not taken: send a picture, audio, video or document")


def name_for(name: str) -> str:
    """The name a file is kept under, whatever it was sent as."""
    return " ".join(clean(Path(name.replace("\\", "/")).name).split())[-NAME_LIMIT:] or "file"


def kind_of(mime: str) -> AttachmentKind:
    return KINDS.get(mime, AttachmentKind.DOCUMENT)


def _words(text: str) -> str:
    words = clean(text)
    if len(words) > TEXT_LIMIT:
        raise InvalidInput(f"a message may have {TEXT_LIMIT} characters, not {len(words)}")
    return words


def _own_key(nonce: str) -> str:
    if not _NONCE.fullmatch(nonce):
        raise InvalidInput("a nonce has 8 to 40 of the characters A-Z a-z 0-9 _ -")
    return f"c.{nonce}"


def _line_key(key: str) -> str:
    if key and not _KEY.fullmatch(key):
        raise InvalidInput("there is no such message")
    return key


def _file(attachment: Attachment) -> dict[str, Any]:
    return {key: value for key, value in asdict(attachment).items() if value not in ("", None)}
