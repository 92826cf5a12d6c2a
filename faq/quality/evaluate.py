"""Measures a search on labelled messages: how often it is right, how often it answers, and how well it knows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from faq.answer import Answer, Handoff, Policy, Smalltalk, judge
from faq.index import Index

WISHED = 0.95
"""The precision an admin is assumed to wish for."""
WISHES = (0.90, 0.93, 0.95, 0.97, 0.99)
"""Precisions for which thresholds are recommended besides."""
_BINS = 10


class Case(NamedTuple):
    """One labelled message and what became of it. `place` of the right entry: 1 is first, 0 is not found or none.

    `said` is the probability of the first match, `score` the same, or 0 where no question was seen in the message.
    """

    expected: str | None
    noise: str
    place: int
    score: float
    is_answered: bool
    weight: float
    said: float

    @property
    def is_right(self) -> bool:
        """Whether the first match is the entry expected."""
        return self.place == 1


class NoiseFigures(NamedTuple):
    """How messages of one kind of noise fare at the policy: right first, right among three, answered, answers right."""

    noise: str
    messages: int
    recall_1: float
    recall_3: float
    coverage: float
    precision: float | None


class Advice(NamedTuple):
    """The threshold that makes answers right in the wished share of cases, and what it costs; None where none does."""

    wished: float
    threshold: float | None
    coverage: float | None
    false_answers: float | None


class Bin(NamedTuple):
    """Messages whose first match was said to be right with about this probability, and how often it was."""

    messages: int
    said: float
    right: float


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
    noises: tuple[NoiseFigures, ...] = ()
    advice: tuple[Advice, ...] = ()
    bins: tuple[Bin, ...] = ()

    def as_json(self) -> dict[str, object]:
        """All figures, rounded to four places."""
        return {name: _rounded(value) for name, value in asdict(self).items()}

    def as_table(self) -> str:
        """The same for people, in per cent."""
        lines = [f"messages {self.messages}, of them out of scope {self.out_of_scope}"]
        lines += [f"{label:<42}{_percent(getattr(self, name)):>8}" for name, label in _LABELS.items()]
        if self.noises:
            lines += [
                "",
                f"{'by kind of message':<20}{'messages':>9}{'first':>9}{'of three':>9}{'answered':>9}{'right':>9}",
            ]
            lines += [_row(one.noise, 20, one[1], *map(_percent, one[2:])) for one in self.noises]
        if self.advice:
            lines += ["", f"{'to be right in':<20}{'answer at':>9}{'answered':>9}{'falsely':>9}"]
            lines += [_row(_percent(one.wished), 20, *map(_percent, one[1:])) for one in self.advice]
        if self.bins:
            lines += ["", f"{'said to be right':<20}{'messages':>9}{'was right':>10}"]
            lines += [_row(_percent(one.said), 20, one.messages, _percent(one.right)) for one in self.bins]
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
    return report(judged(index, queries, policy), wished, scope_share=scope_share)


def judged(index: Index, queries: Iterable[Mapping[str, object]], policy: Policy | None = None) -> list[Case]:
    """What becomes of the queries, in order, each of weight 1."""
    return [_case(index, query, policy or Policy()) for query in queries]


def report(cases: Sequence[Case], wished: float = WISHED, *, scope_share: float | None = None) -> Report:
    """The figures of judged messages, see `evaluate`."""
    known = [case for case in cases if case.expected is not None]
    foreign = [case for case in cases if case.expected is None]
    if scope_share is not None and known and foreign:
        known = [case._replace(weight=(1 - scope_share) / len(known)) for case in known]
        foreign = [case._replace(weight=scope_share / len(foreign)) for case in foreign]
    cases = [*known, *foreign]
    answered = [case for case in cases if case.is_answered]
    main = _advice(cases, wished)
    return Report(
        messages=len(cases),
        out_of_scope=len(foreign),
        recall_1=_mean(case.place == 1 for case in known),
        recall_3=_mean(1 <= case.place <= 3 for case in known),
        mrr=_mean(1 / case.place if case.place else 0.0 for case in known),
        precision=_weighed(answered),
        coverage=_mean(case.is_answered for case in known),
        false_answers=_mean(case.is_answered for case in foreign),
        threshold=main.threshold,
        coverage_at_wished=main.coverage,
        false_answers_at_wished=main.false_answers,
        calibration_error=_calibration_error(cases),
        by_noise={one.noise: one.recall_1 for one in _noises(known)},
        noises=_noises(known),
        advice=tuple(_advice(cases, wish) for wish in WISHES) if cases else (),
        bins=_bins(cases),
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
    said = first.score if first else 0.0
    noise = str(query.get("noise") or "")
    return Case(expected, noise, place, said if is_question else 0.0, isinstance(verdict, Answer), 1.0, said)


def _advice(cases: Sequence[Case], wished: float) -> Advice:
    threshold = recommended_threshold(cases, wished)
    at = threshold if threshold is not None else 2.0
    return Advice(
        wished,
        threshold,
        _mean(case.score >= at for case in cases if case.expected is not None),
        _mean(case.score >= at for case in cases if case.expected is None),
    )


def _noises(known: Sequence[Case]) -> tuple[NoiseFigures, ...]:
    kinds: dict[str, list[Case]] = defaultdict(list)
    for case in known:
        if case.noise:
            kinds[case.noise].append(case)
    return tuple(
        NoiseFigures(
            noise,
            len(own),
            sum(case.is_right for case in own) / len(own),
            sum(1 <= case.place <= 3 for case in own) / len(own),
            sum(case.is_answered for case in own) / len(own),
            _mean(case.is_right for case in own if case.is_answered),
        )
        for noise, own in sorted(kinds.items())
    )


def _binned(cases: Sequence[Case]) -> Iterator[list[Case]]:
    """The cases by their scores, in bins of equal width; empty ones are left out."""
    for place in range(_BINS):
        own = [case for case in cases if min(int(case.said * _BINS), _BINS - 1) == place]
        if own:
            yield own


def _bins(cases: Sequence[Case]) -> tuple[Bin, ...]:
    return tuple(
        Bin(
            len(own),
            sum(case.weight * case.said for case in own) / sum(case.weight for case in own),
            sum(case.weight * case.is_right for case in own) / sum(case.weight for case in own),
        )
        for own in _binned(cases)
    )


def _calibration_error(cases: Sequence[Case]) -> float | None:
    """Expected calibration error over ten bins of equal width."""
    total = sum(case.weight for case in cases)
    error = sum(abs(sum(case.weight * (case.is_right - case.said) for case in own)) for own in _binned(cases))
    return error / total if total else None


def _weighed(answered: Sequence[Case]) -> float | None:
    total = sum(case.weight for case in answered)
    return sum(case.weight * case.is_right for case in answered) / total if total else None


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _row(first: str, width: int, *others: object) -> str:
    return f"{first:<{width}}" + "".join(f"{one!s:>9}" for one in others)


def _rounded(value: object) -> object:
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [_rounded(one) for one in value]
    return round(value, 4) if isinstance(value, float) else value
