"""Steps that operators' acts, assignment and timers have; part of bot.decide.steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.decide.situation import FaqEntry
from core.conversation import OperatorId
from core.event import Act
from core.message import MessageId
from core.text import Text
from faq.formats.rows import Value


class Outcome(StrEnum):
    """What became of an act."""

    DONE = "done"
    REFUSED = "refused"
    HELD = "held"  # a reply that waits for its author to confirm it


@dataclass(frozen=True, slots=True)
class Record:
    """Write the act into the audit log, with what its author is told.

    A step before it that could not be carried out (Work.refuse) turns `done` into `refused`.
    """

    operator_id: OperatorId | None
    desk: str
    act: Act | str
    outcome: Outcome = Outcome.DONE
    answer: Text | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back an operator's reply that has not left yet; None: the operator's last one here."""

    operator_id: OperatorId
    message_id: MessageId | None


@dataclass(frozen=True, slots=True)
class Resend:
    """Try an operator's reply again that was given up; None: the last such one of the conversation."""

    message_id: MessageId | None


@dataclass(frozen=True, slots=True)
class Reword:
    """Change the words of an operator's own message or note, found by its id."""

    operator_id: OperatorId
    message_id: MessageId
    text: str


@dataclass(frozen=True, slots=True)
class SetLevel:
    level: int


@dataclass(frozen=True, slots=True)
class SetPriority:
    priority: int


@dataclass(frozen=True, slots=True)
class SetTag:
    tag: str
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class SetVip:
    """The customer's mark; the queue puts them ahead."""

    is_vip: bool


@dataclass(frozen=True, slots=True)
class Avoid:
    """Automatic assignment does not give the conversation to this operator (None: to anybody)."""

    operator_id: OperatorId | None


@dataclass(frozen=True, slots=True)
class Snooze:
    """Until when the conversation rests (None: it does not)."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Alert:
    """A line for the leads: in their topic, with the conversation's number; without one, in its own topic.

    `only_to_leads`: in its own topic it stands already.
    """

    text: Text
    only_to_leads: bool = False


@dataclass(frozen=True, slots=True)
class PutAlertsHere:
    """Alerts come to this place of the desk from now on."""

    topic: str


@dataclass(frozen=True, slots=True)
class Unlink:
    """The conversation's address gets a customer of its own again."""


@dataclass(frozen=True, slots=True)
class MakeCode:
    """A code by which the customer can link another address; it is told to them."""


@dataclass(frozen=True, slots=True)
class Link:
    """The customer's address joins those of whoever asked for the code; the other side is told. A code works once."""

    code_id: int


@dataclass(frozen=True, slots=True)
class KeepCanned:
    """Add or replace a canned reply, whose files stay; an empty text takes it away. `owner` None: everybody's.

    What became of it is written into the audit log.
    """

    operator_id: OperatorId
    owner: OperatorId | None
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangeFaq:
    """An admin changes the FAQ from the desk: add, edit, publish, archive, or take a change back.

    `more`: wordings to be added; `like`: an entry that the new question resembles; `revisions`: back to the first of
    them, if the second is still the newest. What became of it is said at `topic` and written into the audit log.
    """

    operator_id: OperatorId
    login: str
    verb: str
    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    topic: str = ""
    reply_to: str = ""
    like: FaqEntry | None = None
    revisions: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class TakeFollowUp:
    """`operator_id` is going to get back to the customer."""

    number: int
    operator_id: OperatorId


@dataclass(frozen=True, slots=True)
class EndFollowUp:
    """What came of it: settled, reached, unreachable or needless."""

    number: int
    outcome: str
    words: str = ""


ActStep = (
    Record
    | Undo
    | Resend
    | Reword
    | SetLevel
    | SetPriority
    | SetTag
    | SetVip
    | Avoid
    | Snooze
    | Alert
    | PutAlertsHere
    | Unlink
    | MakeCode
    | KeepCanned
    | ChangeFaq
    | TakeFollowUp
    | EndFollowUp
    | Link
)
