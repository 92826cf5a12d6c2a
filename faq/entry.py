"""An FAQ entry: one known question with its wordings and its answer."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.message import Attachment


class EntryState(StrEnum):
    """Where an entry stands between being written and being retired."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Entry:
    """One known question. `language` decides the morphology; `valid_until` is the last day it is answered.

    `attachments` go with the answer; one without a `ref` is a name whose file is still to be put in.
    """

    id: str
    category: str
    question: str
    answer: str
    phrasings: tuple[str, ...] = ()
    language: str = "ru"
    state: EntryState = EntryState.PUBLISHED
    valid_until: date | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def files(self) -> tuple[Attachment, ...]:
        """Attachments that can be sent."""
        return tuple(one for one in self.attachments if one.ref)

    @property
    def wordings(self) -> tuple[str, ...]:
        """The question first, then its phrasings."""
        return (self.question, *self.phrasings)

    def is_live(self, today: date) -> bool:
        """Whether customers may be answered with it on this day; the last day of validity counts."""
        if self.state is not EntryState.PUBLISHED:
            return False
        return self.valid_until is None or today <= self.valid_until
