"""What speaks for the candidates: the features of a query and all of them at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process

from faq.ranking.ranks import Said
from faq.ranking.shelf import Floats, Numbers, Query, Rows, Shelf, run_starts

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
    "senses",  # cosine of groups of like stems with the closest wording
    "senses_covered",  # weighted share of the query's groups in a wording
    "senses_entry",  # share of the query's groups in any wording, the category or the answer
    "senses_answer",  # share of the query's groups in the answer
    "senses_piece",  # cosine of groups of the best sentence of a long message
)
APART = ("apart",)
"""Without encoder: what was learned of words to tell the entries apart, in spreads above the usual; 0: nothing was."""
MEANINGS = (
    "meaning",  # the closest wording
    "meaning_votes",  # all wordings together
    "meaning_entry",  # the middle of all wordings
    "meaning_evened",  # the same, evened out
    "meaning_answer",  # the answer
    "meaning_apart",  # by what was learned to tell the entries apart
    "meaning_first",  # the closest wording to the first encoder, by itself
    "meaning_last",  # the same to the last encoder
    "meaning_typical",  # the closest wording, beyond how close that one is to the others of its entry
)
"""Features of an encoder, in spreads above the usual."""

_TELLING = 6
"""The first features tell which wording came closest."""
_CLOSEST = 3


def names(kind: str) -> tuple[str, ...]:
    """Names of all features with this kind of encoder ("" for none), in order."""
    return (*LETTERS, *(MEANINGS if kind else APART))


class Ranked(NamedTuple):
    """Candidates, best first: entries by number, their closest wordings (-1: none), features in the order of `names`
    one row each, what the features add up to, and the query as a whole."""

    entries: Numbers
    wordings: Numbers
    features: Floats
    ranks: Floats
    query: Said


class Asked(NamedTuple):
    """A query, weighed for each shelf; `words` are its words, sorted; the pieces its sentences, if several."""

    words: str
    grams: Query
    stems: Query
    entry: Query
    answer: Query
    concepts: Query
    concepts_answer: Query
    senses: Query
    senses_entry: Query
    senses_answer: Query
    pieces: tuple[Query, ...]
    concepts_pieces: tuple[Query, ...]
    senses_pieces: tuple[Query, ...]


class Shelves(NamedTuple):
    """The shelves of an FAQ: its wordings, its entries with all wordings, and its answers."""

    grams: Shelf
    stems: Shelf
    entries: Shelf
    answers: Shelf
    concepts: Shelf
    concepts_answers: Shelf
    senses: Shelf
    senses_entries: Shelf
    senses_answers: Shelf


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
        starts = run_starts(near.owners)
        counts = np.append(starts[1:], len(near.owners)) - starts
        best = np.maximum.reduceat(values, starts, axis=1)
        best[6] = _mean_of_closest(near.cosines, starts, counts)
        own = near.owners[starts]
        found[own] = best.T
        closest[own] = near.wordings[_first_best(values[:_TELLING].sum(axis=0), starts, counts)]
    found[:, 7] = shelves.entries.coverages(asked.entry, near.entries)
    found[:, 8] = shelves.answers.coverages(asked.answer, near.entries)
    found[:, 12] = shelves.concepts_answers.coverages(asked.concepts_answer, near.entries)
    found[:, 16] = shelves.senses_entries.coverages(asked.senses_entry, near.entries)
    found[:, 17] = shelves.senses_answers.coverages(asked.senses_answer, near.entries)
    return found, closest


def _of_wordings(asked: Asked, shelves: Shelves, near: Near, texts: Sequence[str]) -> Floats:
    """The features that are the best of an entry's wordings, one column for each wording; the others are 0."""
    values = np.zeros((len(LETTERS), len(near.wordings)))
    values[0] = values[9] = near.cosines
    values[1], values[2], values[3] = shelves.stems.compare(asked.stems, shelves.stems.rows(near.wordings))
    # Words are sorted already, so the plain ratio is that of sorted tokens.
    values[4] = process.cdist([asked.words], texts, scorer=fuzz.ratio, dtype=np.float64)[0]
    values[5] = process.cdist([asked.words], texts, scorer=fuzz.token_set_ratio, dtype=np.float64)[0]
    values[4:6] /= 100
    rows = shelves.concepts.rows(near.wordings)
    values[10], values[11], _ = shelves.concepts.compare(asked.concepts, rows)
    meant = shelves.senses.rows(near.wordings)
    values[14], values[15], _ = shelves.senses.compare(asked.senses, meant)
    values[13], values[18] = values[10], values[14]
    if asked.pieces:
        values[9] = _best_piece(shelves.grams, asked.pieces, shelves.grams.rows(near.wordings))
        values[13] = _best_piece(shelves.concepts, asked.concepts_pieces, rows)
        values[18] = _best_piece(shelves.senses, asked.senses_pieces, meant)
    return values


def _best_piece(shelf: Shelf, pieces: Sequence[Query], rows: Rows) -> Floats:
    best: Floats = np.stack([shelf.cosines(piece, rows) for piece in pieces]).max(axis=0)
    return best


def _mean_of_closest(cosines: Floats, starts: Numbers, counts: Numbers) -> Floats:
    """Means of the first three of each run."""
    within = np.arange(len(cosines)) - starts.repeat(counts)
    means: Floats = np.add.reduceat(cosines * (within < _CLOSEST), starts) / np.minimum(counts, _CLOSEST)
    return means


def _first_best(values: Floats, starts: Numbers, counts: Numbers) -> Numbers:
    """Place of the first greatest value of each run."""
    hits: Numbers = (values == np.maximum.reduceat(values, starts).repeat(counts)).nonzero()[0]
    return hits[hits.searchsorted(starts)]
