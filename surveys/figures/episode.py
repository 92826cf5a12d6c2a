"""What one conversation counts as in the measures: its times, kept promises, and how it ended.

Everything is reckoned from recorded moments; working time comes from outside, so hours and holidays count as they
should. Durations are whole milliseconds, so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

_MILLISECOND = timedelta(milliseconds=1)


class WorkingTime(Protocol):
    """The company's hours."""

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; zero where end is not after start."""


class AroundTheClock:
    """Open day and night: until hours are set."""

    def between(self, start: datetime, end: datetime) -> timedelta:
        return max(end - start, timedelta(0))


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised for a conversation, in working time; None: nothing."""

    first_response: timedelta | None = None
    next_response: timedelta | None = None
    resolution: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A word of the customer, or of a person who answers; the bot's own words are left out.

    `is_courtesy`: a mere "thank you" or the like, to which nobody waits for an answer.
    """

    is_customer: bool
    at: datetime
    is_courtesy: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """A conversation as recorded. `queued_at`: first handed over; `is_with_people`: queued or assigned right now.

    `left_at`: when the customer last gave up waiting for a first answer. `snoozes`: from when to when it rested,
    without an end where it still does.
    """

    opened_at: datetime
    queued_at: datetime | None = None
    assigned_at: datetime | None = None
    first_response_at: datetime | None = None
    closed_at: datetime | None = None
    is_with_people: bool = False
    closed_by: str = ""
    left_at: datetime | None = None
    turns: Sequence[Turn] = ()
    snoozes: Sequence[tuple[datetime, datetime | None]] = ()


@dataclass(frozen=True, slots=True)
class Episode:
    """What it counts as. Times are milliseconds of working time, None where there is none (yet).

    `is_first_within`, `is_resolution_within`: None while undecided or where nothing was promised;
    `next_decided`, `next_within`: how many waits for a further answer are decided, and how many of them kept.
    """

    first_response_ms: int | None = None
    waiting_ms: int | None = None
    handling_ms: int | None = None
    resolution_ms: int | None = None
    is_first_within: bool | None = None
    is_resolution_within: bool | None = None
    next_decided: int = 0
    next_within: int = 0
    is_contained: bool = False
    is_abandoned: bool = False


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Hours and the present moment, for what is still open."""

    now: datetime
    working: WorkingTime = field(default_factory=AroundTheClock)

    def span(self, start: datetime | None, end: datetime | None) -> int | None:
        if start is None or end is None:
            return None
        return max(0, self.working.between(start, end) // _MILLISECOND)


def reckon(course: Course, promise: Promise, by: Reckoning) -> Episode:
    """Everything at once; each part is defined in its own function."""
    decided, within = next_responses(course, promise, by)
    return Episode(
        first_response_ms=by.span(course.queued_at, course.first_response_at),
        waiting_ms=by.span(course.queued_at, course.assigned_at),
        handling_ms=by.span(course.assigned_at, course.closed_at),
        resolution_ms=by.span(course.opened_at, course.closed_at),
        is_first_within=first_response_within(course, promise, by),
        is_resolution_within=resolution_within(course, promise, by),
        next_decided=decided,
        next_within=within,
        is_contained=is_contained(course),
        is_abandoned=is_abandoned(course),
    )


def is_contained(course: Course) -> bool:
    """Closed, and no person was ever needed: the bot led from the first to the last word."""
    return course.closed_at is not None and course.queued_at is None


def is_abandoned(course: Course) -> bool:
    """Handed over, but the customer left before any person took or answered it.

    Left: went back to the bot, or the conversation was closed by the customer or by silence, not by an operator.
    """
    if course.queued_at is None or course.assigned_at is not None or course.first_response_at is not None:
        return False
    if course.closed_at is not None:
        return course.closed_by != "operator"
    return not course.is_with_people


def first_response_within(course: Course, promise: Promise, by: Reckoning) -> bool | None:
    """From the handing over to the first message of a person, in working time, against the promise.

    Automatic replies do not count. Without an answer: a breach once the time has passed (also of what was closed
    unanswered, or left by the customer, after it), undecided before.
    Example: open from 9 to 18, promised within 30 minutes; handed over at 17:50, answered at 9:15 on the next
    working day: 10 + 15 = 25 minutes, kept.
    """
    if course.queued_at is None or promise.first_response is None:
        return None
    if course.first_response_at is not None:
        return by.working.between(course.queued_at, course.first_response_at) <= promise.first_response
    end = course.closed_at if course.closed_by == "operator" else course.left_at or course.closed_at
    if course.is_with_people:
        end = by.now
    if end is None:
        return None
    return False if by.working.between(course.queued_at, end) > promise.first_response else None


def resolution_within(course: Course, promise: Promise, by: Reckoning) -> bool | None:
    """From the handing over to the closing, in working time, against the promise; only of what people had.

    What was snoozed does not count: the customer was promised another moment.
    Example: promised within 8 hours; handed over at 9, snoozed from 10 to 15, closed at 18: 4 hours, kept.
    Not closed yet: a breach once the time has passed, undecided before. What the customer left undecided counts not.
    """
    if course.queued_at is None or promise.resolution is None or is_abandoned(course):
        return None
    end = course.closed_at or by.now
    passed = by.working.between(course.queued_at, end)
    for start, until in course.snoozes:
        passed -= by.working.between(max(start, course.queued_at), min(until or end, end))
    is_kept = passed <= promise.resolution
    return is_kept if course.closed_at is not None else (None if is_kept else False)


def next_responses(course: Course, promise: Promise, by: Reckoning) -> tuple[int, int]:
    """How many waits for a further answer are decided, and how many of them were within the promise.

    A wait begins with the customer's first word after a person's answer and ends with the next answer; several words
    in a row are one wait, and a mere "thank you" begins none, as it starts no countdown of a target. Without an
    answer, as of the first response: missed once the time has passed (also of what was closed after it), undecided
    before; and of what went back to the bot, undecided.
    Example: promised within an hour; answered at 9:05, "thanks" at 9:10, a question at 12:00, answered at 12:30: one
    wait of 30 minutes, kept.
    """
    if promise.next_response is None:
        return 0, 0
    decided = within = 0
    for start, end in _waits(course):
        until = end or (by.now if course.is_with_people else course.closed_at)
        if until is None or (end is None and course.closed_by == "idle"):  # back with the bot
            continue
        is_kept = by.working.between(start, until) <= promise.next_response
        if end is None and is_kept:
            continue
        decided += 1
        within += is_kept
    return decided, within


def _waits(course: Course) -> Iterator[tuple[datetime, datetime | None]]:
    """From each first unanswered word to its answer, after the first response."""
    since: datetime | None = None
    is_answered = False
    for turn in course.turns:
        if not turn.is_customer:
            if since is not None:
                yield since, turn.at
            since, is_answered = None, True
        elif is_answered and since is None and not turn.is_courtesy:
            since = turn.at
    if since is not None:
        yield since, None
