"""Fits trees with lightgbm: to the same outcomes as the nets, each tree to what those before it have missed.

Source: J. Friedman, "Greedy function approximation: a gradient boosting machine" (2001). A tree splits where a net
bends, so the two are wrong about different messages, and their mean is right more often than either.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from lightgbm import Dataset, train

from faq.models.trees import LEAVES, Trees
from faq.training.fitting.grown import trees_of
from faq.training.fitting.rows import Ranking, Record, Rows, ranking_of

_RANK_TREES, _CHANCE_TREES = 350, 250
_RATE = 0.05
_HELD = 5.0
"""How much each leaf is drawn towards saying nothing."""
_SLOPE = 1e-6


def rank_trees(records: Sequence[Record]) -> Trees:
    """The trees that rank candidates, by the softmax of the right one among all of its message."""
    found = ranking_of(records)
    chosen = {"objective": _softmax(found), "feature_fraction": 0.3, "min_child_samples": 100}
    return _grown(chosen, found.values, None, None, _RANK_TREES)


def chance_trees(rows: Rows, outcomes: Any) -> Trees:
    """The trees whose logistic value is the probability of the outcome; each sees a fifth of the signs."""
    chosen = {"objective": "binary", "feature_fraction": 0.2, "min_child_samples": 60}
    return _grown(chosen, rows.signs, outcomes, rows.shares / rows.shares.mean(), _CHANCE_TREES)


def _grown(chosen: Mapping[str, Any], values: Any, outcomes: Any, shares: Any, trees: int) -> Trees:
    common = {"num_leaves": LEAVES, "learning_rate": _RATE, "lambda_l2": _HELD, "max_bin": 63}
    fixed = {"seed": 1, "deterministic": True, "num_threads": 1, "verbose": -1}
    label = np.zeros(len(values)) if outcomes is None else outcomes
    data = Dataset(values, label, weight=shares, params={"max_bin": 63, "verbose": -1})
    found = train({**common, **fixed, **chosen}, data, trees).dump_model()
    return trees_of([one["tree_structure"] for one in found["tree_info"]])


def _softmax(found: Ranking) -> Callable[[Any, Any], tuple[Any, Any]]:
    """Slope and curve of minus the logarithm of the right candidate's share, at what the trees say so far."""
    weights = np.repeat(found.shares, found.counts)
    is_right = np.zeros(len(found.values))
    is_right[found.starts] = 1

    def slopes(said: Any, _: Any) -> tuple[Any, Any]:
        shares = np.exp(said - np.repeat(np.maximum.reduceat(said, found.starts), found.counts))
        shares /= np.repeat(np.add.reduceat(shares, found.starts), found.counts)
        return (shares - is_right) * weights, np.maximum(shares * (1 - shares), 1e-4) * weights + _SLOPE

    return slopes
