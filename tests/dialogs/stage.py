"""Where a conversation is played: what people can do there, and what they then see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from bot.app import App
from faq.answer import Policy

MEMBERS = {"anna": ("7001", "Анна"), "boris": ("7002", "Борис"), "gleb": ("7003", "Глеб"), "vera": ("7004", "Вера")}
BEGINNING = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)  # a Monday; when conversations begin, also by the clock of conftest
MARKS = ("👍", "🤔", "💔")  # delivered, being tried again, failed
OPERATORS = ("anna", "boris")
# whatever the probabilities, so that what follows does not hang on the calibration of the search
POLICIES = {
    "": Policy(),
    "asks back": Policy(answer_at=1.01, clarify_at=0.1, option_at=0.005, most_options=2),
    "knows nothing": Policy(answer_at=1.01, clarify_at=10),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the customer sees it; `answers` is the text of the message it replies to."""

    text: str
    labels: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    answers: str = ""
    is_edit: bool = False

    def __str__(self) -> str:
        return _line(self.text, self.labels, self.media, self.is_edit)


@dataclass(frozen=True, slots=True)
class Posted:
    """A post of the bot's on the desk; `conversation` is the one whose topic it stands in (None: none's)."""

    text: str
    conversation: int | None
    labels: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    answers: str = ""
    is_edit: bool = False

    @property
    def is_card(self) -> bool:
        return self.text.startswith("#") and len(self.labels) > 1

    def __str__(self) -> str:
        return f"[#{self.conversation}] {_line(self.text, self.labels, self.media, self.is_edit)}"


def _line(text: str, labels: Sequence[str], media: Sequence[str], is_edit: bool) -> str:
    short = text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)"
    parts = ["(edit)" if is_edit else "", *(f"<{kind}>" for kind in media), short.replace("\n", " / ")]
    return " ".join(filter(None, parts)) + (f"   {list(labels)}" if labels else "")


class Stage(Protocol):
    """`under`, `answering` are parts of the text of the message meant; `topic` is a conversation's number."""

    app: App

    async def says(self, texts: Sequence[str], *, answering: str = "") -> None:
        """One customer's message, or several quick ones."""

    async def sends(self, kinds: Sequence[str], caption: str, *, answering: str = "") -> None: ...

    async def edits(self, old: str, new: str) -> None: ...

    async def presses(self, label: str, *, under: str = "") -> None: ...

    async def forges(self, token: str) -> None: ...

    async def blocks(self) -> None: ...

    async def returns(self) -> None: ...

    async def is_answered_by_community(self, text: str) -> None: ...

    async def member_writes(self, member: str, text: str, topic: int, *, answering: str = "") -> None: ...

    async def member_sends(self, member: str, kinds: Sequence[str], caption: str, topic: int) -> None: ...

    async def member_edits(self, member: str, old: str, new: str, topic: int) -> None: ...

    async def member_presses(self, member: str, label: str, topic: int) -> None: ...

    async def member_closes_topic(self, topic: int) -> None: ...

    async def member_deletes_topic(self, topic: int) -> None: ...

    async def break_desk(self) -> None: ...

    async def mend_desk(self) -> None: ...

    async def passes(self, seconds: float) -> None: ...

    async def settle(self) -> None: ...

    def shown(self) -> list[Shown]:
        """Everything the customer ever got, oldest first."""

    def posted(self) -> list[Posted]: ...

    def reactions(self) -> list[str]:
        """Emoji put on members' messages, oldest first, without the marks of delivery."""

    def marks(self) -> list[str]:
        """The marks of delivery, oldest first."""

    async def is_topic_closed(self, topic: int) -> bool: ...
