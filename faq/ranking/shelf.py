"""Texts shelved by their terms: finds the few that share much with a query, at a bounded cost."""

import math
from array import array
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.intp]
Floats = NDArray[np.float64]

VISITS = 2_500
"""Postings looked at for one query, rarest terms first; keeps the cost of a search from growing with the FAQ."""

ELSEWHERE = 400.0
"""How many texts of an FAQ weigh as much as what is known about how common a term is elsewhere."""


def distinct(numbers: Numbers) -> Numbers:
    """The numbers without repetitions, rising."""
    ordered = np.sort(numbers)
    return ordered[_is_new(ordered)]


def run_starts(ordered: Numbers) -> Numbers:
    """Where each run of one number begins."""
    return _is_new(ordered).nonzero()[0]


def _is_new(ordered: Numbers) -> NDArray[np.bool_]:
    found = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=found[1:])
    return found


class Query(NamedTuple):
    """The known terms of a query by number, their squared weights, and the squared length with the unknown ones."""

    places: Numbers
    squared: Floats
    length: float

    @property
    def familiarity(self) -> float:
        """Weighted share (0-1) of the query's terms that the shelf knows."""
        return float(self.squared.sum()) / self.length


class Rows(NamedTuple):
    """The terms of some texts, one after the other; `owners` tells for each term its place among `numbers`."""

    numbers: Numbers
    terms: NDArray[Any]
    owners: Numbers


class Shelf:
    """Inverted index of texts over any kind of terms, with TF-IDF cosine as the measure. Immutable after `seal`."""

    def __init__(self, common: Mapping[str, float] | None = None) -> None:
        """`common`: share of messages, in general, that have a term."""
        self._common = common or {}
        self._ids: dict[str, int] = {}
        self._added = array("i")
        self._ends = array("i", [0])

    def add(self, terms: Iterable[str]) -> None:
        """Shelves a text under its terms; the first one is number 0."""
        ids = self._ids
        self._added.extend([ids.setdefault(term, len(ids)) for term in dict.fromkeys(terms)])
        self._ends.append(len(self._added))

    def seal(self) -> None:
        """Weighs the terms; nothing may be added afterwards."""
        total = len(self)
        self._terms = np.array(self._added, dtype=np.int32)
        self._starts = np.array(self._ends[:-1], dtype=np.intp)
        self._lengths: Numbers = np.array(self._ends[1:], dtype=np.intp) - self._starts
        self._added = array("i")
        owners = np.arange(total, dtype=np.int32).repeat(self._lengths)
        self._postings = owners[np.argsort(self._terms, kind="stable")]
        self._counts = np.bincount(self._terms, minlength=len(self._ids))
        self._edges = np.concatenate(([0], np.cumsum(self._counts)))
        usual = np.fromiter(map(self._usual, self._ids), dtype=np.float64, count=len(self._ids))
        self._total = total + ELSEWHERE if self._common else total
        self._squared = np.log(1 + self._total / (0.5 + self._counts + usual)) ** 2
        squared_norms = np.bincount(owners, weights=self._squared[self._terms], minlength=total)
        self._norms = np.sqrt(np.where(squared_norms > 0, squared_norms, 1.0))

    def _usual(self, term: str) -> float:
        return ELSEWHERE * self._common.get(term, 0.0)

    def _unknown(self, term: str) -> float:
        return math.log(1 + self._total / (0.5 + self._usual(term))) ** 2

    def weigh(self, terms: Iterable[str]) -> Query:
        """A query ready to be compared."""
        places = {term: self._ids.get(term, -1) for term in terms}
        known = np.array([place for place in places.values() if place >= 0], dtype=np.intp)
        squared = self._squared.take(known)
        unknown = sum(self._unknown(term) for term, place in places.items() if place < 0)
        return Query(known, squared, float(np.add.reduce(squared)) + unknown or 1.0)

    def nearest(self, query: Query, count: int) -> Numbers:
        """Numbers of the texts that share most with the query, in no order; rare terms are counted first, common ones
        as far as the budget of visits goes."""
        if not len(query.places):
            return query.places
        counts = self._counts[query.places]
        order = counts.argsort(kind="stable")
        counts = counts[order]
        used = max(1, int(counts.cumsum().searchsorted(VISITS, side="right")))
        counts = np.minimum(counts[:used], VISITS)
        starts = self._edges[query.places[order[:used]]]
        runs = [
            self._postings[start : start + length]
            for start, length in zip(starts.tolist(), counts.tolist(), strict=True)
        ]
        shared = np.bincount(np.concatenate(runs), weights=query.squared[order[:used]].repeat(counts))
        # Of booleans the places are found much faster than of floats.
        found = (shared > 0).nonzero()[0]
        if len(found) <= count:
            return found
        scores = shared[found] / self._norms[found]
        return found[scores.argpartition(len(found) - count)[-count:]]

    def rows(self, numbers: Numbers) -> Rows:
        """The terms of these texts, to be compared with one query or several."""
        lengths = self._lengths.take(numbers)
        places = (self._starts.take(numbers) - lengths.cumsum() + lengths).repeat(lengths)
        places += np.arange(len(places))
        return Rows(numbers, self._terms.take(places), np.arange(len(numbers)).repeat(lengths))

    @property
    def size(self) -> int:
        """How many different terms there are; they are numbered from 0."""
        return len(self._ids)

    def query(self, number: int) -> Query:
        """A text of the shelf as if it were asked."""
        places = self.rows(np.array([number])).terms.astype(np.intp)
        squared = self._squared.take(places)
        return Query(places, squared, float(squared.sum()) or 1.0)

    def common(self, query: Query, rows: Rows) -> Floats:
        """Squared weight of what the query and each of the texts have in common."""
        if not len(query.places):
            return np.zeros(len(rows.numbers))
        # Looked up among the few terms of the query: a table of all terms would cost more, the greater the FAQ.
        order = query.places.argsort()
        places = query.places[order].astype(np.int32)
        found = places.searchsorted(rows.terms)
        is_there = places.take(found, mode="clip") == rows.terms
        weights = np.where(is_there, query.squared[order].take(found, mode="clip"), 0.0)
        return cast(Floats, np.bincount(rows.owners, weights, len(rows.numbers)))

    def cosines(self, query: Query, rows: Rows) -> Floats:
        """How alike the query and each of the texts are, 0-1."""
        return self.common(query, rows) / (math.sqrt(query.length) * self._norms.take(rows.numbers))

    def coverages(self, query: Query, numbers: Numbers) -> Floats:
        """Weighted share (0-1) of the query found in each of the texts."""
        return self.common(query, self.rows(numbers)) / query.length

    def compare(self, query: Query, rows: Rows) -> tuple[Floats, Floats, Floats]:
        """Cosines, shares of the query found in the texts, and shares of the texts found in the query; each 0-1."""
        common, norms = self.common(query, rows), self._norms.take(rows.numbers)
        return common / (math.sqrt(query.length) * norms), common / query.length, common / norms**2

    def __len__(self) -> int:
        return len(self._ends) - 1
