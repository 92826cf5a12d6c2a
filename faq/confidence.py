"""Ranked candidates -> the probability of each that it is the entry meant."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from faq.ranking.features import Ranked
from faq.ranking.shelf import Floats
from faq.ranking.weights import weights_for

_OWN = (
    "rank",  # how much speaks for the first candidate
    "lead",  # how much more than for the second, at most 5
    "share",  # its part among all candidates
    "agreement",  # share of the features in which no other candidate is better
    "familiarity",  # share of the query's trigrams that the FAQ knows
    "words",  # logarithm of the number of words
    "few",  # 1 for a single word
)
_MOST_LEAD = 5.0
_OTHERS = 0.6
"""Part of what the first candidate leaves that the others share; the rest is "none of them"."""


def sign_names(width: int) -> tuple[str, ...]:
    """Names of the signs when there are so many."""
    return (*_OWN, *(f"feature {place}" for place in range(width - len(_OWN))))


def signs(features: Floats, ranks: Floats, familiarity: float, words: int) -> Floats:
    """What tells whether the first candidate is right; candidates are best first, one row of features each."""
    first, top = features[0], features.max(axis=0)
    agreement = np.count_nonzero((first >= top - 1e-9) & (top > 0)) / len(top)
    share = 1 / np.exp(np.maximum(ranks - ranks[0], -60.0)).sum()
    lead = min(ranks[0] - ranks[1], _MOST_LEAD) if len(ranks) > 1 else _MOST_LEAD
    own = [ranks[0], lead, share, agreement, familiarity, math.log(1 + words), float(words < 2)]
    return np.concatenate((own, first))


@lru_cache(maxsize=16)
def _weights(parts: Sequence[str], is_rich: bool, width: int) -> tuple[Floats, float]:
    """Weights of the signs, and the constant."""
    named = weights_for(parts, is_rich).confidence
    return np.array([named.get(name, 0.0) for name in sign_names(width)]), named.get("constant", 0.0)


def probabilities(
    found: Ranked, familiarity: float = 1.0, words: int = 5, parts: Sequence[str] = (), is_rich: bool = False
) -> list[float]:
    """One probability (0-1) for each candidate, in order and never rising; together at most 1."""
    if not len(found.ranks):
        return []
    values = signs(found.features, found.ranks, familiarity, words)
    weights, constant = _weights(tuple(parts), is_rich, len(values))
    total = float(weights @ values) + constant
    first = 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))
    others = np.exp(np.maximum(found.ranks[1:] - found.ranks[0], -60.0))
    left = (1 - first) * _OTHERS / (float(others.sum()) or 1.0)
    return [first, *np.minimum(first, left * others).tolist()]
