"""The steps a Decision is made of; nothing here does anything, bot.apply carries them out in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.decide.steps.acts import ActStep
from bot.decide.steps.choice import Choice
from bot.decide.steps.clock import ClockStep
from bot.decide.steps.desk import (
    Aside,
    BindTopic,
    Card,
    DeskStep,
    Forward,
    ForwardEdit,
    KeepOutside,
    Notice,
    React,
    Release,
    ToggleTopic,
    WriteNote,
)
from bot.decide.steps.surveys import SurveyStep
from core.conversation import Dialogue, OperatorId, Status
from core.customer import Sender
from core.event import DeskMember
from core.message import Attachment, IncomingMessage, MessageId
from core.text import Text
from handoff.triggers import Trigger
from surveys.invitation import Invitation

__all__ = [
    "Aside", "Ban", "BindTopic", "Burst", "Card", "Choice", "Decision", "DeskPress", "DeskStep", "Forward",
    "ForwardEdit", "Found", "Invite", "Keep", "KeepEdit", "KeepOutside", "Move", "Notice", "Open", "Outcome",
    "Pressed", "React", "Release", "Remember", "Say", "Score", "SetLanguage", "SetPresence", "SetReachable",
    "Step", "ToggleTopic", "WriteNote",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Open:
    """Open a new conversation; the following steps are about it."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Store the customer's messages in the conversation; with `relay` they go to the desk as well."""

    messages: tuple[IncomingMessage, ...]
    relay: bool = False


@dataclass(frozen=True, slots=True)
class KeepEdit:
    """The customer changed a message: store it, and show it on the desk where the message stands there."""

    message: IncomingMessage


@dataclass(frozen=True, slots=True)
class Found:
    """What the FAQ made of a question, kept with the message that says it; pressed `under` one, the question is its."""

    question: str
    decision: str
    entry: str = ""
    score: float | None = None
    matches: tuple[tuple[str, float], ...] = ()
    under: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """An automatic message; `kind` is for the history, `show` puts it on the desk too, `with_news` adds the place."""

    text: Text | str
    kind: str = "text"
    choices: tuple[tuple[Choice, ...], ...] = ()
    found: Found | None = None
    show: bool = False
    with_news: bool = False
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether the answer in the message `message_id` helped."""

    message_id: MessageId
    outcome: str


@dataclass(frozen=True, slots=True)
class Move:
    """Change the conversation's status; unlawful steps raise Conflict when applied."""

    to: Status
    operator_id: OperatorId | None = None
    trigger: Trigger | None = None
    closed_by: str = ""


@dataclass(frozen=True, slots=True)
class Remember:
    """Where the bot now stands with the customer."""

    dialogue: Dialogue


@dataclass(frozen=True, slots=True)
class Invite:
    """Ask the closing question; its buttons carry the invitation."""


@dataclass(frozen=True, slots=True)
class Score:
    """Write down the invitation as it now stands, and show it on the desk; `alert` is for the leads."""

    invitation: Invitation
    notice: Text | None = None
    alert: Text | None = None
    is_vote: bool = False  # the score is new, which if-then rules may be about


@dataclass(frozen=True, slots=True)
class SetLanguage:
    language: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class SetReachable:
    is_reachable: bool


@dataclass(frozen=True, slots=True)
class Ban:
    is_banned: bool


@dataclass(frozen=True, slots=True)
class SetPresence:
    operator_id: OperatorId
    presence: str


Step = (
    Open
    | Keep
    | KeepEdit
    | Say
    | Outcome
    | Move
    | Remember
    | Invite
    | Score
    | SetLanguage
    | SetReachable
    | Ban
    | SetPresence
    | ClockStep
    | DeskStep
    | ActStep
    | SurveyStep
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to say, what to change; carried out in order, in one transaction."""

    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Burst:
    """Several quick messages of one customer, decided on together."""

    sender: Sender
    messages: tuple[IncomingMessage, ...]


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button whose token was found: what it means, and the message it stands under.

    `message` shows the press in the chat; `is_typed`: it was words, which may mean something else to people.
    """

    act: str
    argument: str
    message_id: MessageId | None
    message: IncomingMessage | None = None
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class DeskPress:
    """A button on the desk."""

    member: DeskMember
    act: str
    argument: str
    params: Mapping[str, str] = field(default_factory=dict)
