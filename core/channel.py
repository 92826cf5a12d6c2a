"""What a channel is: the only code that knows a platform, behind one narrow promise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from core.conversation import ConversationId
from core.delivery import Delivery, Receipt
from core.event import Event
from core.finding import Finding
from core.message import Attachment, AttachmentKind

_EVERYTHING = frozenset(AttachmentKind)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can carry, in its own units.

    Limits: characters of a text, of a caption; buttons in all, in a row, rows; characters of a label; files of
    an album; bytes of a file we may send. `is_idempotent`: sending again with the same random_id is harmless.
    `has_one_key`: an event never comes under two keys, so that a message need not be looked for before it is stored.
    `edit_time`: for so long after its sending a message of ours may be changed; None: for ever.
    `carries`: kinds that arrive as what they are (others become a document or a line of text).
    """

    text_limit: int = 4096
    caption_limit: int = 1024
    max_buttons: int = 100
    max_row: int = 8
    max_rows: int = 100
    label_limit: int = 64
    album_limit: int = 10
    file_limit: int = 50 * 1024 * 1024
    is_idempotent: bool = False
    has_edits: bool = True
    edit_time: timedelta | None = None
    has_replies: bool = True
    has_markup: bool = False
    has_one_key: bool = False
    carries: frozenset[AttachmentKind] = _EVERYTHING

    def is_too_late_to_edit(self, sent_at: datetime, now: datetime) -> bool:
        return self.edit_time is not None and now - sent_at > self.edit_time


@dataclass(frozen=True, slots=True)
class Arrival:
    """A raw event as the platform gave it.

    `key` is unique within channel and account and the same when the platform repeats the event; `lane`
    orders events that belong together (one customer, one topic).
    """

    channel: str
    account: str
    key: str
    lane: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a channel has read; stored together with the arrivals read up to it."""

    channel: str
    account: str
    value: str


class Inbox(Protocol):
    """Where arrivals are written down; returns after the commit, so the platform may then be told."""

    async def store(self, arrivals: Sequence[Arrival], cursor: Cursor | None = None) -> None: ...

    async def cursor(self, channel: str, account: str) -> str | None: ...

    async def report(self, channel: str, problem: str) -> None:
        """Trouble that an admin should know of: a lost stretch of events, a second poller, a revoked token."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of ours on disk, ready to be uploaded."""

    path: Path
    name: str
    mime: str
    size: int


class Files(Protocol):
    """Brings a file of any channel to disk, once; raises Permanent(FILE) when it cannot be had."""

    async def get(self, attachment: Attachment) -> StoredFile: ...


class Topics(Protocol):
    """Which topic of the operators' group belongs to which conversation."""

    async def find(self, conversation_id: ConversationId) -> str | None:
        """The topic's id, or None while there is none."""

    async def was_tried(self, conversation_id: ConversationId) -> bool:
        """Whether a making was begun whose outcome is not known."""

    async def begin(self, conversation_id: ConversationId) -> None:
        """Write down that a topic is about to be made."""

    async def bind(self, conversation_id: ConversationId, topic: str) -> None:
        """Write down which topic it became; the first one bound stays."""


@dataclass(frozen=True, slots=True)
class HookRequest:
    """An HTTP request to a channel's webhook; header names in lower case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HookResponse:
    status: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook: its path and what answers it."""

    path: str
    handle: Callable[[HookRequest], Awaitable[HookResponse]]


class Channel(Protocol):
    """A platform, seen from the core.

    `parse` is pure and raises ValueError on what it cannot read (the arrival is set aside). `send` raises
    Retryable, Permanent or TopicGone and nothing else; `acknowledge` and everything in it is best effort.
    """

    name: str
    account: str
    capabilities: Capabilities

    async def start(self, inbox: Inbox) -> None:
        """Learn who we are on the platform, register webhooks; raises ChannelError."""

    async def listen(self, inbox: Inbox) -> None:
        """Receive until cancelled; every arrival is stored before the platform is told."""

    def hooks(self, inbox: Inbox) -> Sequence[Hook]: ...

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]: ...

    async def acknowledge(self, payload: Mapping[str, Any]) -> None:
        """Show that a press or message was seen (stops the button's spinner)."""

    async def ready(self, delivery: Delivery) -> float:
        """Seconds until the platform's pace lets this delivery go; 0 takes its place in the pace."""

    async def send(self, delivery: Delivery) -> Receipt: ...

    async def fetch(self, attachment: Attachment, to: Path) -> None:
        """Write the file's content to `to`; raises Retryable or Permanent(FILE)."""

    async def check(self) -> Sequence[Finding]: ...

    async def close(self) -> None: ...


@runtime_checkable
class Merging(Protocol):
    """A channel that sends neighbouring deliveries of a lane as one while the platform is slow."""

    def merge(self, deliveries: Sequence[Delivery]) -> int:
        """How many of these, from the first on, should go as one message; at least 1."""

    async def send_merged(self, deliveries: Sequence[Delivery]) -> Receipt:
        """The receipt is for all of them."""


@runtime_checkable
class Naming(Protocol):
    """A channel whose events carry no names."""

    async def names(self, addresses: Sequence[str]) -> Mapping[str, str]:
        """Names by address; those that cannot be had are left out."""
