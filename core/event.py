"""What can happen. Channels make these from raw arrivals; the decision answers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.conversation import ConversationId
from core.customer import Sender
from core.message import IncomingMessage


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A customer wrote. A start button counts as the text "/start", with what the link carried behind it."""

    sender: Sender
    message: IncomingMessage


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A customer changed an earlier message; `message.origin_id` says which."""

    sender: Sender
    message: IncomingMessage


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A customer pressed a button; `token` comes from outside and proves nothing.

    `message` is there when the platform shows the press as a message in the chat (VK text buttons).
    """

    sender: Sender
    token: str
    message: IncomingMessage | None = None


@dataclass(frozen=True, slots=True)
class CustomerBlocked:
    """The customer no longer takes messages."""

    sender: Sender


@dataclass(frozen=True, slots=True)
class CustomerReturned:
    """The customer takes messages again."""

    sender: Sender


@dataclass(frozen=True, slots=True)
class OutsideReply:
    """A person answered the customer past Otklik (from the VK community page)."""

    sender: Sender  # the customer's address, not the answering person's
    author: str
    message: IncomingMessage


@dataclass(frozen=True, slots=True)
class PublicComment:
    """Somebody commented in public; `place` is where an answer to it goes (an address of the channel)."""

    sender: Sender
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class DeskMember:
    """A member of the operators' group: their id there and the name shown."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class OperatorWrote:
    """Somebody wrote in the operators' group; `topic` is empty outside topics."""

    desk: str
    topic: str
    member: DeskMember
    message: IncomingMessage


@dataclass(frozen=True, slots=True)
class OperatorEdited:
    desk: str
    topic: str
    member: DeskMember
    message: IncomingMessage


@dataclass(frozen=True, slots=True)
class OperatorPressed:
    """A button under one of our posts in the operators' group; `origin_id` is that post's id."""

    desk: str
    topic: str
    member: DeskMember
    token: str
    origin_id: str


@dataclass(frozen=True, slots=True)
class TopicSeen:
    """The desk reports a topic of our making; `conversation_id` is read from its name."""

    desk: str
    topic: str
    conversation_id: ConversationId


@dataclass(frozen=True, slots=True)
class TopicToggled:
    """A member closed or reopened a topic by hand."""

    desk: str
    topic: str
    is_closed: bool


@dataclass(frozen=True, slots=True)
class DeskMoved:
    """The operators' group got a new id (it became a supergroup)."""

    desk: str
    new_desk: str


@dataclass(frozen=True, slots=True)
class IdleNoticed:
    """Nothing was said in a bot-led conversation for the set time."""

    conversation_id: ConversationId


@dataclass(frozen=True, slots=True)
class TimerDue:
    """A timer came due; `kind` says what for, `key` what it is about, `detail` what was noted when it was set."""

    timer_id: int
    kind: str
    key: str
    due_at: datetime
    conversation_id: ConversationId | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


CustomerEvent = MessageReceived | MessageEdited | ButtonPressed | CustomerBlocked | CustomerReturned | OutsideReply
DeskEvent = OperatorWrote | OperatorEdited | OperatorPressed | TopicSeen | TopicToggled | DeskMoved
Event = CustomerEvent | DeskEvent | PublicComment | IdleNoticed | TimerDue
