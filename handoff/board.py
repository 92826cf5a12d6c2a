"""What commands of the desk show: who waits, who is there, who carries how much, whom to get back to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.conversation import ConversationId
from handoff.operators import Operator


@dataclass(frozen=True, slots=True)
class QueueRow:
    id: ConversationId
    name: str
    channel: str
    level: int
    priority: int
    is_vip: bool
    category: str
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class TeamRow:
    """`load`: conversations held, without the `snoozed` ones; `closed`: since the day began."""

    operator: Operator
    capacity: int
    load: int
    snoozed: int = 0
    closed: int = 0
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """A dissatisfied customer somebody is to get back to; `owner` "": nobody took it; `score` with its survey."""

    id: int
    name: str
    conversation_id: int | None
    score: str
    owner_id: int | None
    owner: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """`queue` in the order in which it is served, open `follow_ups` in that in which they are due."""

    queue: tuple[QueueRow, ...] = ()
    team: tuple[TeamRow, ...] = ()
    follow_ups: tuple[FollowUpRow, ...] = ()
