"""Surveys as data: questions with their scales, whom to ask and when. A version once answered stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

REASONS = ("slow", "unsolved", "rude", "other")
LANGUAGES = ("ru", "en")


class Kind(StrEnum):
    """Which measure the answers make; OWN makes none but its own mean."""

    CSI = "csi"
    CSAT = "csat"
    NPS = "nps"
    CES = "ces"
    ACSI = "acsi"
    OWN = "own"


class Occasion(StrEnum):
    CLOSING = "closing"  # after a conversation was closed
    PERIODIC = "periodic"  # of customers known long enough, every so often
    RULE = "rule"  # after a conversation was closed that carries a tag, as if-then rules put them on


@dataclass(frozen=True, slots=True)
class Condition:
    """Ask only when the answer to an earlier question lies from `lowest` to `highest`."""

    question: str
    lowest: int
    highest: int

    def holds(self, given: Mapping[str, int]) -> bool:
        score = given.get(self.question)
        return score is not None and self.lowest <= score <= self.highest


@dataclass(frozen=True, slots=True)
class Question:
    """`words` by language. A scale from `lowest` to `highest`, or free words (`is_free`); `weight`: its importance."""

    key: str
    words: Mapping[str, str] = field(default_factory=dict)
    lowest: int = 1
    highest: int = 5
    weight: float = 1.0
    is_free: bool = False
    only_if: Condition | None = None

    @property
    def scale(self) -> range:
        """Every score there is, in order."""
        return range(self.lowest, self.highest + 1)

    def in_language(self, language: str) -> str:
        """In the customer's language, else in one there is."""
        return self.words.get(language) or next(iter(self.words.values()), "")


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom to ask, and when.

    `delay` after the closing; `known` and `every`: periodic ones are asked of customers known for so long, at most once
    in so much time (0: as often as the occasion comes); `share` of the customers drawn, and `holdout` of those left
    alone on purpose, in per cent; `expires`: for so long it may be answered (None: for ever); `tag`: of RULE.
    """

    occasion: Occasion = Occasion.CLOSING
    delay: timedelta = timedelta(0)
    known: timedelta = timedelta(0)
    every: timedelta = timedelta(0)
    share: int = 100
    holdout: int = 0
    expires: timedelta | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """A questionnaire of 1 to 5 questions; the first one is the main one, whose score is reported.

    `low_score`: from the lowest up to it somebody is dissatisfied; `change_time`: for so long after the first vote it
    may be changed; `reasons`: keys of the reasons to choose from when the score is low.
    """

    key: str
    kind: Kind = Kind.OWN
    questions: tuple[Question, ...] = (Question("score"),)
    version: int = 1
    plan: Plan = Plan()
    low_score: int = 0
    change_time: timedelta = timedelta(hours=24)
    reasons: tuple[str, ...] = ()

    @property
    def main(self) -> Question:
        return self.questions[0]

    @property
    def scale(self) -> range:
        return self.main.scale

    def is_low(self, score: int) -> bool:
        return score <= self.low_score

    def next_place(self, after: int, given: Mapping[str, int]) -> int | None:
        """The place of the next question to ask behind `after` (-1: the first), or None at the end."""
        for place in range(after + 1, len(self.questions)):
            condition = self.questions[place].only_if
            if condition is None or condition.holds(given):
                return place
        return None

    def has_same_scale(self, other: Survey) -> bool:
        """Whether answers to both may stand in one report: the same questions in the same order on the same scales."""
        return self.kind == other.kind and _scales(self) == _scales(other)


def _scales(survey: Survey) -> list[tuple[object, ...]]:
    return [(one.key, one.lowest, one.highest, one.weight, one.is_free) for one in survey.questions]


CSI = Survey(
    "csi", Kind.CSI, (Question("score", {"ru": "Оцените, как мы помогли", "en": "Rate our help"}),), low_score=3,
    reasons=REASONS,
)  # fmt: skip
