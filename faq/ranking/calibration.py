"""The confidence corrected for one installation: by a line through the logits, or by what the search saw as well.

Slope 1 and shift 0 change nothing. How the numbers are found is told in faq.learning.fitting.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from faq.models.net import MOST, Floats

EDGE = 1e-6
"""Probabilities are kept so far from 0 and 1."""


class Signs(NamedTuple):
    """What the probability of a first match was made of, see faq.confidence.

    `mark` tells what the signs were made with: of other nets or another encoder they mean something else.
    """

    told: Floats
    mark: str


class Leaning(NamedTuple):
    """logit -> slope * logit + weights * standardised signs + shift, for signs of this mark."""

    mark: str
    slope: float
    shift: float
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    weights: tuple[float, ...]

    def fits(self, signs: Signs | None) -> bool:
        """Whether it can say anything of them."""
        return signs is not None and signs.mark == self.mark and len(signs.told) == len(self.weights)

    def logit(self, score: float, told: Floats) -> float:
        """Of the corrected probability."""
        moved = float(standardised(told, np.array(self.mean), np.array(self.spread)) @ np.array(self.weights))
        return self.slope * logit(score) + moved + self.shift


@dataclass(frozen=True, slots=True)
class Calibration:
    """logit -> slope * logit + shift, of the probability that the first match is right; `leaning` takes its place
    where its mark fits."""

    slope: float = 1.0
    shift: float = 0.0
    leaning: Leaning | None = None

    def first(self, score: float, signs: Signs | None = None) -> float:
        """The corrected probability of the first match."""
        if self.leaning is not None and signs is not None and self.leaning.fits(signs):
            return sigmoid(self.leaning.logit(score, signs.told))
        return sigmoid(self.slope * logit(score) + self.shift)

    def apply(self, scores: Sequence[float], signs: Signs | None = None) -> list[float]:
        """Corrected probabilities of all matches, best first; never rising, together at most 1."""
        if not scores or self == UNCHANGED:
            return list(scores)
        first = self.first(scores[0], signs)
        part = (1 - first) / max(1 - scores[0], EDGE)
        return [first, *(min(first, score * part) for score in scores[1:])]


UNCHANGED = Calibration()


def standardised(values: Floats, mean: Floats, spread: Floats) -> Floats:
    """In spreads from the mean, kept within what still says something."""
    found: Floats = np.clip((values - mean) / spread, -MOST, MOST)
    return found


def logit(chance: float) -> float:
    """ln(p / (1 - p)), of a probability kept from the edges."""
    kept = min(max(chance, EDGE), 1 - EDGE)
    return math.log(kept / (1 - kept))


def sigmoid(value: float) -> float:
    """The probability of a logit."""
    return 1 / (1 + math.exp(-min(max(value, -30.0), 30.0)))
