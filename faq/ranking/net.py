"""A small learned function: a weighted sum and a few bends, of standardised values."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from faq.ranking.shelf import Floats

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

    def as_json(self) -> dict[str, Any]:
        """All numbers, rounded to what matters."""
        return {name: np.round(value, 4).tolist() for name, value in self._asdict().items()}


def read_net(raw: Mapping[str, Any]) -> Net:
    """A net out of its JSON form."""
    numbers = {name: np.asarray(raw[name], dtype=np.float64) for name in Net._fields if name != "constant"}
    return Net(**numbers, constant=float(raw["constant"]))
