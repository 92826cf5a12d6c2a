"""Ranked candidates -> the probability of each that it is the entry meant."""

import math

import numpy as np

from faq.ranking.features import Ranked
from faq.ranking.ranks import Said
from faq.ranking.shelf import Floats
from faq.ranking.weights import Nets

_MOST_LEAD = 5.0
SHOWN = 3
"""Candidates a customer may be asked to choose from; the entry meant is among them, or it is as good as not there."""


def signs(features: Floats, ranks: Floats, query: Said) -> Floats:
    """What tells whether the first candidate is right; candidates are best first, one row of features each."""
    first, top = features[0], features.max(axis=0)
    others = features[1:].max(axis=0) if len(features) > 1 else np.zeros(len(first))
    agreement = np.count_nonzero((first >= top - 1e-9) & (top > 0)) / len(top)
    share = 1 / np.exp(np.maximum(ranks - ranks[0], -60.0)).sum()
    lead = min(ranks[0] - ranks[1], _MOST_LEAD) if len(ranks) > 1 else _MOST_LEAD
    later = min(ranks[0] - ranks[2], _MOST_LEAD) if len(ranks) > 2 else _MOST_LEAD
    own = [ranks[0], lead, later, share, agreement, *query.values(), float(query.words < 2)]
    every = np.concatenate((own, first, first - others))
    # In a tiny FAQ the same signs mean less: something always comes closest, and most of what is asked is foreign.
    few = query.traits.few
    about = query.traits.for_chances(query.closest)
    return np.concatenate((every, few * every, (few, few * query.elsewhere), about))


def probabilities(found: Ranked, nets: Nets, told: Floats) -> list[float]:
    """One probability (0-1) for each candidate, in order and never rising; together at most 1.

    `told` are the signs of the first. The first three together have the probability that the entry meant is among them;
    what is left is "none of them".
    """
    first = _chance(float(nets.confidence(told)))
    together = max(first, _chance(float(nets.among(told))))
    others = np.exp(np.maximum(found.ranks[1:] - found.ranks[0], -60.0))
    shares = others * ((together - first) / (float(others[: SHOWN - 1].sum()) or 1.0))
    shares[SHOWN - 1 :] *= min(1.0, (1 - together) / (float(shares[SHOWN - 1 :].sum()) or 1.0))
    return [first, *np.minimum(first, shares).tolist()]


def _chance(total: float) -> float:
    return 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))
