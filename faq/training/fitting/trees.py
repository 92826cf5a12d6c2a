"""Fits trees with lightgbm: to the same outcomes as the nets, each tree to what those before it have missed.

Source: J. Friedman, "Greedy function approximation: a gradient boosting machine" (2001). A tree splits where a net
bends, so the two are wrong about different messages, and their mean is right more often than either.
"""

from typing import Any

from lightgbm import Dataset, train

from faq.models.trees import LEAVES, Trees
from faq.training.fitting.grown import trees_of
from faq.training.fitting.rows import Rows

_TREES = 250
_CHOSEN = {
    "objective": "binary",
    "num_leaves": LEAVES,
    "learning_rate": 0.05,
    "feature_fraction": 0.2,  # of the signs, for each tree
    "min_child_samples": 60,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "seed": 1,
    "deterministic": True,
    "num_threads": 1,
    "verbose": -1,
}


def chance_trees(rows: Rows, outcomes: Any) -> Trees:
    """The trees whose logistic value is the probability of the outcome."""
    data = Dataset(rows.signs, outcomes, weight=rows.shares / rows.shares.mean(), params={"max_bin": 63, "verbose": -1})
    found = train(_CHOSEN, data, _TREES).dump_model()
    return trees_of([one["tree_structure"] for one in found["tree_info"]])
