"""The confidence fitted to one installation: a line through the logits, taken only where it proves better.

Source: J. Platt, "Probabilistic outputs for support vector machines" (1999). Slope 1 and shift 0 change nothing; the
fit is drawn towards them, so that few outcomes move it little.
"""

import math
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

FEWEST = 150
"""Outcomes before anything is fitted."""
FEWEST_OF_EACH = 15
"""Right and wrong ones among them."""
_FOLDS = 5
_GAIN = 0.99  # the loss has to fall at least to this part
_WORSE = 0.005  # the calibration error may rise so much by chance
_PRIOR = 5.0
_BINS = 10
_EDGE = 1e-6
_LEAST_SLOPE, _MOST_SLOPE = 0.2, 5.0
_TURNS = 40


class Outcome(NamedTuple):
    """The probability the search gave its first match, whether that was right, and what was asked."""

    score: float
    is_right: bool
    key: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """logit -> slope * logit + shift, of the probability that the first match is right."""

    slope: float = 1.0
    shift: float = 0.0

    def first(self, score: float) -> float:
        """The corrected probability of the first match."""
        return _sigmoid(self.slope * _logit(score) + self.shift)

    def raw(self, score: float) -> float:
        """The probability that `first` would turn into this one."""
        return _sigmoid((_logit(score) - self.shift) / self.slope)

    def apply(self, scores: Sequence[float]) -> list[float]:
        """Corrected probabilities of all matches, best first; never rising, together at most 1."""
        if not scores or self == UNCHANGED:
            return list(scores)
        first = self.first(scores[0])
        part = (1 - first) / max(1 - scores[0], _EDGE)
        return [first, *(min(first, score * part) for score in scores[1:])]


UNCHANGED = Calibration()


@dataclass(frozen=True, slots=True)
class Figures:
    """Cross-validated: mean log loss and expected calibration error, before and after."""

    samples: int
    loss_before: float
    loss_after: float
    error_before: float
    error_after: float

    def as_json(self) -> dict[str, float]:
        """All of them, rounded to four places."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Fitted:
    """What came of a fit. `calibration` is None when it is not to be used, and `reason` says why."""

    calibration: Calibration | None
    figures: Figures | None
    reason: str


def fit_confidence(outcomes: Sequence[Outcome]) -> Fitted:
    """Fits the confidence to outcomes, and says whether it is better on questions the fit has not seen."""
    right = sum(one.is_right for one in outcomes)
    if len(outcomes) < FEWEST or min(right, len(outcomes) - right) < FEWEST_OF_EACH:
        reason = (
            f"{len(outcomes)} outcomes, {right} of them right: {FEWEST} are needed, "
            f"with at least {FEWEST_OF_EACH} right and as many wrong"
        )
        return Fitted(None, None, reason)
    figures = _cross_validate(outcomes)
    if figures.loss_after > _GAIN * figures.loss_before or figures.error_after > figures.error_before + _WORSE:
        return Fitted(None, figures, "it would be no better on questions it has not seen")
    return Fitted(_fit(outcomes), figures, "")


def _cross_validate(outcomes: Sequence[Outcome]) -> Figures:
    """The same words are always in the same fold."""
    folds = [zlib.crc32(one.key.encode("utf-8", "replace")) % _FOLDS for one in outcomes]
    after: list[float] = [0.0] * len(outcomes)
    for fold in range(_FOLDS):
        learned = _fit([one for one, own in zip(outcomes, folds, strict=True) if own != fold])
        for place, own in enumerate(folds):
            if own == fold:
                after[place] = learned.first(outcomes[place].score)
    before = [one.score for one in outcomes]
    truth = [one.is_right for one in outcomes]
    return Figures(
        len(outcomes), _loss(before, truth), _loss(after, truth), _error(before, truth), _error(after, truth)
    )


def _fit(outcomes: Sequence[Outcome]) -> Calibration:
    """Newton's method on the log loss with a prior around "no change"; two numbers, so it settles in a few turns."""
    points = [(_logit(one.score), float(one.is_right)) for one in outcomes]
    slope, shift = 1.0, 0.0
    for _ in range(_TURNS):
        by_slope, by_shift = _PRIOR * (slope - 1), _PRIOR * shift
        curve_slope, curve_both, curve_shift = _PRIOR, 0.0, _PRIOR
        for x, truth in points:
            chance = _sigmoid(slope * x + shift)
            by_slope += (chance - truth) * x
            by_shift += chance - truth
            weight = chance * (1 - chance)
            curve_slope += weight * x * x
            curve_both += weight * x
            curve_shift += weight
        whole = curve_slope * curve_shift - curve_both**2
        step = (
            (curve_shift * by_slope - curve_both * by_shift) / whole,
            (curve_slope * by_shift - curve_both * by_slope) / whole,
        )
        slope = min(max(slope - step[0], _LEAST_SLOPE), _MOST_SLOPE)
        shift -= step[1]
        if abs(step[0]) + abs(step[1]) < _EDGE:
            break
    return Calibration(slope, shift)


def _loss(chances: Sequence[float], truth: Sequence[bool]) -> float:
    losses = [-math.log(max(one if is_right else 1 - one, _EDGE)) for one, is_right in zip(chances, truth, strict=True)]
    return sum(losses) / len(losses)


def _error(chances: Sequence[float], truth: Sequence[bool]) -> float:
    """Expected calibration error over ten bins of equal width."""
    gaps = [0.0] * _BINS
    for chance, is_right in zip(chances, truth, strict=True):
        gaps[min(int(chance * _BINS), _BINS - 1)] += is_right - chance
    return sum(map(abs, gaps)) / len(chances)


def _logit(chance: float) -> float:
    kept = min(max(chance, _EDGE), 1 - _EDGE)
    return math.log(kept / (1 - kept))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-min(max(value, -30.0), 30.0)))
