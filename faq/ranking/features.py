"""What speaks for the candidates: the features of a query and all of them at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process

from faq.ranking.shelf import Floats, Numbers, Query, Rows, Shelf

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

_OF_WORDINGS = [0, 1, 2, 3, 4, 5, 9, 10, 11, 13]
"""Places of the features that are the best of an entry's wordings; the first six tell which one came closest."""
_TELLING = 6
_CLOSEST = 3


def names(parts: Sequence[str]) -> tuple[str, ...]:
    """Names of all features with these parts of an encoder, in order."""
    return (*LETTERS, *(part + suffix for part in parts for suffix in MEANINGS))


class Ranked(NamedTuple):
    """Candidates, best first: entries by number, their closest wordings (-1: none), features in the order of `names`
    one row each, and what the features add up to."""

    entries: Numbers
    wordings: Numbers
    features: Floats
    ranks: Floats


class Asked(NamedTuple):
    """A query, weighed for each shelf; `words` are its words, sorted; the pieces its sentences, if several."""

    words: str
    grams: Query
    stems: Query
    entry: Query
    answer: Query
    concepts: Query
    concepts_answer: Query
    pieces: tuple[Query, ...]
    concepts_pieces: tuple[Query, ...]


class Shelves(NamedTuple):
    """The shelves of an FAQ: its wordings, its entries with all wordings, and its answers."""

    grams: Shelf
    stems: Shelf
    entries: Shelf
    answers: Shelf
    concepts: Shelf
    concepts_answers: Shelf


class Near(NamedTuple):
    """Candidates and their closest wordings: `owners` tells for each wording the place of its entry, never falling;
    `cosines` are by trigrams, those of an entry never rising."""

    entries: Numbers
    wordings: Numbers
    owners: Numbers
    cosines: Floats


def letter_features(asked: Asked, shelves: Shelves, near: Near, texts: Sequence[str]) -> tuple[Floats, Numbers]:
    """Features (0-1) of the candidates, and the closest wording of each; `texts` are the words of `near`, sorted."""
    found = np.zeros((len(near.entries), len(LETTERS)))
    closest = np.full(len(near.entries), -1)
    if len(near.wordings):
        values = _of_wordings(asked, shelves, near, texts)
        starts = np.flatnonzero(np.diff(near.owners, prepend=-1))
        own = near.owners[starts]
        found[own[:, None], _OF_WORDINGS] = np.maximum.reduceat(values, starts)
        found[own, 6] = _mean_of_closest(near.cosines, starts)
        closest[own] = near.wordings[_first_best(values[:, :_TELLING].sum(axis=1), starts)]
    found[:, 7] = shelves.entries.coverages(asked.entry, near.entries)
    answers = shelves.answers.rows(near.entries)
    found[:, 8] = shelves.answers.common(asked.answer, answers) / asked.answer.length
    found[:, 12] = shelves.concepts_answers.coverages(asked.concepts_answer, near.entries)
    return found, closest


def _of_wordings(asked: Asked, shelves: Shelves, near: Near, texts: Sequence[str]) -> Floats:
    """The features of `_OF_WORDINGS`, one row for each wording."""
    stems, covered, covering = shelves.stems.compare(asked.stems, shelves.stems.rows(near.wordings))
    rows = shelves.concepts.rows(near.wordings)
    concepts, concepts_covered, _ = shelves.concepts.compare(asked.concepts, rows)
    pieces, concepts_pieces = near.cosines, concepts
    if asked.pieces:
        pieces = _best_piece(shelves.grams, asked.pieces, shelves.grams.rows(near.wordings))
        concepts_pieces = _best_piece(shelves.concepts, asked.concepts_pieces, rows)
    values = np.empty((len(near.wordings), len(_OF_WORDINGS)))
    values[:, :4] = np.stack((near.cosines, stems, covered, covering), axis=1)
    # Words are sorted already, so the plain ratio is that of sorted tokens.
    values[:, 4] = process.cdist([asked.words], texts, scorer=fuzz.ratio, dtype=np.float64)[0] / 100
    values[:, 5] = process.cdist([asked.words], texts, scorer=fuzz.token_set_ratio, dtype=np.float64)[0] / 100
    values[:, 6:] = np.stack((pieces, concepts, concepts_covered, concepts_pieces), axis=1)
    return values


def _best_piece(shelf: Shelf, pieces: Sequence[Query], rows: Rows) -> Floats:
    best: Floats = np.stack([shelf.cosines(piece, rows) for piece in pieces]).max(axis=0)
    return best


def _mean_of_closest(cosines: Floats, starts: Numbers) -> Floats:
    """Means of the first three of each run."""
    counts = np.diff(starts, append=len(cosines))
    within = np.arange(len(cosines)) - starts.repeat(counts)
    return np.add.reduceat(np.where(within < _CLOSEST, cosines, 0.0), starts) / np.minimum(counts, _CLOSEST)


def _first_best(values: Floats, starts: Numbers) -> Numbers:
    """Place of the first greatest value of each run."""
    best = np.maximum.reduceat(values, starts).repeat(np.diff(starts, append=len(values)))
    hits = np.flatnonzero(values == best)
    return hits[hits.searchsorted(starts)]
