"""If-then rules: a small safe vocabulary, kept as data. What holds, what follows; nothing is done here.

Every condition that is given must hold. The narrowest of them says at which moment the rule is looked at: a wait, a
score, a customer's words, or else the joining of the queue.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from handoff.service.spans import write_span


class Moment(StrEnum):
    """When a rule is looked at."""

    WAITING = "waiting"  # a customer has waited so long for a person's answer
    SCORED = "scored"
    SAID = "said"
    QUEUED = "queued"


@dataclass(frozen=True, slots=True)
class Conditions:
    """Empty or None: says nothing. Of several values one is enough; of `waiting`, each is a step of its own.

    `nth`: it is at least the customer's n-th conversation within `within`.
    """

    waiting: tuple[timedelta, ...] = ()
    score_below: int | None = None
    words: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    priorities: tuple[str, ...] = ()
    is_vip: bool | None = None
    is_out_of_hours: bool | None = None
    nth: int | None = None
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """Words to the customer, by language; {name}, {news}, {position} stand for what is true then."""

    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tag:
    tag: str


@dataclass(frozen=True, slots=True)
class Raise:
    priority: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """To an operator by login, or to a level's queue ("2")."""

    to: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A line to the leads."""

    text: str


@dataclass(frozen=True, slots=True)
class Canned:
    """A canned reply, by name, to the customer."""

    name: str


RuleAct = Message | Tag | Raise | Transfer | Alert | Canned


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    when: Conditions
    then: tuple[RuleAct, ...]

    @property
    def moment(self) -> Moment:
        if self.when.waiting:
            return Moment.WAITING
        if self.when.score_below is not None:
            return Moment.SCORED
        return Moment.SAID if self.when.words else Moment.QUEUED


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true at a moment. `opened`: when the customer's conversations were opened, this one too."""

    moment: Moment
    now: datetime
    waited: timedelta = timedelta(0)
    score: int | None = None
    words: str = ""
    category: str = ""
    channel: str = ""
    level: int = 1
    priority: str = "normal"
    is_vip: bool = False
    is_out_of_hours: bool = False
    opened: Sequence[datetime] = field(default=())


@dataclass(frozen=True, slots=True)
class Step:
    """What a rule asks for now: `name` is done once for each conversation, and so are those in `passed_over`."""

    rule: Rule
    name: str
    passed_over: tuple[str, ...] = ()


def next_step(rule: Rule, facts: Facts, done: Collection[str]) -> Step | None:
    """The step that is due, or None. Of several waits that have passed the longest speaks for all."""
    if rule.moment is not facts.moment or not _holds(rule.when, facts):
        return None
    if rule.moment is not Moment.WAITING:
        return Step(rule, str(rule.moment)) if str(rule.moment) not in done else None
    due = [step_name(span) for span in sorted(rule.when.waiting) if span <= facts.waited]
    if not due or due[-1] in done:
        return None
    return Step(rule, due[-1], tuple(name for name in due[:-1] if name not in done))


def step_name(span: timedelta) -> str:
    return f"waiting {write_span(span)}"


def next_wait(rules: Iterable[Rule], waited: timedelta) -> timedelta | None:
    """The next length of a wait at which some rule is to be looked at."""
    return min((span for rule in rules for span in rule.when.waiting if span > waited), default=None)


def _holds(when: Conditions, facts: Facts) -> bool:
    return (
        (when.score_below is None or (facts.score is not None and facts.score < when.score_below))
        and (not when.words or any(says(facts.words, one) for one in when.words))
        and (not when.categories or facts.category in when.categories)
        and (not when.channels or facts.channel in when.channels)
        and (not when.levels or facts.level in when.levels)
        and (not when.priorities or facts.priority in when.priorities)
        and when.is_vip in (None, facts.is_vip)
        and when.is_out_of_hours in (None, facts.is_out_of_hours)
        and (when.nth is None or _count(when, facts) >= when.nth)
    )


def _count(when: Conditions, facts: Facts) -> int:
    since = facts.now - when.within if when.within is not None else None
    return sum(1 for opened_at in facts.opened if since is None or opened_at >= since)


def says(text: str, wanted: str) -> bool:
    """Whether whole words of a text are those wanted, in any case of letters; "возврат*" takes any ending."""
    pattern = r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in _plain(wanted).split())
    return re.search(rf"(?<!\w){pattern}(?!\w)", _plain(text)) is not None


def _plain(text: str) -> str:
    return text.lower().replace("ё", "е")
