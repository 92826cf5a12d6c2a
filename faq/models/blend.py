"""A net and trees that have learned the same; they err about different things, so both together err less."""

from typing import NamedTuple

from faq.models.net import Floats, Net
from faq.models.trees import NO_TREES, Trees

TREES = 0.6
"""The trees' part of what both say, 0-1."""


class Blend(NamedTuple):
    """The weighted mean of both; the net alone where there are no trees."""

    net: Net
    trees: Trees = NO_TREES

    def __call__(self, values: Floats) -> Floats:
        """One number for each row of values."""
        found = self.net(values)
        return (1 - TREES) * found + TREES * self.trees(values) if len(self.trees.leaves) else found
