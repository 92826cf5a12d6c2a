"""Who comes and who answers on the simulated day. Everything is drawn from one seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

# conversations an hour as parts of the day, from half past eight on: uneven, with a hard morning and a busy noon
_COMING = (25, 105, 150, 215, 300, 290, 250, 215, 160, 115, 90, 60, 25)
_BY_HOUR = dict(enumerate(_COMING, 8))
_HANDLING_M, _HANDLING_SPREAD = 6.3, 0.55  # minutes in the middle, and sigma of the logarithm
_PATIENCE_M, _PATIENCE_SPREAD = 45.0, 0.6
_SHIFTS = ((9, 17), (11, 19), (13, 21))


@dataclass(frozen=True, slots=True)
class Visitor:
    """A customer with one matter: when they come, how much work it is, how long they wait before they leave."""

    address: str
    comes_at: datetime
    handling: timedelta
    patience: timedelta
    thanks: bool
    votes: bool


@dataclass(frozen=True, slots=True)
class Worker:
    """`gone`: a dropout, away without a word; `pause`: a break that is told."""

    login: str
    telegram_id: str
    starts_at: datetime
    ends_at: datetime
    pause: tuple[datetime, datetime]
    gone: tuple[datetime, datetime] | None = None

    def is_acting(self, now: datetime) -> bool:
        return self.gone is None or not self.gone[0] <= now < self.gone[1]


def visitors(random: Random, midnight: datetime, count: int) -> list[Visitor]:
    found = []
    hours = list(_BY_HOUR)
    for number in range(count):
        hour = random.choices(hours, list(_BY_HOUR.values()))[0]
        first = 30 if hour == 8 else 0
        comes_at = midnight + timedelta(hours=hour, minutes=random.uniform(first, 30 if hour == 20 else 60))
        patience = _lognormal(random, _PATIENCE_M, _PATIENCE_SPREAD)
        found.append(
            Visitor(
                str(10_000 + number),
                comes_at,
                timedelta(minutes=_lognormal(random, _HANDLING_M, _HANDLING_SPREAD)),
                timedelta(minutes=patience + (30 if hour == 8 else 0)),
                random.random() < 0.5,
                random.random() < 0.4,
            )
        )
    return sorted(found, key=lambda one: one.comes_at)


def workers(random: Random, midnight: datetime, count: int) -> list[Worker]:
    """In three overlapping shifts; every fourth drops out for fifty minutes."""
    found = []
    for number in range(count):
        first, last = _SHIFTS[number % len(_SHIFTS)]
        starts_at = midnight + timedelta(hours=first, minutes=random.uniform(0, 4))
        pause_at = starts_at + timedelta(hours=3, minutes=random.uniform(0, 90))
        gone_at = starts_at + timedelta(hours=1, minutes=random.uniform(0, 60))
        found.append(
            Worker(
                f"operator{number + 1:02}",
                str(500 + number),
                starts_at,
                midnight + timedelta(hours=last),
                (pause_at, pause_at + timedelta(minutes=30)),
                (gone_at, gone_at + timedelta(minutes=50)) if number % 4 == 1 else None,
            )
        )
    return found


def _lognormal(random: Random, middle: float, spread: float) -> float:
    return random.lognormvariate(math.log(middle), spread)
