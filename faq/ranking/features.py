"""What speaks for an entry: the features of a query and a candidate."""

from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from faq.ranking.shelf import Query, Shelf

LETTERS = (
    "grams",  # cosine of letter trigrams with the closest wording
    "stems",  # the same of stems
    "covered",  # weighted share of the query's stems in a wording
    "covering",  # weighted share of a wording's stems in the query
    "sorted",  # letters in common, words sorted
    "subset",  # letters in common, words of the shorter one only
    "near",  # mean trigram cosine of the three closest wordings
    "entry",  # share of the query's stems in any wording or the category
    "answer",  # share of the query's stems in the answer
    "piece",  # trigram cosine of the best sentence of a long message
    "concepts",  # cosine of concepts with the closest wording
    "concepts_covered",  # weighted share of the query's concepts in a wording
    "concepts_answer",  # share of the query's concepts in the answer
    "concepts_piece",  # concept cosine of the best sentence of a long message
)
MEANINGS = ("", "_near", "_answer")
"""Suffixes of the features of each part of an encoder: closest wording, three closest, answer."""


def names(parts: Sequence[str]) -> tuple[str, ...]:
    """Names of all features with these parts of an encoder, in order."""
    return (*LETTERS, *(part + suffix for part in parts for suffix in MEANINGS))


class Scored(NamedTuple):
    """A candidate: number of its entry, closest wording, features in the order of `names`, and their sum `rank`."""

    entry: int
    wording: str
    features: tuple[float, ...]
    rank: float


class Wording(NamedTuple):
    """A wording as it was written, and its normal form."""

    shown: str
    normal: str


Near = tuple[float, int]
"""Trigram cosine of a wording with the query, and the number of the wording."""


class Asked(NamedTuple):
    """A query, weighed for each shelf; `pieces` are its sentences when there are several."""

    normal: str
    grams: Query
    stems: Query
    entry: Query
    answer: Query
    concepts: Query
    concepts_answer: Query
    concepts_pieces: tuple[Query, ...]
    pieces: tuple[Query, ...]


class Shelves(NamedTuple):
    """The shelves of an FAQ: its wordings, its entries with all wordings, and its answers."""

    grams: Shelf
    stems: Shelf
    entries: Shelf
    answers: Shelf
    concepts: Shelf
    concepts_answers: Shelf


def letter_features(
    asked: Asked, shelves: Shelves, entry: int, near: Sequence[Near], wordings: Sequence[Wording]
) -> tuple[list[float], str | None]:
    """Features (0-1) of an entry whose closest wordings are `near`, and the closest one."""
    best = [0.0] * len(LETTERS)
    shown, shown_value = None, -1.0
    for cosine, number in near:
        alike, covered, covering = shelves.stems.compare(asked.stems, number)
        normal = wordings[number].normal
        values = (
            cosine,
            alike,
            covered,
            covering,
            fuzz.token_sort_ratio(asked.normal, normal) / 100,
            fuzz.token_set_ratio(asked.normal, normal) / 100,
        )
        value = sum(values)
        if value > shown_value:
            shown, shown_value = wordings[number].shown, value
        best[: len(values)] = map(max, best, values)
    closest = [cosine for cosine, _ in near[:3]]
    best[6] = sum(closest) / len(closest) if closest else 0.0
    best[7] = shelves.entries.coverage(asked.entry, entry)
    best[8] = shelves.answers.coverage(asked.answer, entry)
    best[9] = max(
        (shelves.grams.cosine(piece, number) for piece in asked.pieces for _, number in near), default=best[0]
    )
    best[10:14] = _by_concepts(asked, shelves, entry, near)
    return best, shown


def _by_concepts(asked: Asked, shelves: Shelves, entry: int, near: Sequence[Near]) -> list[float]:
    shelf, numbers = shelves.concepts, [number for _, number in near]
    compared = [shelf.compare(asked.concepts, number) for number in numbers]
    closest = max((alike for alike, _, _ in compared), default=0.0)
    covered = max((share for _, share, _ in compared), default=0.0)
    pieces = (shelf.cosine(piece, number) for piece in asked.concepts_pieces for number in numbers)
    answer = shelves.concepts_answers.coverage(asked.concepts_answer, entry)
    return [closest, covered, answer, max(pieces, default=closest)]
