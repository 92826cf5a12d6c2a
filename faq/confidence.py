"""Ranked candidates -> the probability of each that it is the entry meant."""

import math

import numpy as np

from faq.ranking.features import Ranked
from faq.ranking.net import Net
from faq.ranking.ranks import Said
from faq.ranking.shelf import Floats

_MOST_LEAD = 5.0
_OTHERS = 0.6
"""Part of what the first candidate leaves that the others share; the rest is "none of them"."""


def signs(features: Floats, ranks: Floats, query: Said) -> Floats:
    """What tells whether the first candidate is right; candidates are best first, one row of features each."""
    first, top = features[0], features.max(axis=0)
    others = features[1:].max(axis=0) if len(features) > 1 else np.zeros(len(first))
    agreement = np.count_nonzero((first >= top - 1e-9) & (top > 0)) / len(top)
    share = 1 / np.exp(np.maximum(ranks - ranks[0], -60.0)).sum()
    lead = min(ranks[0] - ranks[1], _MOST_LEAD) if len(ranks) > 1 else _MOST_LEAD
    later = min(ranks[0] - ranks[2], _MOST_LEAD) if len(ranks) > 2 else _MOST_LEAD
    own = [ranks[0], lead, later, share, agreement, *query.values(), float(query.words < 2)]
    return np.concatenate((own, first, first - others))


def probabilities(found: Ranked, query: Said, net: Net) -> list[float]:
    """One probability (0-1) for each candidate, in order and never rising; together at most 1."""
    if not len(found.ranks):
        return []
    total = float(net(signs(found.features, found.ranks, query)))
    first = 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))
    others = np.exp(np.maximum(found.ranks[1:] - found.ranks[0], -60.0))
    left = (1 - first) * _OTHERS / (float(others.sum()) or 1.0)
    return [first, *np.minimum(first, left * others).tolist()]
