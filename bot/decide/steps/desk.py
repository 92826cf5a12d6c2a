"""Steps at the operators' desk; part of bot.decide.steps."""

from __future__ import annotations

from dataclasses import dataclass

from bot.decide.steps.choice import Choice
from core.conversation import OperatorId
from core.message import Attachment, IncomingMessage, MessageId
from core.text import Text


@dataclass(frozen=True, slots=True)
class Card:
    """Put the card into the topic; with `history` what was said so far follows."""

    history: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A line of the bot's in the topic, in the desk's language."""

    text: Text | str
    choices: tuple[tuple[Choice, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Aside:
    """Words of the bot's at a place of the desk that is no conversation's topic, or for a stranger.

    Several texts are lines. Buttons here are about entries of the FAQ.
    """

    topic: str
    text: Text | tuple[Text, ...]
    reply_to: str = ""
    choices: tuple[tuple[Choice, ...], ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class React:
    """An emoji on a member's message: the cheapest way to say "seen"."""

    target: str
    emoji: str


@dataclass(frozen=True, slots=True)
class ToggleTopic:
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Forward:
    """An operator's message to the customer. `text` is what leaves; `held` keeps it until confirmed.

    A message without an `origin_id` was not written in the topic and is shown there. `answers` is the stored
    message it replies to (else the place in the topic says); it leaves `delay` seconds from now.
    """

    operator_id: OperatorId | None
    message: IncomingMessage
    text: str
    with_markup: bool = True
    held: bool = False
    answers: MessageId | None = None
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Release:
    """Send a held message after all, or drop it."""

    message_id: MessageId
    is_sent: bool


@dataclass(frozen=True, slots=True)
class ForwardEdit:
    """An operator changed a message in the topic; change it where the customer sees it."""

    message: IncomingMessage
    text: str


@dataclass(frozen=True, slots=True)
class WriteNote:
    operator_id: OperatorId
    message: IncomingMessage
    text: str


@dataclass(frozen=True, slots=True)
class KeepOutside:
    """A reply given past Otklik: part of the history, and shown on the desk."""

    author: str
    message: IncomingMessage


@dataclass(frozen=True, slots=True)
class BindTopic:
    """The desk reports a topic: the conversation's own, or a surplus one to be deleted."""

    topic: str


DeskStep = (
    Card | Notice | Aside | React | ToggleTopic | Forward | Release | ForwardEdit | WriteNote | KeepOutside | BindTopic
)
