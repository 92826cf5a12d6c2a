"""The confidence fitted to one installation, taken only where it proves better on questions it has not seen.

Two ways, from few numbers to many: a line through the logits, and from more outcomes on the signs of the search beside
it, each weight drawn towards 0. What the signs mean is known beforehand; how much each says differs between companies.
Sources: J. Platt, "Probabilistic outputs for support vector machines" (1999) for the line; S. le Cessie and J. van
Houwelingen, "Ridge estimators in logistic regression" (1992) for the signs.
"""

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np

from faq.models.net import Floats
from faq.ranking.calibration import EDGE, Calibration, Leaning, Signs, logit, standardised

FEWEST = 150
"""Outcomes before anything is fitted."""
FEWEST_OF_EACH = 15
"""Right and wrong ones among them."""
FEWEST_FOR_SIGNS = 300
"""Outcomes before the signs are weighed."""
_FOLDS = 5
_GAIN = 0.99  # the loss has to fall at least to this part, also for signs instead of a line
_WORSE = 0.005  # the calibration error may rise so much by chance
_PRIOR = 5.0
_PRIOR_OF_SIGNS = 50.0  # on messages of six companies 30, 50 and 100 do the same, 300 and more do less
_BINS = 10
_LEAST_SLOPE, _MOST_SLOPE = 0.2, 5.0
_TURNS = 40
_SETTLED = 1e-6
_LEAST_SPREAD = 1e-6

Fit = Callable[[Sequence["Outcome"]], Calibration]


class Outcome(NamedTuple):
    """The probability the search gave its first match, whether that was right, what was asked, and what the search
    saw; `signs` is None where an encoder failed."""

    score: float
    is_right: bool
    key: str
    signs: Signs | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Cross-validated: mean log loss and expected calibration error, before and after; `by`: line or signs."""

    samples: int
    loss_before: float
    loss_after: float
    error_before: float
    error_after: float
    by: str = "line"

    def as_json(self) -> dict[str, float | str]:
        """All of them, rounded to four places."""
        return {name: value if isinstance(value, str) else round(value, 4) for name, value in asdict(self).items()}


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
    best, figures = _fit_line, _cross_validate(outcomes, _fit_line, "line")
    wanted = _GAIN * min(figures.loss_before, figures.loss_after)
    marks = {one.signs.mark if one.signs is not None else None for one in outcomes}
    if len(outcomes) >= FEWEST_FOR_SIGNS and len(marks) == 1 and None not in marks:
        others = _cross_validate(outcomes, _fit_signs, "signs")
        if others.loss_after <= wanted and others.error_after <= figures.error_before + _WORSE:
            best, figures = _fit_signs, others
    if figures.loss_after > _GAIN * figures.loss_before or figures.error_after > figures.error_before + _WORSE:
        return Fitted(None, figures, "it would be no better on questions it has not seen")
    return Fitted(best(outcomes), figures, "")


def _cross_validate(outcomes: Sequence[Outcome], fit: Fit, by: str) -> Figures:
    """The same words are always in the same fold."""
    folds = [zlib.crc32(one.key.encode("utf-8", "replace")) % _FOLDS for one in outcomes]
    after: list[float] = [0.0] * len(outcomes)
    for fold in range(_FOLDS):
        learned = fit([one for one, own in zip(outcomes, folds, strict=True) if own != fold])
        for place, own in enumerate(folds):
            if own == fold:
                after[place] = learned.first(outcomes[place].score, outcomes[place].signs)
    before = [one.score for one in outcomes]
    truth = [one.is_right for one in outcomes]
    return Figures(
        len(outcomes), _loss(before, truth), _loss(after, truth), _error(before, truth), _error(after, truth), by
    )


def _fit_line(outcomes: Sequence[Outcome]) -> Calibration:
    logits = np.array([logit(one.score) for one in outcomes])
    slope, shift = _climb(np.column_stack((logits, np.ones(len(logits)))), outcomes, np.array((_PRIOR, _PRIOR)))
    return Calibration(min(max(slope, _LEAST_SLOPE), _MOST_SLOPE), shift)


def _fit_signs(outcomes: Sequence[Outcome]) -> Calibration:
    """With the line beside it, for whenever the signs are made with something else."""
    known = [one for one in outcomes if one.signs is not None]
    told = np.array([one.signs.told for one in known if one.signs is not None])
    mean, spread = told.mean(axis=0), told.std(axis=0)
    is_varied = spread > _LEAST_SPREAD  # what an FAQ as a whole is like is the same each time
    spread = np.where(is_varied, spread, 1.0)
    values = np.where(is_varied, standardised(told, mean, spread), 0.0)
    logits = np.array([logit(one.score) for one in known])
    priors = np.array((_PRIOR, _PRIOR, *(_PRIOR_OF_SIGNS,) * len(mean)))
    found = _climb(np.column_stack((logits, np.ones(len(logits)), values)), known, priors)
    mark = next(one.signs.mark for one in known if one.signs is not None)
    numbers = (tuple(float(f"{value:.6g}") for value in row) for row in (mean, spread, found[2:]))
    line = _fit_line(outcomes)
    return Calibration(line.slope, line.shift, Leaning(mark, float(found[0]), float(found[1]), *numbers))


def _climb(values: Floats, outcomes: Sequence[Outcome], priors: Floats) -> Floats:
    """Newton's method on the log loss with a prior around "no change": the first weight is the slope, which is 1 then,
    and all others are 0. A step that would go too far is halved."""
    truth = np.array([float(one.is_right) for one in outcomes])
    start = np.zeros(values.shape[1])
    start[0] = 1.0

    def loss(weights: Floats) -> float:
        totals = values @ weights
        return float((np.logaddexp(0.0, totals) - truth * totals).sum() + 0.5 * (priors * (weights - start) ** 2).sum())

    found, now = start, loss(start)
    for _ in range(_TURNS):
        chances = 1 / (1 + np.exp(-np.clip(values @ found, -30.0, 30.0)))
        slope = values.T @ (chances - truth) + priors * (found - start)
        curve = (values * (chances * (1 - chances))[:, None]).T @ values + np.diag(priors)
        step = np.linalg.solve(curve, slope)
        while np.abs(step).max() > _SETTLED and loss(found - step) > now:
            step = step / 2
        found, now = found - step, loss(found - step)
        if np.abs(step).max() <= _SETTLED:
            break
    return found


def _loss(chances: Sequence[float], truth: Sequence[bool]) -> float:
    losses = [-math.log(max(one if is_right else 1 - one, EDGE)) for one, is_right in zip(chances, truth, strict=True)]
    return sum(losses) / len(losses)


def _error(chances: Sequence[float], truth: Sequence[bool]) -> float:
    """Expected calibration error over ten bins of equal width."""
    gaps = [0.0] * _BINS
    for chance, is_right in zip(chances, truth, strict=True):
        gaps[min(int(chance * _BINS), _BINS - 1)] += is_right - chance
    return sum(map(abs, gaps)) / len(chances)
