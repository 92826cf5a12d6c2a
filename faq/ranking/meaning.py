"""Vectors of an FAQ's wordings and answers: which entries mean what a query means."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from faq.encoder import Encoder
from faq.ranking.apart import taught, told_apart
from faq.ranking.shelf import Floats, Numbers
from faq.ranking.traits import traits_of
from faq.ranking.tuned import Tuning, tuning_for

if TYPE_CHECKING:
    from faq.encoder import Vectors

_BATCH = 32
# For a small FAQ its own mean says little; it counts as much as this many texts say.
_SHRINK = 30.0
# Means and spreads of similarities between unlike texts, for FAQs too small to show their own.
_PRIOR_MEAN, _PRIOR_SPREAD, _PRIOR_WEIGHT = 0.05, 0.14, 30.0
_SAMPLE = 400
# How close wordings of one entry are to one another, for FAQs that do not show it, and how many wordings that weighs.
_TYPICAL, _TYPICAL_WEIGHT = 3.5, 10.0
# How much closer wordings count more than distant ones, when all of an entry vote.
_SHARP = 4.0
# How much of the usual spread of an FAQ's wordings is kept when the directions in which they differ are evened out.
_RIDGE = 3.0
# Rows evened out at once.
_SOLVED = 512
# Entries of other FAQs that tell, together, how near a query is to what is asked elsewhere.
_NEAREST = 3


class Likeness(NamedTuple):
    """How alike a query is, in spreads above the usual: to every wording, to the best one of every entry, to the
    middle of every entry's wordings, to the same with the FAQ's own directions evened out, to every answer, and to
    every entry by what tells the entries apart; and to the closest of what entries of other FAQs mean. `centred` is the
    query's own row, before it is turned."""

    wordings: "Vectors"
    best: "Vectors"
    middles: "Vectors"
    evened: "Vectors"
    answers: "Vectors"
    apart: "Vectors"
    elsewhere: float
    centred: "Vectors"


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
        places = taught(owners)
        self._wordings, centred = self._encode(wordings)
        self._answers, _ = self._encode(answers, is_kept=False)
        if not self._tuning.is_tuned:
            self._tuning = self._own_mean()
            self._wordings, self._answers = self._tuning.apply(self._wordings), self._tuning.apply(self._answers)
            centred = self._wordings
        self._middles = _unit(np.add.reduceat(self._wordings, self._starts, axis=0))
        covariance = self._wordings.T @ self._wordings / len(self._wordings)
        covariance += np.eye(len(covariance), dtype=np.float32) * (_RIDGE * np.trace(covariance) / len(covariance))
        self._evened = _solved(covariance, self._middles)
        self._scale = self._usual(self._wordings, self._wordings)
        self._typical = self._typicals()
        usual = float(self._typical.mean())
        self.traits = traits_of(self._wordings, self._owners, self._scale, usual, self._tuning.elsewhere)
        """What the FAQ is like."""
        self._evened_scale = self._usual(self._wordings, self._evened)
        self._apart = None
        self._opinions = _Opinions(centred, self._tuning.widths, self._owners)
        if places is not None:
            rows = _unit(centred[places].astype(np.float32))
            self._apart = told_apart(rows, self._owners[places])
            self._apart_scale = _usual(rows, self._owners[places], self._apart, np.arange(len(self._apart)))

    @property
    def is_tuned(self) -> bool:
        """Whether the vectors are those of encoders that were tuned for FAQs."""
        return self._tuning.is_tuned

    def _encode(self, texts: Sequence[str], *, is_kept: bool = True) -> "tuple[Vectors, Vectors]":
        """The vectors of the texts; and, to be kept, as they were before they were turned, in 16 bits."""
        rows = np.empty((len(texts), self._tuning.width or sum(self._encoder.widths)), dtype=np.float32)
        is_kept = is_kept and self._tuning.is_tuned
        kept = np.empty((len(texts) if is_kept else 0, sum(self._encoder.widths)), dtype=np.float16)
        for start in range(0, len(texts), _BATCH):
            batch = self._encoder.encode(texts[start : start + _BATCH])
            if self._tuning.is_tuned:
                centred = self._tuning.centred(batch)
                if is_kept:
                    kept[start : start + _BATCH] = centred
                batch = self._tuning.turned(centred)
            rows[start : start + _BATCH] = batch
        return rows, kept

    def _own_mean(self) -> Tuning:
        """Of an encoder nobody tuned the mean of this FAQ is taken off."""
        own = self._wordings.mean(axis=0) * (len(self._wordings) / (len(self._wordings) + _SHRINK))
        return self._tuning._replace(mean=np.asarray(own, dtype=np.float32))

    def _typicals(self) -> "Vectors":
        """How close each wording is to the closest other one of its entry, in spreads above the usual; where there is
        none, as close as such are in this FAQ on the mean."""
        mean, spread = self._scale
        found = np.full(len(self._owners), np.nan, dtype=np.float32)
        for start, end in zip(self._starts.tolist(), self._ends.tolist(), strict=True):
            if end - start > 1:
                alike = self._wordings[start:end] @ self._wordings[start:end].T
                np.fill_diagonal(alike, -1.0)
                found[start:end] = (alike.max(axis=1) - mean) / spread
        known = found[~np.isnan(found)]
        usual = (known.sum() + _TYPICAL * _TYPICAL_WEIGHT) / (len(known) + _TYPICAL_WEIGHT)
        return np.where(np.isnan(found), usual, found)

    def _usual(self, rows: "Vectors", others: "Vectors") -> tuple[float, float]:
        """Mean and spread of the similarity of wordings to those of other entries, or to other entries."""
        is_by_wording = len(others) == len(self._owners) and others is rows
        return _usual(rows, self._owners, others, self._owners if is_by_wording else np.arange(len(others)))

    def weigh(self, text: str) -> Likeness:
        """How alike a text is to everything in the FAQ."""
        centred = self._tuning.centred(self._encoder.encode([text]))
        row = self._tuning.turned(centred)[0]
        mean, spread = self._scale
        even_mean, even_spread = self._evened_scale
        wordings = (self._wordings @ row - mean) / spread
        evened = (self._evened @ row - even_mean) / even_spread
        return Likeness(
            wordings,
            np.maximum.reduceat(wordings, self._starts),
            (self._middles @ row - mean) / spread,
            evened,
            (self._answers @ row - mean) / spread,
            evened if self._apart is None else self._told(_unit(centred)[0]),
            self._elsewhere(row),
            centred[0],
        )

    def _elsewhere(self, row: "Vectors") -> float:
        """0 where nothing is known of other FAQs."""
        if self._tuning.elsewhere is None or not len(self._tuning.elsewhere):
            return 0.0
        mean, spread = self._scale
        alike = self._tuning.elsewhere @ row
        return float((alike[alike.argpartition(-_NEAREST)[-_NEAREST:]].mean() - mean) / spread)

    def _told(self, row: "Vectors") -> "Vectors":
        mean, spread = self._apart_scale
        return np.asarray((self._apart @ row - mean) / spread)

    def features(self, likeness: Likeness, entries: Numbers) -> Floats:
        """One row for each entry, in the order of features.MEANINGS."""
        runs = [slice(self._starts[at], self._ends[at]) for at in entries.tolist()]
        near = [self._votes(likeness.wordings[run]) for run in runs]
        closest = [run.start + int(likeness.wordings[run].argmax()) for run in runs]
        own = np.stack(
            [
                likeness.best[entries],
                np.asarray(near, dtype=np.float64),
                likeness.middles[entries],
                likeness.evened[entries],
                likeness.answers[entries],
                likeness.apart[entries],
            ],
            axis=1,
        )
        typical = likeness.wordings[closest] - self._typical[closest]
        return np.hstack([own, self._opinions.of(likeness.centred, entries), typical[:, None]])

    @staticmethod
    def _votes(alike: "Vectors") -> float:
        """What all wordings of an entry say together; close ones count most, and having many is no merit by itself."""
        best = float(alike.max())
        return best + float(np.log(np.exp((alike - best) * _SHARP).sum()) - 0.5 * np.log(len(alike))) / _SHARP


