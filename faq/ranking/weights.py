"""The learned weights of ranking and confidence, one set for each kind of encoder; made by faq.training."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from faq.ranking.features import names

_LIKE_ANY = "e5"


class Weights(NamedTuple):
    """`rank` in the order of the features; `confidence` by name, see confidence.py."""

    rank: tuple[float, ...]
    confidence: dict[str, float]


@lru_cache(maxsize=8)
def weights_for(parts: Sequence[str]) -> Weights:
    """The weights for an encoder of these parts; parts nobody has weights for are taken as one unknown encoder."""
    raw = json.loads(Path(__file__).with_name("weights.json").read_text("utf-8"))
    chosen = raw.get("+".join(parts) or "letters")
    if chosen is None:
        # Likenesses are in spreads of the FAQ at hand, so those of one encoder are much like those of another.
        chosen = raw[_LIKE_ANY]
        rank = tuple(chosen["rank"][name] for name in names((_LIKE_ANY,)))
        padding = (0.0,) * (len(names(parts)) - len(rank))
        return Weights(rank + padding, chosen["confidence"])
    return Weights(tuple(chosen["rank"][name] for name in names(parts)), chosen["confidence"])
