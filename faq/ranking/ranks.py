"""What the ranking net is told about the candidates of a query."""

import math
from typing import NamedTuple

import numpy as np

from faq.ranking.shelf import Floats

_FEW = 5
"""Entries of an FAQ that is halfway between a tiny one and any other."""


class Said(NamedTuple):
    """A query as a whole: the share of its trigrams that the FAQ knows, its words, and the share of Latin letters.

    `few`: whether the FAQ is a tiny one, 1 for the smallest, near 0 from some dozens of entries on. `elsewhere`: how
    near the query is to what entries of other FAQs mean, in spreads above the usual; 0 without encoder.
    """

    familiarity: float
    words: int
    latin: float
    few: float = 0.0
    elsewhere: float = 0.0

    def values(self) -> tuple[float, ...]:
        """In a form that can be learned from."""
        return self.familiarity, math.log(1 + self.words), self.latin


def said(normal: str, familiarity: float, entries: int, elsewhere: float = 0.0) -> Said:
    """A query by its normal form, asked of an FAQ of so many entries."""
    letters = [letter for letter in normal if letter.isalpha()]
    latin = sum(letter <= "z" for letter in letters) / len(letters) if letters else 0.0
    return Said(familiarity, len(normal.split()), latin, 1 / (1 + (entries / _FEW) ** 2), elsewhere)


def rank_values(features: Floats, query: Said, wordings: float) -> Floats:
    """For each candidate its features, how far each of them is behind the best candidate's, and the query's own:
    `wordings` are those of an entry, on the mean."""
    own = np.array([*query.values(), math.log(1 + wordings)])
    behind = features - features.max(axis=0) if len(features) else features
    return np.hstack([features, behind, np.broadcast_to(own, (len(features), len(own)))])
