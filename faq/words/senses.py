"""Stems by what they mean: each belongs to groups of like ones, rough and fine.

Two stems share the more groups the nearer they are. The groups were found beforehand by faq.training.senses, from the
word vectors of natasha (MIT) and the words' vectors of USE multilingual (Apache-2.0); no encoder is asked.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np


@lru_cache(maxsize=1)
def _groups() -> dict[str, tuple[str, ...]]:
    with np.load(Path(__file__).with_name("senses.npz")) as kept:
        stems = bytes(kept["stems"]).decode("utf-8").split("\n")
        places = kept["places"]
    # One text for each group, however many stems are in it; "=" is in no stem.
    names = [[f"={way} {place}" for place in range(int(column.max()) + 1)] for way, column in enumerate(places.T)]
    return {
        stem: tuple(own[place] for own, place in zip(names, row, strict=True) if place)
        for stem, row in zip(stems, places.tolist(), strict=True)
    }


def senses(stems: Iterable[str]) -> list[str]:
    """The stems and all the groups they belong to; "=" marks a group."""
    known = _groups()
    return [term for stem in stems for term in (stem, *known.get(stem, ()))]
