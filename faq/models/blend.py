"""A net and trees that have learned the same; they err about different things, so their mean errs less."""

from typing import NamedTuple

from faq.models.net import Floats, Net
from faq.models.trees import NO_TREES, Trees


class Blend(NamedTuple):
    """The mean of both; the net alone where there are no trees."""

    net: Net
    trees: Trees = NO_TREES

    def __call__(self, values: Floats) -> Floats:
        """One number for each row of values."""
        found = self.net(values)
        return (found + self.trees(values)) / 2 if len(self.trees.leaves) else found
