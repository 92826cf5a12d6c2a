"""Texts shelved by their trigrams and stems: finds the few that share much with a query, at a bounded cost."""

import math
from array import array
from collections.abc import Callable, Iterable
from heapq import nlargest

VISITS = 2_500
"""Postings looked at for one query, rarest terms first; keeps the cost of a search from growing with the FAQ."""


class Shelf:
    """Inverted index of texts over any kind of terms, with TF-IDF cosine as the measure. Immutable after `seal`."""

    def __init__(self, split: Callable[[str], Iterable[str]]) -> None:
        self._split = split
        self._ids: dict[str, int] = {}
        self._postings: list[array[int]] = []
        self._texts: list[array[int]] = []
        self._weights: list[float] = []
        self._norms = array("f")

    def add(self, normal: str) -> int:
        """Shelves a text; returns its number, counted from 0."""
        number = len(self._texts)
        own = array("I")
        for term in dict.fromkeys(self._split(normal)):
            place = self._ids.setdefault(term, len(self._postings))
            if place == len(self._postings):
                self._postings.append(array("I"))
            self._postings[place].append(number)
            own.append(place)
        self._texts.append(own)
        return number

    def seal(self) -> None:
        """Weighs the terms; nothing may be added afterwards."""
        total = len(self._texts)
        self._weights = [math.log(1 + total / (0.5 + len(posting))) for posting in self._postings]
        squared = [weight * weight for weight in self._weights]
        self._norms = array("f", (math.sqrt(sum(map(squared.__getitem__, own))) or 1.0 for own in self._texts))
        self._unknown = math.log(1 + total / 0.5)

    def weigh(self, normal: str) -> "Query":
        """A query ready to be compared."""
        known, unknown = {}, 0.0
        for term in dict.fromkeys(self._split(normal)):
            place = self._ids.get(term)
            if place is None:
                unknown += self._unknown**2
            else:
                known[place] = self._weights[place] ** 2
        return Query(known, math.sqrt(sum(known.values()) + unknown) or 1.0, unknown)

    def nearest(self, query: "Query", count: int) -> list[int]:
        """Numbers of the texts that share most with the query; rare terms are counted first, common ones as far as
        the budget of visits goes."""
        shared: dict[int, float] = {}
        visits = 0
        for place in sorted(query.known, key=lambda place: len(self._postings[place])):
            posting = self._postings[place]
            visits += len(posting)
            if visits > VISITS and shared:
                break
            weight = query.known[place]
            for number in posting[:VISITS]:
                shared[number] = shared.get(number, 0.0) + weight
        norms = self._norms
        found = nlargest(count, [(weight / norms[number], number) for number, weight in shared.items()])
        return [number for _, number in found]

    def cosine(self, query: "Query", number: int) -> float:
        """How alike the query and a text are, 0-1."""
        known = query.known
        common = sum([known[place] for place in self._texts[number] if place in known])
        return common / (query.norm * self._norms[number])

    def coverage(self, query: "Query", number: int) -> float:
        """Weighted share (0-1) of the query found in a text."""
        return self.compare(query, number)[1]

    def compare(self, query: "Query", number: int) -> tuple[float, float, float]:
        """Cosine, share of the query found in a text, and share of the text found in the query; each 0-1."""
        known = query.known
        common = sum([known[place] for place in self._texts[number] if place in known])
        if not common:
            return 0.0, 0.0, 0.0
        own = self._norms[number]
        return common / (query.norm * own), common / query.norm**2, common / own**2

    def __len__(self) -> int:
        return len(self._texts)


class Query:
    """Terms of a query with squared weights, its norm, and the squared weight of terms the shelf does not know."""

    __slots__ = ("known", "norm", "unknown")

    def __init__(self, known: dict[int, float], norm: float, unknown: float) -> None:
        self.known = known
        self.norm = norm
        self.unknown = unknown

    @property
    def familiarity(self) -> float:
        """Weighted share (0-1) of the query's terms that the shelf knows."""
        return sum(self.known.values()) / self.norm**2
