"""Ranked candidates -> the probability of each that it is the entry meant."""

import math
from collections.abc import Sequence

from faq.ranking.features import Scored

_SLOPE, _MARGIN, _SHIFT = 9.0, 8.0, -5.2
_SHARPNESS = 14.0


def probabilities(found: Sequence[Scored]) -> list[float]:
    """One probability (0-1) for each candidate, in order; together at most 1."""
    if not found:
        return []
    following = found[1].rank if len(found) > 1 else 0.0
    first = 1 / (1 + math.exp(-(_SLOPE * found[0].rank + _MARGIN * (found[0].rank - following) + _SHIFT)))
    others = [math.exp(_SHARPNESS * (one.rank - found[0].rank)) for one in found[1:]]
    total = sum(others) + 1
    return [first, *(min(first, (1 - first) * other / total) for other in others)]
