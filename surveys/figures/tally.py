"""Counts and sums that add up: what a measure is made of, for any part of the company and any period."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

T = TypeVar("T", bound="_Additive")


@dataclass(frozen=True, slots=True)
class _Additive:
    def __add__(self: T, other: T) -> T:
        return type(self)(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True, slots=True)
class Tally(_Additive):
    """Conversations. Each group belongs to the period in which the thing it is named after happened.

    Opened in it: `opened`. Handed over to people in it (`handed`): those `abandoned`; taken by a person (`taken`, with
    `waiting_ms` in all and `quick`: taken within the service level's time), those waiting shorter than that time still
    (`undecided`); answered (`responded`, `response_ms` in all); decided against the promises and kept (`first_…`,
    `resolution_…`, `next_…`). Closed in it (`closed`): `contained`, `settled` (no return so far), `handled` by a
    person (`handling_ms` in all), `resolution_ms` in all.
    """

    opened: int = 0
    handed: int = 0
    abandoned: int = 0
    taken: int = 0
    waiting_ms: int = 0
    quick: int = 0
    undecided: int = 0
    responded: int = 0
    response_ms: int = 0
    first_decided: int = 0
    first_within: int = 0
    next_decided: int = 0
    next_within: int = 0
    resolution_decided: int = 0
    resolution_within: int = 0
    closed: int = 0
    contained: int = 0
    settled: int = 0
    handled: int = 0
    handling_ms: int = 0
    resolution_ms: int = 0


@dataclass(frozen=True, slots=True)
class Answers(_Additive):
    """What the bot made of free questions, and how many automatic answers helped or did not."""

    answered: int = 0
    clarified: int = 0
    unanswered: int = 0
    helped: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Scores(_Additive):
    """Answers to one survey: how many asked and given, sum and sum of squares, and the groups of the scales."""

    invitations: int = 0
    responses: int = 0
    total: int = 0
    squares: int = 0
    satisfied: int = 0  # 4 and 5 of 5
    promoters: int = 0  # 9 and 10 of 10
    detractors: int = 0  # 0 to 6 of 10


@dataclass(frozen=True, slots=True)
class Newcomers(_Additive):
    """Customers met in the period; `recommended`: came by somebody's link."""

    met: int = 0
    recommended: int = 0
