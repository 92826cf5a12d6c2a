"""Ranked candidates -> the probability of each that it is the entry meant."""

import math
from collections.abc import Sequence

from faq.ranking.features import Scored
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


def signs(features: Sequence[Sequence[float]], ranks: Sequence[float], familiarity: float, words: int) -> list[float]:
    """What tells whether the first candidate is right; candidates are best first."""
    first = features[0]
    top = [max(column) for column in zip(*features, strict=True)]
    agreement = sum(mine >= best - 1e-9 and best > 0 for mine, best in zip(first, top, strict=True)) / len(top)
    share = 1 / sum(math.exp(max(rank - ranks[0], -60)) for rank in ranks)
    lead = min(ranks[0] - ranks[1], _MOST_LEAD) if len(ranks) > 1 else _MOST_LEAD
    own = [ranks[0], lead, share, agreement, familiarity, math.log(1 + words), float(words < 2)]
    return [*own, *first]


def probabilities(
    found: Sequence[Scored], familiarity: float = 1.0, words: int = 5, parts: Sequence[str] = (), is_rich: bool = False
) -> list[float]:
    """One probability (0-1) for each candidate, in order and never rising; together at most 1."""
    if not found:
        return []
    weights = weights_for(tuple(parts), is_rich).confidence
    values = signs([one.features for one in found], [one.rank for one in found], familiarity, words)
    total = weights.get("constant", 0.0)
    for name, value in zip(sign_names(len(values)), values, strict=True):
        total += weights.get(name, 0.0) * value
    first = 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))
    others = [math.exp(max(one.rank - found[0].rank, -60.0)) for one in found[1:]]
    left = (1 - first) * _OTHERS / (sum(others) or 1.0)
    return [first, *(min(first, left * other) for other in others)]