class _Opinions:
    """What the first and the last encoder say of an entry's closest wording, each by itself and untuned: where a tuning
    from other FAQs misleads, they do not follow it."""

    def __init__(self, rows: "Vectors", widths: Sequence[int], owners: "Vectors") -> None:
        self._rows = rows
        self._edges = np.searchsorted(owners, np.arange(owners[-1] + 2))
        ends = np.cumsum(widths)
        self._parts = [slice(end - width, end) for end, width in ((ends[0], widths[0]), (ends[-1], widths[-1]))]
        self._scales = [_usual(rows[:, part], owners, rows[:, part], owners) for part in self._parts]

    def of(self, row: "Vectors", entries: Numbers) -> Floats:
        """One row for each entry, in spreads above the usual."""
        first, counts = self._edges[entries], self._edges[entries + 1] - self._edges[entries]
        starts = counts.cumsum() - counts
        near = self._rows[np.arange(counts.sum()) + (first - starts).repeat(counts)].astype(np.float32)
        found = [
            (np.maximum.reduceat(near[:, part] @ row[part], starts) - mean) / spread
            for part, (mean, spread) in zip(self._parts, self._scales, strict=True)
        ]
        return np.stack(found, axis=1).astype(np.float64)


def _usual(rows: "Vectors", owners: "Vectors", others: "Vectors", theirs: "Vectors") -> tuple[float, float]:
    """Mean and spread of the similarity of rows to others that do not belong to the same entry."""
    step, apart = max(1, len(rows) // _SAMPLE), max(1, len(others) // _SAMPLE)
    one, other = np.asarray(rows[::step], np.float32), np.asarray(others[::apart], np.float32)
    unlike = (one @ other.T)[owners[::step][:, None] != theirs[::apart][None, :]]
    known = len(one)
    total = known + _PRIOR_WEIGHT
    mean = unlike.mean() if unlike.size else _PRIOR_MEAN
    spread = unlike.std() if unlike.size else _PRIOR_SPREAD
    return (
        float((mean * known + _PRIOR_MEAN * _PRIOR_WEIGHT) / total),
        float((spread * known + _PRIOR_SPREAD * _PRIOR_WEIGHT) / total),
    )


def _solved(covariance: "Vectors", rows: "Vectors") -> "Vectors":
    """The rows with the directions evened out, of unit length: as solved all at once, number by number, in a fifth of
    the memory. A row alone would be solved another way, so the last block is never one."""
    found = np.empty(rows.shape[::-1], dtype=np.float32).T  # in the order in which a solution comes
    edges = [*range(0, max(len(rows) - 1, 1), _SOLVED), len(rows)]
    for start, end in itertools.pairwise(edges):
        found[start:end] = _unit(np.linalg.solve(covariance, rows[start:end].T).T)
    return found


def _unit(rows: "Vectors") -> "Vectors":
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
