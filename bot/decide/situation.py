"""What a decision may know: the state as stored, and what the FAQ says to the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from core.conversation import Conversation, Status
from core.customer import Customer, Identity
from core.errors import NotFound
from core.message import MessageId
from faq.answer import Verdict
from faq.entry import Entry
from faq.index import Index
from handoff.announcement import Announcement
from handoff.board import Board
from handoff.canned import Canned
from handoff.desk_rules import DeskRules
from handoff.operators import Operator
from surveys.invitation import Invitation
from surveys.survey import Survey


@dataclass(frozen=True, slots=True)
class ShownButton:
    """A button of the last keyboard, so that its label typed by hand counts as a press."""

    label: str
    act: str
    argument: str
    message_id: MessageId | None


@dataclass(frozen=True, slots=True)
class LinkOffer:
    """A valid code: the address it was asked for at; `is_own`: that one is the customer's already."""

    code_id: int
    channel: str
    name: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """The customer's side. `conversation` is their latest in this channel.

    `invitation` is its closing question, or the asking that a press, a number or free words may answer; then `survey`
    is its questionnaire and `given` holds the scores so far.
    """

    customer: Customer
    identity: Identity
    conversation: Conversation | None = None
    invitation: Invitation | None = None
    keyboard: tuple[ShownButton, ...] = ()
    last_origin_id: str = ""  # of the customer's newest message
    has_desk: bool = False
    survey: Survey | None = None
    given: Mapping[str, int] = field(default_factory=dict)
    link: LinkOffer | None = None  # whom a code that was typed or confirmed belongs to
    has_other_addresses: bool = False
    announcements: tuple[Announcement, ...] = ()  # said first now, and not known to the customer
    has_failed_reply: bool = False  # of an operator; looked for when the customer can be reached again

    @property
    def is_live(self) -> bool:
        return self.conversation is not None and self.conversation.status is not Status.CLOSED

    @property
    def is_with_people(self) -> bool:
        return self.conversation is not None and self.conversation.status in (Status.QUEUED, Status.ASSIGNED)


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """An entry as the desk sees it: its row's number, carried by buttons, and how likely it is meant (None: unsaid)."""

    number: int
    entry: Entry
    score: float | None = None


@dataclass(frozen=True, slots=True)
class FaqFacts:
    """What `/faq` is about: the entry named, what was found for the words, the revisions a press goes back between."""

    entry: FaqEntry | None = None
    found: tuple[FaqEntry, ...] = ()
    revisions: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class PlacedMessage:
    """A stored message found by its place on the desk."""

    id: MessageId
    author: str
    kind: str


@dataclass(frozen=True, slots=True)
class DeskSituation:
    """The operators' side: the topic's conversation, who acts, who holds it.

    `newer` is the number of another conversation of the same customer in the same channel that is live, or None.
    `target` is whom an act names, `canned` the reply it names
    (`canned_listed`: all there are, `canned_kept`: those the operator keeps), `board` what the leads' commands show;
    `has_answered`: an operator wrote since the moment a timer is about.
    """

    customer: Customer | None = None
    conversation: Conversation | None = None
    operator: Operator | None = None
    holder: Operator | None = None
    placed: PlacedMessage | None = None
    newer: int | None = None
    rules: DeskRules = field(default_factory=DeskRules)
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    zone: tzinfo = UTC
    target: Operator | None = None
    has_answered: bool = False
    canned: Canned | None = None
    canned_listed: tuple[Canned, ...] = ()
    canned_kept: frozenset[str] = frozenset()
    board: Board | None = None
    faq: FaqFacts = field(default_factory=FaqFacts)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The FAQ as it is now, and its verdicts on the words of this event."""

    index: Index
    verdicts: Sequence[Verdict] = ()
    is_searched: bool = True

    def entry(self, key: str) -> Entry | None:
        """The entry, or None when the FAQ no longer has it."""
        try:
            return self.index.entry(key)
        except NotFound:
            return None

    def categories(self, language: str) -> tuple[str, ...]:
        """In the customer's language if there are any, else all."""
        return self.index.categories(language) or self.index.categories()


class NeedsVerdicts(Exception):
    """The decision turned out to need the FAQ's verdicts on the words, which were not looked up."""
