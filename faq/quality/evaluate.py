"""Measures a search on labelled messages: how often it is right, how often it answers, and how well it knows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from faq.answer import Answer, Handoff, Policy, Smalltalk, judge
from faq.index import Index

WISHED = 0.95
"""The precision an admin is assumed to wish for."""
_BINS = 10


class Case(NamedTuple):
    """One labelled message and what became of it. `place` of the right entry: 1 is first, 0 is not found or none."""

    expected: str | None
    noise: str
    place: int
    score: float
    is_answered: bool
    weight: float

    @property
    def is_right(self) -> bool:
        """Whether the first match is the entry expected."""
        return self.place == 1


@dataclass(frozen=True, slots=True)
class Report:
    """Shares, 0-1; None where there is nothing to measure. `threshold` reaches the precision wished for."""

    messages: int
    out_of_scope: int
    recall_1: float | None
    recall_3: float | None
    mrr: float | None
    precision: float | None
    coverage: float | None
    false_answers: float | None
    threshold: float | None
    coverage_at_wished: float | None
    false_answers_at_wished: float | None
    calibration_error: float | None
    by_noise: Mapping[str, float]

    def as_json(self) -> dict[str, object]:
        """All figures, rounded to four places."""
        return {name: _rounded(value) for name, value in asdict(self).items()}

    def as_table(self) -> str:
        """The same for people, in per cent."""
        lines = [f"messages {self.messages}, of them out of scope {self.out_of_scope}"]
        lines += [f"{label:<42}{_percent(getattr(self, name)):>8}" for name, label in _LABELS.items()]
        lines += [f"  right first, {noise:<27}{_percent(share):>8}" for noise, share in self.by_noise.items()]
        return "\n".join(lines)


_LABELS = {
    "recall_1": "right entry first",
    "recall_3": "right entry among three",
    "mrr": "mean reciprocal rank",
    "precision": "answers that are right, at this policy",
    "coverage": "answered, of what the FAQ knows",
    "false_answers": "answered, of what it does not know",
    "threshold": "recommended answer threshold",
    "coverage_at_wished": "answered at that threshold",
    "false_answers_at_wished": "falsely answered at that threshold",
    "calibration_error": "calibration error",
}


def evaluate(
    index: Index,
    queries: Iterable[Mapping[str, object]],
    policy: Policy | None = None,
    *,
    wished: float = WISHED,
    scope_share: float | None = None,
) -> Report:
    """Measures the index on queries with `text`, `expected` (an id, or null for out of scope) and perhaps `noise`.

    `wished` is the precision that the recommended threshold reaches. With `scope_share` the messages out of scope are
    weighted to that share of all (0-1), for samples do not tell how many there are in life.
    """
    cases = [_case(index, query, policy or Policy()) for query in queries]
    known = [case for case in cases if case.expected is not None]
    foreign = [case for case in cases if case.expected is None]
    if scope_share is not None and known and foreign:
        known = [case._replace(weight=(1 - scope_share) / len(known)) for case in known]
        foreign = [case._replace(weight=scope_share / len(foreign)) for case in foreign]
    threshold = recommended_threshold([*known, *foreign], wished)
    answered = [case for case in (*known, *foreign) if case.is_answered]
    at_wished = threshold if threshold is not None else 2.0
    return Report(
        messages=len(cases),
        out_of_scope=len(foreign),
        recall_1=_mean(case.place == 1 for case in known),
        recall_3=_mean(1 <= case.place <= 3 for case in known),
        mrr=_mean(1 / case.place if case.place else 0.0 for case in known),
        precision=_weighed(answered),
        coverage=_mean(case.is_answered for case in known),
        false_answers=_mean(case.is_answered for case in foreign),
        threshold=threshold,
        coverage_at_wished=_mean(case.score >= at_wished for case in known),
        false_answers_at_wished=_mean(case.score >= at_wished for case in foreign),
        calibration_error=_calibration_error([*known, *foreign]),
        by_noise=_by_noise(known),
    )


def recommended_threshold(cases: Sequence[Case], wished: float) -> float | None:
    """The lowest score from which on the first matches are right in the wished share (0-1); None if no score is."""
    found = None
    right = total = 0.0
    for case in sorted(cases, key=lambda case: -case.score):
        total += case.weight
        right += case.weight * case.is_right
        if case.score > 0 and right >= wished * total:
            found = case.score
    return found


def _case(index: Index, query: Mapping[str, object], policy: Policy) -> Case:
    verdict = judge(index, str(query["text"]), policy)
    expected = None if query.get("expected") is None else str(query["expected"])
    ids = [match.entry_id for match in verdict.matches]
    place = ids.index(expected) + 1 if expected in ids else 0
    is_question = not isinstance(verdict, Handoff | Smalltalk)
    first = verdict.matches.first
    score = first.score if first and is_question else 0.0
    return Case(expected, str(query.get("noise") or ""), place, score, isinstance(verdict, Answer), 1.0)


def _by_noise(known: Sequence[Case]) -> dict[str, float]:
    kinds: dict[str, list[bool]] = defaultdict(list)
    for case in known:
        if case.noise:
            kinds[case.noise].append(case.is_right)
    return {noise: sum(right) / len(right) for noise, right in sorted(kinds.items())}


def _calibration_error(cases: Sequence[Case]) -> float | None:
    """Expected calibration error over ten bins of equal width."""
    total = sum(case.weight for case in cases)
    error = 0.0
    for place in range(_BINS):
        own = [case for case in cases if min(int(case.score * _BINS), _BINS - 1) == place]
        error += abs(sum(case.weight * (case.is_right - case.score) for case in own))
    return error / total if total else None


def _weighed(answered: Sequence[Case]) -> float | None:
    total = sum(case.weight for case in answered)
    return sum(case.weight * case.is_right for case in answered) / total if total else None


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return round(value, 4) if isinstance(value, float) else value
