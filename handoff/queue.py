"""The order in which customers wait: priority first, then time, and nobody for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cache

from core.conversation import ConversationId, OperatorId
from core.text import LANGUAGES, Text, render

AHEAD = timedelta(minutes=20)  # what one step of priority is worth
_VIP_STEPS = 1


class Priority(IntEnum):
    LOW = -1
    NORMAL = 0
    HIGH = 1
    URGENT = 2


PRIORITIES = {priority.name.lower(): priority for priority in Priority}


@cache
def _shown() -> Mapping[str, Priority]:
    """What operators are shown of them, in either language."""
    return {
        render(Text(f"priority.{name}"), language).casefold(): priority
        for language in LANGUAGES
        for name, priority in PRIORITIES.items()
    }


def read_priority(word: str) -> Priority | None:
    """As it is named in files and settings, or as it is shown: `urgent`, "срочно"; None for any other word."""
    return PRIORITIES.get(word, _shown().get(word.casefold()))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation in the queue.

    `queued_at` is the first time it was handed over: one that comes back keeps its place. `previous` is the operator
    who last served this customer, `avoid` the one who just gave the conversation back.
    """

    id: ConversationId
    queued_at: datetime
    priority: Priority = Priority.NORMAL
    is_vip: bool = False
    level: int = 1
    category: str = ""
    previous: OperatorId | None = None
    avoid: OperatorId | None = None


def place(waiting: Waiting) -> tuple[datetime, int]:
    """The key of the order: a step of priority is worth a head start of AHEAD.

    A head start is no right of way: who came that much earlier goes first, so everybody's turn comes.
    """
    steps = waiting.priority + (_VIP_STEPS if waiting.is_vip else 0)
    return waiting.queued_at - AHEAD * steps, waiting.id


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    return sorted(waiting, key=place)


def position(number: ConversationId, queue: Sequence[Waiting]) -> int | None:
    """Where in the queue of its own level the conversation stands, from 1; None when it does not wait."""
    own = next((one for one in queue if one.id == number), None)
    if own is None:
        return None
    return 1 + sum(1 for one in queue if one.level == own.level and place(one) < place(own))
