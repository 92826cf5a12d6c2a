"""The learned weights of ranking and confidence, one set for each kind of encoder; made by faq.training."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from faq.ranking.features import names

RICH = 6.0
"""Wordings of an entry, on the mean, from which on an FAQ is rich."""

_LIKE_ANY = "e5"


class Weights(NamedTuple):
    """`rank` in the order of the features; `confidence` by name, see confidence.py."""

    rank: tuple[float, ...]
    confidence: dict[str, float]


@lru_cache(maxsize=16)
def weights_for(parts: Sequence[str], is_rich: bool = False) -> Weights:
    """The weights for an encoder of these parts; parts nobody has weights for are taken as one unknown encoder.

    A rich FAQ has many wordings for an entry: there several close ones say more, and a single one says less.
    """
    raw = json.loads(Path(__file__).with_name("weights.json").read_text("utf-8"))
    kind = "rich" if is_rich else "sparse"
    key = "+".join(parts) or "letters"
    if key in raw:
        chosen = raw[key][kind]
        return Weights(tuple(chosen["rank"][name] for name in names(parts)), chosen["confidence"])
    # Likenesses are in spreads of the FAQ at hand, so those of one encoder are much like those of another.
    chosen = raw[_LIKE_ANY][kind]
    rank = tuple(chosen["rank"][name] for name in names((_LIKE_ANY,)))
    return Weights(rank + (0.0,) * (len(names(parts)) - len(rank)), chosen["confidence"])
