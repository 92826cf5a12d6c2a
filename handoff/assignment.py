"""Who gets which conversation: previous operator first, then the least loaded, then the longest idle. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from core.conversation import ConversationId, OperatorId
from handoff.operators import Presence
from handoff.queue import Waiting, in_order

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An active operator as assignment sees them.

    `load` counts the conversations held, without snoozed ones; `idle_since`: when the last one came or went.
    No `skills` means all categories.
    """

    id: OperatorId
    level: int = 1
    capacity: int = 4
    load: int = 0
    presence: Presence = Presence.ONLINE
    skills: frozenset[str] = frozenset()
    idle_since: datetime | None = None

    @property
    def has_room(self) -> bool:
        return self.presence is Presence.ONLINE and self.load < self.capacity


@dataclass(frozen=True, slots=True)
class Placement:
    conversation_id: ConversationId
    operator_id: OperatorId


def share_out(queue: Sequence[Waiting], team: Sequence[Candidate], now: datetime) -> list[Placement]:
    """Hand out as much of the queue as there is room for, in its order; later ones may overtake who fits nobody.

    `team` is every active operator, also those who are away: they tell which levels and skills exist at all.
    """
    now_is = {one.id: one for one in team}
    placed = []
    for waiting in in_order(queue):
        chosen = choose(waiting, list(now_is.values()))
        if chosen is None:
            continue
        placed.append(Placement(waiting.id, chosen.id))
        now_is[chosen.id] = replace(chosen, load=chosen.load + 1, idle_since=now)
    return placed


def choose(waiting: Waiting, team: Sequence[Candidate]) -> Candidate | None:
    """Whose it becomes now; None while nobody who fits has room."""
    free = [one for one in fitting(waiting, team) if one.has_room]
    if not free:
        return None
    previous = next((one for one in free if one.id == waiting.previous), None)
    if previous is not None:
        return previous
    return min(free, key=lambda one: (one.load / one.capacity, one.idle_since or _LONG_AGO, one.id))


def fitting(waiting: Waiting, team: Sequence[Candidate]) -> list[Candidate]:
    """Those of the right level and with the skill, whether or not they are there.

    A level or a skill that nobody has keeps nobody waiting: the nearest level, the higher of two, stands in for
    it, and the whole level for the skill.
    """
    level = _served(waiting.level, team)
    mates = [one for one in team if one.level == level]
    skilled = [one for one in mates if not waiting.category or not one.skills or waiting.category in one.skills]
    return [one for one in skilled or mates if one.id != waiting.avoid]


def room_of(waiting: Waiting, team: Sequence[Candidate]) -> int | None:
    """For how many more those have room together who are online and fit; None where nobody is."""
    there = [one for one in fitting(waiting, team) if one.presence is Presence.ONLINE and one.capacity > 0]
    return sum(max(0, one.capacity - one.load) for one in there) if there else None


def _served(level: int, team: Sequence[Candidate]) -> int:
    levels = {one.level for one in team}
    return min(levels, key=lambda one: (abs(one - level), -one), default=level)
