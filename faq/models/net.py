"""A small learned function: a weighted sum and a few bends, of standardised values."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST = 4.0
"""Spreads from the mean beyond which a value says no more; some FAQs are unlike all that was learnt from."""


class Net(NamedTuple):
    """`linear` weighs the standardised values, `inner` and `bias` lead to the bends, `outer` weighs these."""

    mean: Floats
    spread: Floats
    linear: Floats
    inner: Floats
    bias: Floats
    outer: Floats
    constant: float

    def __call__(self, values: Floats) -> Floats:
        """One number for each row of values."""
        scaled = np.clip((values - self.mean) / self.spread, -MOST, MOST)
        found: Floats = scaled @ self.linear + np.tanh(scaled @ self.inner + self.bias) @ self.outer + self.constant
        return found
