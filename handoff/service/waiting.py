"""How long somebody will wait, told honestly: from what was handled lately, corrected by how right that was.

With everybody busy, conversations end at the rate of (those under way) / (how long one takes), and each end lets
one of the queue in. So the one at place p waits for p ends. What that leaves out (breaks, people who take a minute
before the next one) shows in how long the last ones really waited, compared with what they were told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, median
from zoneinfo import ZoneInfo

from handoff.service.hours import Schedule, add_working_time, next_opening

_LEAST = 5  # conversations handled before anything is foretold
_FACTORS = (0.5, 3.0)  # by how much experience may correct the reckoning
_MOMENT = timedelta(seconds=30)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Experience:
    """What was seen lately on a level, in seconds.

    `handling`: how long conversations took; `pickups`: how long those waited who came while somebody had room;
    `reckoned_and_real`: of those who had to wait for their turn.
    """

    handling: Sequence[float] = ()
    pickups: Sequence[float] = ()
    reckoned_and_real: Sequence[tuple[float, float]] = ()

    @property
    def factor(self) -> float:
        """How much longer than reckoned it really took, in the middle; 1 while too little is known."""
        ratios = [real / reckoned for reckoned, real in self.reckoned_and_real if reckoned > 0]
        if len(ratios) < _LEAST:
            return 1.0
        return min(max(median(ratios), _FACTORS[0]), _FACTORS[1])


@dataclass(frozen=True, slots=True)
class Crew:
    """Who is there on the level: conversations they could hold together, and those they hold."""

    capacity: int = 0
    load: int = 0

    @property
    def room(self) -> int:
        return max(0, self.capacity - self.load)


def reckon(position: int, crew: Crew, experience: Experience) -> timedelta | None:
    """Working time until the one at `position` (from 1) is taken, before experience corrects it.

    Nothing for one who need not wait for a turn; None when it cannot be told honestly.
    """
    if crew.capacity <= 0 or len(experience.handling) < _LEAST:
        return None
    ends_awaited = max(0, position - crew.room)
    return timedelta(seconds=ends_awaited * fmean(experience.handling) / crew.capacity)


def expect(reckoned: timedelta | None, experience: Experience) -> timedelta | None:
    """What is told: corrected by how right the reckoning was; without a turn to wait for, as long as others did."""
    if reckoned is None:
        return None
    if reckoned:
        return reckoned * experience.factor
    if len(experience.pickups) < _LEAST:
        return None
    return timedelta(seconds=median(experience.pickups))


def rounded(wait: timedelta) -> timedelta:
    """As people say it: whole minutes, above ten steps of five, above an hour of thirty; at least one minute."""
    minutes = wait / _MINUTE
    step = 1 if minutes <= 10 else 5 if minutes <= 60 else 30
    return timedelta(minutes=max(1, round(minutes / step) * step))


@dataclass(frozen=True, slots=True)
class News:
    """What can be told to somebody who waits: their place, and either how long or, if not today, from when on.

    `is_at_once`: somebody has room and is there within moments; neither place nor wait is worth a word.
    `latest_at`: somebody is there though nobody need be, but busy; from then on people are there for certain.
    """

    position: int
    wait: timedelta | None = None
    back_at: datetime | None = None
    is_at_once: bool = False
    latest_at: datetime | None = None


def tell(position: int, wait: timedelta | None, schedule: Schedule, now: datetime, room: int | None = None) -> News:
    """Pauses of the day are part of the wait; beyond the day a moment is told instead.

    `room`: for how many more those have room who are there whatever the hours; None where nobody is. Out of hours they
    are given the conversation all the same, so nobody is told then that people come back later; nor how long it takes,
    for nobody knows how long they stay. Within the hours it counts while too little is known to tell a wait.
    """
    opening = next_opening(schedule, now)
    is_closed = opening is None or opening > now
    if is_closed and room is None:
        return News(position, None, opening)
    if is_closed:
        return News(position, is_at_once=True) if position <= (room or 0) else News(position, latest_at=opening)
    if position <= (room or 0) if wait is None else wait < _MOMENT:
        return News(position, is_at_once=True)
    turn = add_working_time(schedule, now, wait) if wait is not None else None
    if turn is None:
        return News(position)
    zone = ZoneInfo(schedule.zone)
    if turn.astimezone(zone).date() != now.astimezone(zone).date() and turn - now > timedelta(hours=3):
        return News(position, None, turn)
    return News(position, rounded(turn - now))
