"""What the ranking net is told about the candidates of a query."""

import math
from typing import NamedTuple

import numpy as np

from faq.ranking.shelf import Floats
from faq.ranking.traits import Traits


class Said(NamedTuple):
    """A query as a whole: the share of its trigrams that the FAQ knows, its words, and the share of Latin letters.

    `elsewhere`: how near the query is to what entries of other FAQs mean, `closest`: to the closest wording of this
    one, both in spreads above the usual; 0 without encoder.
    """

    familiarity: float
    words: int
    latin: float
    traits: Traits
    elsewhere: float = 0.0
    closest: float = 0.0

    def values(self) -> tuple[float, ...]:
        """In a form that can be learned from."""
        return self.familiarity, math.log(1 + self.words), self.latin


def said(normal: str, familiarity: float, traits: Traits, elsewhere: float = 0.0, closest: float = 0.0) -> Said:
    """A query by its normal form, asked of an FAQ with these traits."""
    letters = [letter for letter in normal if letter.isalpha()]
    latin = sum(letter <= "z" for letter in letters) / len(letters) if letters else 0.0
    return Said(familiarity, len(normal.split()), latin, traits, elsewhere, closest)


def rank_values(features: Floats, query: Said) -> Floats:
    """For each candidate its features, how far each of them is behind the best candidate's, and what the query and the
    FAQ are like."""
    own = np.array([*query.values(), *query.traits.for_ranks()])
    behind = features - features.max(axis=0) if len(features) else features
    return np.hstack([features, behind, np.broadcast_to(own, (len(features), len(own)))])
