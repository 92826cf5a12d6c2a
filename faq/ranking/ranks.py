"""What the ranking net is told about the candidates of a query."""

import math
from typing import NamedTuple

import numpy as np

from faq.ranking.shelf import Floats


class Said(NamedTuple):
    """A query as a whole: the share of its trigrams that the FAQ knows, its words, and the share of Latin letters."""

    familiarity: float
    words: int
    latin: float

    def values(self) -> tuple[float, ...]:
        """In a form that can be learned from."""
        return self.familiarity, math.log(1 + self.words), self.latin


def said(normal: str, familiarity: float) -> Said:
    """A query by its normal form."""
    letters = [letter for letter in normal if letter.isalpha()]
    latin = sum(letter <= "z" for letter in letters) / len(letters) if letters else 0.0
    return Said(familiarity, len(normal.split()), latin)


def rank_values(features: Floats, query: Said, wordings: float) -> Floats:
    """For each candidate its features, how far each of them is behind the best candidate's, and the query's own:
    `wordings` are those of an entry, on the mean."""
    own = np.array([*query.values(), math.log(1 + wordings)])
    behind = features - features.max(axis=0) if len(features) else features
    return np.hstack([features, behind, np.broadcast_to(own, (len(features), len(own)))])
