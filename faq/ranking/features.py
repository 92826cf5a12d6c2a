"""What speaks for an entry: the features of a query and a candidate, and their weighted sum."""

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from rapidfuzz import fuzz

from faq.entry import Entry
from faq.normalize import normalize, question_of, stems
from faq.ranking.grams import grams
from faq.ranking.shelf import Query, Shelf

_TEXTS = 80
_CANDIDATES = 24
_WORDINGS = 6
_REPORT_EVERY = 500


class Scored(NamedTuple):
    """A candidate: number of the entry, closest wording, features (0-1 each) and their sum, `rank`."""

    entry: int
    wording: str
    features: tuple[float, ...]
    rank: float
    familiarity: float


FEATURES = ("grams", "stems", "query_covered", "wording_covered", "sorted", "subset", "answer", "near")
WEIGHTS = (0.30, 0.16, 0.16, 0.08, 0.10, 0.10, 0.05, 0.05)


class Library:
    """The shelves of an FAQ: its wordings by trigrams and by stems, its answers by stems."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self._owner: list[int] = []
        self._wordings: list[tuple[str, str]] = []
        self._by_grams = Shelf(grams)
        self._by_stems = Shelf(stems)
        self._answers = Shelf(stems)

    @classmethod
    def of(cls, entries: tuple[Entry, ...], *, progress: Callable[[int, int], None] | None = None) -> "Library":
        """Shelves the entries."""
        library = cls(entries)
        for number, entry in enumerate(entries):
            library._add(number, entry)
            if progress and (number + 1) % _REPORT_EVERY == 0:
                progress(number + 1, len(entries))
        for shelf in (library._by_grams, library._by_stems, library._answers):
            shelf.seal()
        if progress:
            progress(len(entries), len(entries))
        return library

    def _add(self, number: int, entry: Entry) -> None:
        for wording in entry.wordings:
            normal = question_of(normalize(wording))
            self._by_grams.add(normal)
            self._by_stems.add(normal)
            self._owner.append(number)
            self._wordings.append((wording, normal))
        self._answers.add(normalize(f"{entry.category} {entry.answer}"))

    def rank(self, normal: str) -> list[Scored]:
        """Candidates for a normal form, best first; empty when nothing is shared."""
        if not normal or not self._wordings:
            return []
        by_grams, by_stems = self._by_grams.weigh(normal), self._by_stems.weigh(normal)
        near: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for text in {*self._by_grams.nearest(by_grams, _TEXTS), *self._by_stems.nearest(by_stems, _TEXTS)}:
            near[self._owner[text]].append((self._by_grams.cosine(by_grams, text), text))
        for texts in near.values():
            texts.sort(reverse=True)
        for entry in self._answers.nearest(self._answers.weigh(normal), _CANDIDATES // 4):
            near.setdefault(entry, [])
        chosen = sorted(near, key=lambda entry: near[entry][0] if near[entry] else (0.0, 0), reverse=True)
        query = _Asked(normal, by_grams, by_stems, self._answers.weigh(normal))
        found = [self._score(query, entry, near[entry][:_WORDINGS]) for entry in chosen[:_CANDIDATES]]
        return sorted(found, key=lambda one: -one.rank)

    def _score(self, query: "_Asked", entry: int, near: list[tuple[float, int]]) -> Scored:
        best = [0.0] * len(FEATURES)
        wording, wording_value = self.entries[entry].question, -1.0
        for cosine, text in near:
            shown, normal = self._wordings[text]
            covered, covering = self._by_stems.coverage(query.stems, text)
            values = (
                cosine,
                self._by_stems.cosine(query.stems, text),
                covered,
                covering,
                fuzz.token_sort_ratio(query.normal, normal) / 100,
                fuzz.token_set_ratio(query.normal, normal) / 100,
            )
            value = sum(values)
            if value > wording_value:
                wording, wording_value = shown, value
            best[: len(values)] = map(max, best, values)
        best[6] = self._answers.coverage(query.answer, entry)[0]
        best[7] = sum(cosine for cosine, _ in near[:3]) / 3
        rank = sum(map(float.__mul__, WEIGHTS, best))
        return Scored(entry, wording, tuple(best), rank, query.stems.familiarity)


class _Asked(NamedTuple):
    normal: str
    grams: Query
    stems: Query
    answer: Query
