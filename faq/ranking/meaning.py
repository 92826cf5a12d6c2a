"""Vectors of an FAQ's wordings and answers: which entries mean what a query means."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from faq.encoder import Encoder
from faq.ranking.shelf import Floats, Numbers
from faq.ranking.tuned import Tuning, tuning_for

if TYPE_CHECKING:
    from faq.encoder import Vectors

_BATCH = 32
# For a small FAQ its own mean says little; it counts as much as this many texts say.
_SHRINK = 30.0
# Means and spreads of similarities between unlike texts, for FAQs too small to show their own.
_PRIOR_MEAN, _PRIOR_SPREAD, _PRIOR_WEIGHT = 0.05, 0.14, 30.0
_SAMPLE = 400
# How much closer wordings count more than distant ones, when all of an entry vote.
_SHARP = 4.0
# How much of the usual spread of an FAQ's wordings is kept when the directions in which they differ are evened out.
_RIDGE = 3.0


class Likeness(NamedTuple):
    """How alike a query is, in spreads above the usual: to every wording, to the best one of every entry, to the
    middle of every entry's wordings, to the same with the FAQ's own directions evened out, and to every answer."""

    wordings: "Vectors"
    best: "Vectors"
    middles: "Vectors"
    evened: "Vectors"
    answers: "Vectors"


class Meaning:
    """Similarities in spreads above the usual one between unlike texts of this FAQ."""

    def __init__(
        self,
        encoder: Encoder,
        wordings: Sequence[str],
        owners: Sequence[int],
        answers: Sequence[str],
        tuning: Tuning | None = None,
    ) -> None:
        """`owners` tells for each wording the number of its entry, never falling; every entry has one at least."""
        self._encoder = encoder
        self._owners = np.asarray(owners)
        self._starts = np.flatnonzero(np.diff(self._owners, prepend=-1))
        self._ends = np.append(self._starts[1:], len(self._owners))
        self._tuning = tuning or tuning_for(encoder)
        self._wordings = self._encode(wordings)
        self._answers = self._encode(answers)
        if not self._tuning.is_tuned:
            self._tuning = self._own_mean()
            self._wordings, self._answers = self._tuning.apply(self._wordings), self._tuning.apply(self._answers)
        self._middles = _unit(np.add.reduceat(self._wordings, self._starts, axis=0))
        covariance = self._wordings.T @ self._wordings / len(self._wordings)
        covariance += np.eye(len(covariance), dtype=np.float32) * (_RIDGE * np.trace(covariance) / len(covariance))
        self._evened = np.asarray(_unit(np.linalg.solve(covariance, self._middles.T).T), dtype=np.float32)
        self._scale = self._usual(self._wordings, self._wordings)
        self._evened_scale = self._usual(self._wordings, self._evened)

    @property
    def is_tuned(self) -> bool:
        """Whether the vectors are those of encoders that were tuned for FAQs."""
        return self._tuning.is_tuned

    def _encode(self, texts: Sequence[str]) -> "Vectors":
        rows = np.empty((len(texts), self._tuning.width or sum(self._encoder.widths)), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = self._encoder.encode(texts[start : start + _BATCH])
            rows[start : start + _BATCH] = self._tuning.apply(batch) if self._tuning.is_tuned else batch
        return rows

    def _own_mean(self) -> Tuning:
        """Of an encoder nobody tuned the mean of this FAQ is taken off."""
        own = self._wordings.mean(axis=0) * (len(self._wordings) / (len(self._wordings) + _SHRINK))
        return self._tuning._replace(mean=np.asarray(own, dtype=np.float32))

    def _usual(self, rows: "Vectors", others: "Vectors") -> tuple[float, float]:
        """Mean and spread of the similarity of wordings to those of other entries, or to other entries."""
        is_by_wording = len(others) == len(self._owners) and others is rows
        step = max(1, len(rows) // _SAMPLE)
        sample, owners = rows[::step], self._owners[::step]
        if is_by_wording:
            against, theirs = sample, owners
        else:
            apart = max(1, len(others) // _SAMPLE)
            against, theirs = others[::apart], np.arange(len(others))[::apart]
        unlike = (sample @ against.T)[owners[:, None] != theirs[None, :]]
        known, total = len(sample), len(sample) + _PRIOR_WEIGHT
        mean = unlike.mean() if unlike.size else _PRIOR_MEAN
        spread = unlike.std() if unlike.size else _PRIOR_SPREAD
        return (
            float((mean * known + _PRIOR_MEAN * _PRIOR_WEIGHT) / total),
            float((spread * known + _PRIOR_SPREAD * _PRIOR_WEIGHT) / total),
        )

    def weigh(self, text: str) -> Likeness:
        """How alike a text is to everything in the FAQ."""
        row = self._tuning.apply(self._encoder.encode([text]))[0]
        mean, spread = self._scale
        even_mean, even_spread = self._evened_scale
        wordings = (self._wordings @ row - mean) / spread
        return Likeness(
            wordings,
            np.maximum.reduceat(wordings, self._starts),
            (self._middles @ row - mean) / spread,
            (self._evened @ row - even_mean) / even_spread,
            (self._answers @ row - mean) / spread,
        )

    def features(self, likeness: Likeness, entries: Numbers) -> Floats:
        """One row for each entry, in the order of features.MEANINGS."""
        near = [self._votes(likeness.wordings[self._starts[at] : self._ends[at]]) for at in entries.tolist()]
        return np.stack(
            [
                likeness.best[entries],
                np.asarray(near, dtype=np.float64),
                likeness.middles[entries],
                likeness.evened[entries],
                likeness.answers[entries],
            ],
            axis=1,
        )

    @staticmethod
    def _votes(alike: "Vectors") -> float:
        """What all wordings of an entry say together; close ones count most, and having many is no merit by itself."""
        best = float(alike.max())
        return best + float(np.log(np.exp((alike - best) * _SHARP).sum()) - 0.5 * np.log(len(alike))) / _SHARP


def _unit(rows: "Vectors") -> "Vectors":
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
