"""What can happen. Channels make these from raw arrivals; the decision answers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core.conversation import ConversationId, OperatorId
from core.customer import IdentityId, Sender
from core.message import Attachment, IncomingMessage, MessageId


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


class Act(StrEnum):
    """What an operator can do, at whichever desk. `to` and `text` are fields of OperatorActed."""

    REPLY = "reply"  # `text` and files to the customer; takes the conversation if nobody holds it
    NOTE = "note"  # `text` stays among people
    EDIT = "edit"  # the words of the operator's own message or note `message_id`
    UNDO = "undo"  # take back the reply `message_id` while its undo window is open
    RETRY = "retry"  # send the reply `message_id` again, which could not be delivered
    SEND = "send"  # confirm the reply `message_id` that is held because somebody else has the conversation
    DROP = "drop"  # or drop it
    CANNED = "canned"  # the canned reply named `to`, as a reply
    TAKE = "take"
    RELEASE = "release"  # back to the queue
    TRANSFER = "transfer"  # `to` a login or a level 1-3, `text` is the reason
    SNOOZE = "snooze"  # until `to`: "30m", "2h", "15:00", "завтра 9:00", "25.12 10:00" or an ISO moment
    WAKE = "wake"  # end the snooze
    CLOSE = "close"
    REOPEN = "reopen"
    BAN = "ban"  # `text` is the reason
    UNBAN = "unban"
    TAG = "tag"  # put the tag `to` on
    UNTAG = "untag"
    PRIORITY = "priority"  # `to`: low, normal, high, urgent
    VIP = "vip"  # `to`: on, off
    PRESENCE = "presence"  # `to`: online, break, offline; no conversation
    UNLINK = "unlink"  # part what a customer linked: the identity of this conversation gets its own customer


@dataclass(frozen=True, slots=True)
class OperatorActed:
    """An operator acted at a desk of ours, such as the web console; what Telegram's desk hears becomes the same.

    `nonce` is chosen by the client and the same when it repeats the act: it is done once. `message_id`: the
    message answered (reply), or the one the act is about. `is_confirmed`: reply although somebody else holds
    the conversation. Which fields an act reads stands at `Act`.
    """

    operator_id: OperatorId
    act: Act
    nonce: str
    conversation_id: ConversationId | None = None
    text: str = ""
    to: str = ""
    attachments: tuple[Attachment, ...] = ()
    message_id: MessageId | None = None
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class IdleNoticed:
    """Nothing was said in a bot-led conversation for the set time."""

    conversation_id: ConversationId


@dataclass(frozen=True, slots=True)
class TimerDue:
    """A timer came due; `kind` says what for, `key` what it is about, `payload` what was noted when it was set."""

    timer_id: int
    kind: str
    key: str
    due_at: datetime
    conversation_id: ConversationId | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SurveyDue:
    """A customer may be due for a survey, at this address; `conversation_id` is what it is about, if anything."""

    identity_id: IdentityId
    survey: str
    conversation_id: ConversationId | None = None


@dataclass(frozen=True, slots=True)
class NewsDue:
    """A customer who complained is to be told, at this address, what was changed."""

    identity_id: IdentityId
    improvement: int


@dataclass(frozen=True, slots=True)
class AnnouncementDue:
    """A customer of its audience is to be told, at this address, what is announced."""

    identity_id: IdentityId
    announcement: int


@dataclass(frozen=True, slots=True)
class DigestDue:
    """The week before this Monday is to be told to the leads."""

    monday: date


CustomerEvent = MessageReceived | MessageEdited | ButtonPressed | CustomerBlocked | CustomerReturned | OutsideReply
DeskEvent = OperatorWrote | OperatorEdited | OperatorPressed | OperatorActed | TopicSeen | TopicToggled | DeskMoved
ClockEvent = IdleNoticed | TimerDue | SurveyDue | NewsDue | AnnouncementDue | DigestDue
Event = CustomerEvent | DeskEvent | PublicComment | ClockEvent
