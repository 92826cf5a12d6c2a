"""Whether a customer may be asked now: caps across all surveys, quiet hours, samples and holdouts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any, TypeVar

from core.errors import FaultyValue, shown
from core.text import Text
from surveys.survey import Occasion, Survey

T = TypeVar("T")


class Verdict(StrEnum):
    ASK = "ask"
    HELD_OUT = "held_out"  # left alone on purpose, and remembered as such
    WAITS = "waits"  # an answer of ours is awaited, or the bot is being talked with
    QUIET = "quiet"  # later, in the day
    ASKED = "asked"  # this conversation was asked about before
    TOO_OFTEN = "too_often"
    NOT_DRAWN = "not_drawn"
    TOO_NEW = "too_new"
    UNWANTED = "unwanted"  # banned, out of reach, or asked to be left alone


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps over all surveys: at most `most` askings in `within`, `apart` from each other; none between `quiet_from`
    and `quiet_to` of the company's clock. The closing question follows right after the customer's own talk: quiet
    hours and `apart` do not hold it back, and neither does `most` unless `counts_closing`.
    """

    most: int = 3
    within: timedelta = timedelta(days=30)
    apart: timedelta = timedelta(days=1)
    quiet_from: time = time(21)
    quiet_to: time = time(9)
    counts_closing: bool = False

    def is_quiet(self, now: datetime, zone: tzinfo) -> bool:
        at = now.astimezone(zone).time()
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= at < self.quiet_to
        return at >= self.quiet_from or at < self.quiet_to


@dataclass(frozen=True, slots=True)
class Asked:
    """An earlier invitation that did reach the customer, or (`is_held_out`) was left out on purpose."""

    survey: str
    at: datetime
    conversation_id: int | None = None
    is_closing: bool = False
    is_held_out: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """The customer as far as asking goes. `is_live`: some conversation of theirs is not closed."""

    id: int
    known_since: datetime
    is_live: bool = False
    is_unwanted: bool = False


def may_ask(
    survey: Survey,
    person: Person,
    history: Sequence[Asked],
    now: datetime,
    zone: tzinfo,
    limits: Limits,
    conversation_id: int | None = None,
) -> Verdict:
    """All that holds an asking back, in order; ASK when nothing does."""
    plan = survey.plan
    if person.is_unwanted:
        return Verdict.UNWANTED
    if person.is_live:
        return Verdict.WAITS
    if conversation_id is not None and any(
        one.conversation_id == conversation_id and (one.survey == survey.key or not one.is_held_out) for one in history
    ):
        return Verdict.ASKED
    if now - person.known_since < plan.known:
        return Verdict.TOO_NEW
    if _is_too_often(survey, history, now, limits):
        return Verdict.TOO_OFTEN
    is_right_away = plan.occasion is Occasion.CLOSING and not plan.delay
    if not is_right_away and limits.is_quiet(now, zone):
        return Verdict.QUIET
    if not is_drawn(f"{survey.key}:{conversation_id or ''}", person.id, plan.share):
        return Verdict.NOT_DRAWN
    return Verdict.HELD_OUT if is_drawn(f"holdout:{survey.key}", person.id, plan.holdout) else Verdict.ASK


def _is_too_often(survey: Survey, history: Sequence[Asked], now: datetime, limits: Limits) -> bool:
    """The survey's own pause counts holdouts as well: who was left alone is left alone for as long."""
    if survey.plan.every and any(one.survey == survey.key and now - one.at < survey.plan.every for one in history):
        return True
    asked = [one for one in history if not one.is_held_out]
    is_closing = survey.plan.occasion is Occasion.CLOSING and not survey.plan.delay
    if is_closing and not limits.counts_closing:
        return False
    if not is_closing and any(now - one.at < limits.apart for one in asked):
        return True
    counted = [one for one in asked if limits.counts_closing or not one.is_closing]
    return sum(now - one.at < limits.within for one in counted) >= limits.most


def is_drawn(salt: str, number: int, percent: int) -> bool:
    """A lot that always falls the same way, so that nobody is drawn by asking again."""
    digest = hashlib.sha256(f"{salt}:{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 10_000 < percent * 100


def read_limits(raw: Any) -> Limits:
    """From {"most", "within_days", "apart_days", "quiet_from", "quiet_to", "counts_closing"}; what is left out keeps
    its default. Raises FaultyValue that says what is wrong."""
    if not isinstance(raw, Mapping):
        raise FaultyValue(Text("fault.value.no_mapping", {"value": shown(raw)}))
    given = dict(raw)
    limits = Limits(
        most=_amount(given, "most", 3, int, "fault.value.no_whole"),
        within=_amount(given, "within_days", 30, _days, "fault.limits.days"),
        apart=_amount(given, "apart_days", 1, _days, "fault.limits.days"),
        quiet_from=_clock(given, "quiet_from", "21:00"),
        quiet_to=_clock(given, "quiet_to", "09:00"),
        counts_closing=bool(given.pop("counts_closing", False)),
    )
    if given:
        names = [shown(name) for name in given]
        raise FaultyValue(Text("fault.survey.unknown", {"names": ", ".join(names)}), spot=(names[0],))
    return limits


def _amount(given: dict[str, Any], name: str, usual: int, read: Callable[[Any], T], fault: str) -> T:
    value = given.pop(name, usual)
    try:
        amount = read(value)
    except (ValueError, TypeError, OverflowError):
        raise FaultyValue(Text(fault, {"value": shown(value)}), (name,)) from None
    if float(value) < 0:
        raise FaultyValue(Text("fault.value.negative", {"value": shown(value)}), (name,))
    return amount


def _days(value: Any) -> timedelta:
    return timedelta(days=float(value))


def _clock(given: dict[str, Any], name: str, usual: str) -> time:
    value = str(given.pop(name, usual))
    try:
        found = time.fromisoformat(value)
        if found.tzinfo is None:  # it is the company's clock
            return found
    except ValueError:
        pass
    raise FaultyValue(Text("fault.limits.clock", {"value": shown(value)}), (name,))


def write_limits(limits: Limits) -> dict[str, Any]:
    """As `read_limits` takes it."""
    day = timedelta(days=1)
    return {
        "most": limits.most,
        "within_days": limits.within / day,
        "apart_days": limits.apart / day,
        "quiet_from": limits.quiet_from.isoformat("minutes"),
        "quiet_to": limits.quiet_to.isoformat("minutes"),
        "counts_closing": limits.counts_closing,
    }
