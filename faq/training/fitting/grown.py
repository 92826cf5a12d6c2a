"""Trees as lightgbm tells them -> trees that are asked without it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from faq.models.trees import LEAVES, Trees


def trees_of(roots: Sequence[Mapping[str, Any]]) -> Trees:
    """The trees of the roots (`tree_structure` in its model dump), none with more leaves than LEAVES."""
    shape = (len(roots), LEAVES - 1)
    found = Trees(
        np.zeros(shape, np.uint8),
        np.full(shape, np.inf, np.float32),
        np.zeros(shape, np.uint16),
        np.zeros((len(roots), LEAVES), np.float32),
    )
    for number, root in enumerate(roots):
        asked = iter(range(LEAVES - 1))

        def grow(node: Mapping[str, Any], first: int, number: int = number, asked: Iterator[int] = asked) -> int:
            """Keeps a part of the tree, whose leaves begin with that one, and tells where they end."""
            if "leaf_value" in node:
                found.leaves[number, first] = node["leaf_value"]
                return first + 1
            at = number, next(asked)
            middle = grow(node["left_child"], first)
            found.places[at], found.bounds[at] = node["split_feature"], node["threshold"]
            found.struck[at] = sum(1 << leaf for leaf in range(first, middle))
            return grow(node["right_child"], middle)

        grow(root, 0)
    return found
