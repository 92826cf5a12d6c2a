"""Tells the entries of one FAQ apart: what is learned at its build from its own wordings.

A logistic regression with one outcome for each entry, by vectors of an encoder or by words. It starts from the middle
of an entry's wordings and learns in which directions just these entries differ; the more wordings an entry has, the
more there is to learn.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from faq.ranking.shelf import Floats, Numbers, Query, Shelf

if TYPE_CHECKING:
    from faq.encoder import Vectors

_PAIRS = 300_000
"""Most pairs of a wording and an entry; the time of a build grows with them, to about four seconds of one core."""
_WORDINGS = 60
_FEWEST = 4.0
"""Mean wordings of an entry from which on there is something to learn."""
_STEPS, _RATE, _SCALE, _SHRINK, _START = 50, 0.05, 10.0, 0.5, 0.5
_FIRST, _SECOND = 0.9, 0.999
_WIDTH = 2_048
_PARTS = (0.6, 1.0)
"""How much a trigram and a stem weigh beside each other."""


def taught(owners: Sequence[int]) -> "Vectors | None":
    """Places of the wordings to learn from, the first few of each entry; None where there are too many entries, or one,
    or too few wordings.

    `owners` tells for each wording the number of its entry, never falling.
    """
    own = np.asarray(owners)
    count = len(np.unique(own))
    most = min(_WORDINGS, _PAIRS // (count * count or 1))
    if count < 2 or not most or len(own) < _FEWEST * count:
        return None
    return np.flatnonzero(np.arange(len(own)) - own.searchsorted(own) < most)


def told_apart(rows: "Vectors", owners: "Vectors") -> "Vectors":
    """One row of weights for each entry, from unit vectors of its wordings; every entry has one at least.

    Entries count alike, but those with many wordings a little more.
    """
    rows = np.asarray(rows, dtype=np.float32)
    counts = np.bincount(owners)
    weights: Any = np.zeros((len(counts), rows.shape[1]), dtype=np.float32)
    np.add.at(weights, owners, rows)
    weights *= _START / np.maximum(np.linalg.norm(weights, axis=1, keepdims=True), 1e-9)
    share = np.asarray(counts[owners] ** -0.5, dtype=np.float32)
    share *= _SCALE * len(counts) / share.sum()
    first: Any = np.zeros_like(weights)
    second: Any = np.zeros_like(weights)
    each = np.arange(len(rows))
    for step in range(1, _STEPS + 1):
        error = _SCALE * (rows @ weights.T)
        np.exp(error - error.max(axis=1, keepdims=True), out=error)
        error /= error.sum(axis=1, keepdims=True)
        error[each, owners] -= 1
        error *= share[:, None]
        slope = error.T @ rows + _SHRINK * weights
        first = _FIRST * first + (1 - _FIRST) * slope
        second = _SECOND * second + (1 - _SECOND) * slope**2
        rate = _RATE * (1 - step / (_STEPS + 1))
        weights -= rate * (first / (1 - _FIRST**step)) / (np.sqrt(second / (1 - _SECOND**step)) + 1e-8)
    return np.asarray(weights)


class WordsApart:
    """The same by trigrams and stems, thrown into a vector of a fixed width: each term adds to one place of it, with a
    sign, both by chance, so that terms which share a place do not look alike.

    Source: K. Weinberger and others, "Feature hashing for large scale multitask learning" (2009).
    """

    def __init__(self, shelves: Sequence[Shelf], owners: Sequence[int]) -> None:
        """`shelves` are those of trigrams and of stems; `owners` tells for each wording the number of its entry."""
        self._weights: Any = None
        places = taught(owners)
        if places is None:
            return
        chance = np.random.default_rng(0)
        self._places = [chance.integers(0, _WIDTH, shelf.size) for shelf in shelves]
        self._signs = [
            part * chance.choice((-1.0, 1.0), shelf.size) for part, shelf in zip(_PARTS, shelves, strict=True)
        ]
        rows = np.stack([self._row([shelf.query(at) for shelf in shelves]) for at in places.tolist()])
        own = np.asarray(owners)[places]
        self._weights = told_apart(rows, own)
        unlike = (rows @ self._weights.T)[own[:, None] != np.arange(len(self._weights))]
        self._mean, self._spread = float(unlike.mean()), float(unlike.std()) or 1.0

    def _row(self, asked: Sequence[Query]) -> Any:
        """Of unit length, or shorter by what nobody knows of the query."""
        row, length = np.zeros(_WIDTH), 0.0
        for at, query in enumerate(asked):
            values = np.sqrt(query.squared) * self._signs[at][query.places]
            row += np.bincount(self._places[at][query.places], values, _WIDTH)
            length += _PARTS[at] ** 2 * query.length
        return (row / np.sqrt(length)).astype(np.float32)

    def of(self, asked: Sequence[Query], entries: Numbers) -> Floats:
        """For each entry how much speaks for it, in spreads above the usual; 0 where there was nothing to learn."""
        if self._weights is None:
            return np.zeros(len(entries))
        found: Floats = (self._weights[entries] @ self._row(asked) - self._mean) / self._spread
        return found
