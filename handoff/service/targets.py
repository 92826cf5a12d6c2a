"""Targets: what was promised, how long is left, and what is to be done about it. Counted in working time only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from handoff.service.hours import Schedule, add_working_time, working_time_between

_NOTHING = timedelta(0)


class Target(StrEnum):
    FIRST_RESPONSE = "first_response"  # from joining the queue to the first message of a person
    NEXT_RESPONSE = "next_response"  # from a customer's words to the answer of a person, later on
    RESOLUTION = "resolution"  # from joining the queue to closing; a snooze does not count


RESPONSES = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)


@dataclass(frozen=True, slots=True)
class Promise:
    """Limits for conversations of a level and a priority; None: of any."""

    limits: Mapping[Target, timedelta]
    level: int | None = None
    priority: str | None = None

    @property
    def narrowness(self) -> tuple[bool, bool]:
        return self.priority is not None, self.level is not None

    def fits(self, level: int, priority: str) -> bool:
        return self.level in (None, level) and self.priority in (None, priority)


@dataclass(frozen=True, slots=True)
class Targets:
    """The narrowest promise that fits and knows the target counts; priority is narrower than level."""

    promises: tuple[Promise, ...] = ()

    def limit(self, target: Target, level: int, priority: str) -> timedelta | None:
        """In working time; None where nothing was promised: the time is measured all the same."""
        fitting = [one for one in self.promises if one.fits(level, priority) and target in one.limits]
        return max(fitting, key=lambda one: one.narrowness).limits[target] if fitting else None


@dataclass(frozen=True, slots=True)
class Countdown:
    """One counting of a target. `spent` is the working time before `running_since`; None: it stands still."""

    target: Target
    running_since: datetime | None
    spent: timedelta = _NOTHING
    limit: timedelta | None = None

    def passed(self, schedule: Schedule, now: datetime) -> timedelta:
        """Working time so far."""
        if self.running_since is None:
            return self.spent
        return self.spent + working_time_between(schedule, self.running_since, now)

    def moment_of(self, schedule: Schedule, span: timedelta) -> datetime | None:
        """When `span` of working time will have passed; None while it stands still, or when it never will."""
        if self.running_since is None:
            return None
        return add_working_time(schedule, self.running_since, span - self.spent)

    def due_at(self, schedule: Schedule) -> datetime | None:
        return self.moment_of(schedule, self.limit) if self.limit is not None else None

    def paused(self, schedule: Schedule, now: datetime) -> Countdown:
        return replace(self, running_since=None, spent=self.passed(schedule, now))

    def resumed(self, now: datetime) -> Countdown:
        return self if self.running_since is not None else replace(self, running_since=now)

    def is_missed(self, schedule: Schedule, now: datetime) -> bool:
        """Whether more than the limit has passed; an answer exactly in time is in time."""
        return self.limit is not None and self.passed(schedule, now) > self.limit
