"""Stems by what they mean: each belongs to groups of like ones, rough and fine.

Two stems share the more groups the nearer they are. The groups were found beforehand by faq.training.senses, from the
word vectors of natasha (MIT) and the words' vectors of USE multilingual (Apache-2.0); no encoder is asked.
"""

from array import array
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

_LINE_END = 10


class _Groups:
    """The file as it is: one text of sorted stems and their numbers. As a dict they take 7 MB rather than one."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as kept:
            stems, self._places = kept["stems"], kept["places"]
        self._text = stems.tobytes()
        ends = np.flatnonzero(stems == _LINE_END)
        # Of an array single numbers come three times as fast as out of numpy.
        self._edges = array("i", np.concatenate(([-1], ends, [len(stems)])).astype(np.intc).tobytes())

    def of(self, stem: str) -> tuple[str, ...]:
        """The groups of a stem; none where it is not known."""
        wanted = stem.encode("utf-8", "surrogatepass")
        low, high, edges = 0, len(self._edges) - 1, self._edges
        while low < high:
            middle = (low + high) // 2
            found = self._text[edges[middle] + 1 : edges[middle + 1]]
            if found == wanted:
                row = self._places[middle].tolist()
                return tuple(f"={way} {place}" for way, place in enumerate(row) if place)  # "=" is in no stem
            if found < wanted:
                low = middle + 1
            else:
                high = middle
        return ()


@lru_cache(maxsize=1)
def _groups() -> _Groups:
    return _Groups(Path(__file__).with_name("senses.npz"))


@lru_cache(maxsize=2_048)
def _groups_of(stem: str) -> tuple[str, ...]:
    return _groups().of(stem)


def senses(stems: Iterable[str]) -> list[str]:
    """The stems and all the groups they belong to; "=" marks a group."""
    return [term for stem in stems for term in (stem, *_groups_of(stem))]
