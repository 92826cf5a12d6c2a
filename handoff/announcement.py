"""News of the company to its customers: what is said, to whom, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.errors import InvalidInput
from core.text import Text

MOST_WORDS = 2000  # characters: one message in every channel
MOST_DAYS = 366


class State(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"  # to be sent at a set moment
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"  # before everybody was reached


SENDABLE = frozenset({State.DRAFT, State.STOPPED})  # stopped: it goes on where it was
STOPPABLE = frozenset({State.WAITING, State.SENDING})


@dataclass(frozen=True, slots=True)
class Audience:
    """Customers whose latest talk is no older than `days` (None: whenever), in these channels (empty: in any).

    `tag`, `category`: one of their conversations of that time carries the tag, or was about a question of the category.
    `reason`: they gave it for a low score in that time.
    """

    channels: tuple[str, ...] = ()
    days: int | None = 30
    tag: str = ""
    category: str = ""
    reason: str = ""

    def since(self, now: datetime) -> datetime | None:
        return now - timedelta(days=self.days) if self.days is not None else None

    def has(self, channel: str) -> bool:
        return not self.channels or channel in self.channels


@dataclass(frozen=True, slots=True)
class Announcement:
    """`said_until`: until then it is said first to everybody who writes. `reached_id`: the last customer looked at."""

    id: int
    words: Mapping[str, str]
    audience: Audience
    state: State
    created_at: datetime
    is_urgent: bool = False
    said_until: datetime | None = None
    send_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reached_id: int = 0
    author: str = ""
    changed_at: datetime | None = field(default=None, compare=False)

    def in_language(self, language: str) -> str:
        """In another language where it was not written in this one."""
        return self.words.get(language) or next(iter(self.words.values()))

    def is_said(self, channel: str, now: datetime) -> bool:
        """Whether somebody who writes there now is told it first."""
        return self.said_until is not None and now < self.said_until and self.audience.has(channel)

    @property
    def title(self) -> str:
        """Its beginning, to tell it from others."""
        first = next(iter(self.words.values())).split("\n")[0]
        return first if len(first) <= 80 else f"{first[:79].rstrip()}…"


def read_words(words: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """Those given, without outer whitespace. Raises InvalidInput."""
    given = {code: text.strip() for code, text in words.items() if code in languages and text.strip()}
    if not given:
        raise InvalidInput(Text("fault.announcement.no_words"))
    if any(len(text) > MOST_WORDS for text in given.values()):
        raise InvalidInput(Text("fault.announcement.too_long", {"limit": MOST_WORDS}))
    return given


def read_audience(raw: Mapping[str, Any]) -> Audience:
    """As `write_audience` wrote it; what a newer program added is left out."""
    days = raw.get("days", 30)
    return Audience(
        tuple(raw.get("channels", ())),
        int(days) if days is not None else None,
        str(raw.get("tag", "")),
        str(raw.get("category", "")),
        str(raw.get("reason", "")),
    )


def write_audience(audience: Audience) -> dict[str, Any]:
    return {
        "channels": list(audience.channels),
        "days": audience.days,
        "tag": audience.tag,
        "category": audience.category,
        "reason": audience.reason,
    }
