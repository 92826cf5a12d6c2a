"""What an FAQ is like as a whole: the same closeness says more in one FAQ than in another."""

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from faq.encoder import Vectors

_FEW = 5
"""Entries of an FAQ that is halfway between a tiny one and any other."""
_SAMPLE, _FOREIGN = 400, 600
_BLOCK = 64
_MOSTLY = 0.9
# What is known beforehand, and how many wordings that weighs: seven of ten are closest to one of their own entry.
_TOLD, _WEIGHT = 0.7, 10
_LEAST_SPREAD = 0.1
_NEVER = -99.0


class Traits(NamedTuple):
    """Counted: `entries`, and the mean `wordings` of one. By the meaning of its wordings, 0 without encoder: how close
    what other FAQs are about comes to the closest of them, on the mean (`foreign`), its spread, and what nine of ten do
    not exceed; the share (0-1) of wordings that are closer to another of their entry than to any of another entry
    (`told`), and the share that have another; how much closer on the mean (`lead`); how close the closest of another
    entry comes (`rivals`), and the closest of the same one (`typical`). Closeness is in spreads above the usual between
    unlike texts of the FAQ."""

    entries: int
    wordings: float
    foreign: float = 0.0
    foreign_spread: float = 0.0
    foreign_most: float = 0.0
    told: float = 0.0
    several: float = 0.0
    lead: float = 0.0
    rivals: float = 0.0
    typical: float = 0.0

    @property
    def few(self) -> float:
        """Whether the FAQ is a tiny one: 1 for the smallest, near 0 from some dozens of entries on."""
        return 1 / (1 + (self.entries / _FEW) ** 2)

    def for_ranks(self) -> tuple[float, ...]:
        """What tells how to weigh meaning against letters, in a form that can be learned from."""
        return math.log(1 + self.wordings), self.told, self.lead, self.rivals, self.typical

    def for_chances(self, closest: float) -> tuple[float, ...]:
        """The same for the probability, with how far the closest wording is above what is foreign."""
        above = closest - self.foreign
        counted = math.log(1 + self.entries), math.log(1 + self.wordings)
        return (*counted, *self[2:], above, above / max(self.foreign_spread, _LEAST_SPREAD))


def traits_of(
    rows: "Vectors", owners: "Vectors", scale: tuple[float, float], typical: float, elsewhere: "Vectors | None"
) -> Traits:
    """Of wordings as unit vectors; `owners` tells for each the number of its entry, `scale` mean and spread of unlike
    ones, `elsewhere` what other FAQs are about, if that is known."""
    mean, spread = scale
    entries = int(owners[-1]) + 1
    foreign = _foreign(rows, scale, elsewhere)
    own, other = _closest(rows, owners)
    is_several, is_compared = own > _NEVER, (own > _NEVER) & (other > _NEVER)
    known = np.count_nonzero(is_compared) + _WEIGHT
    lead = (own - other)[is_compared] / spread
    rivals = (other[other > _NEVER] - mean) / spread
    return Traits(
        entries,
        len(owners) / entries,
        *foreign,
        told=(np.count_nonzero(lead > 0) + _TOLD * _WEIGHT) / known,
        several=float(is_several.mean()),
        lead=float(lead.sum()) / known,
        rivals=float(rivals.mean()) if len(rivals) else 0.0,
        typical=typical,
    )


def _foreign(rows: "Vectors", scale: tuple[float, float], elsewhere: "Vectors | None") -> tuple[float, float, float]:
    if elsewhere is None or not len(elsewhere):
        return 0.0, 0.0, 0.0
    mean, spread = scale
    asked = elsewhere[:: max(1, len(elsewhere) // _FOREIGN)]
    closest = np.concatenate([(asked[at : at + _BLOCK] @ rows.T).max(axis=1) for at in range(0, len(asked), _BLOCK)])
    above = (closest - mean) / spread
    return float(above.mean()), float(above.std()), float(np.quantile(above, _MOSTLY))


def _closest(rows: "Vectors", owners: "Vectors") -> tuple["Vectors", "Vectors"]:
    """For a sample of wordings the similarity of the closest other one of their entry and of any other entry; -99 where
    there is none."""
    sample = np.arange(0, len(rows), max(1, len(rows) // _SAMPLE))
    own, other = [], []
    for start in range(0, len(sample), _BLOCK):
        places = sample[start : start + _BLOCK]
        alike = rows[places] @ rows.T
        is_same = owners[places][:, None] == owners[None]
        other.append(np.where(is_same, _NEVER, alike).max(axis=1))
        alike[np.arange(len(places)), places] = _NEVER
        own.append(np.where(is_same, alike, _NEVER).max(axis=1))
    return np.concatenate(own), np.concatenate(other)
