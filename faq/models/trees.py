"""A small learned function: the sum of what many shallow trees say, each of a few questions with yes and no.

Source of the way to the leaves: C. Lucchese et al., "QuickScorer: a fast algorithm to rank documents with additive
ensembles of regression trees" (2015). All questions of all trees are asked at once; each that is answered with no
strikes out the leaves on its left, and the first leaf that is left in a tree is the one it leads to.
"""

from typing import Any, NamedTuple

import numpy as np

from faq.models.net import Floats

LEAVES = 16
"""At most, of one tree."""
_ALL = np.uint16(2**LEAVES - 1)


class Trees(NamedTuple):
    """One row for each tree. Its questions: is the value in that place at most that bound? `struck` are the leaves that
    no strikes out, one bit each, the first leaf lowest; `leaves` is what the tree says there."""

    places: Any
    bounds: Any
    struck: Any
    leaves: Any

    def __call__(self, values: Floats) -> Floats:
        """The sum for each row of values; 0 without trees."""
        kept = np.where(values[..., self.places] <= self.bounds, _ALL, ~self.struck)
        left = np.bitwise_and.reduce(kept, axis=-1)
        first = np.frexp(left & -left)[1] - 1
        found: Floats = self.leaves[np.arange(len(self.leaves)), first].sum(axis=-1, dtype=np.float64)
        return found


NO_TREES = Trees(
    np.zeros((0, LEAVES - 1), np.uint8),
    np.zeros((0, LEAVES - 1), np.float32),
    np.zeros((0, LEAVES - 1), np.uint16),
    np.zeros((0, LEAVES), np.float32),
)
