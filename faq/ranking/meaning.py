"""Vectors of an FAQ's wordings and answers: which entries mean what a query means. Needs numpy, like any encoder."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from faq.encoder import Encoder

if TYPE_CHECKING:
    from faq.encoder import Vectors

_BATCH = 32
# For a small FAQ its own mean says little; it counts as much as this many texts say.
_SHRINK = 30.0
# Means and spreads of similarities between unlike texts, for FAQs too small to show their own.
_PRIOR_MEAN, _PRIOR_SPREAD, _PRIOR_WEIGHT = 0.05, 0.14, 30.0
_SAMPLE = 400


class Meaning:
    """Similarities in spreads above the usual one between unlike texts of this FAQ, for each part of the encoder."""

    def __init__(
        self, encoder: Encoder, wordings: Sequence[str], owners: Sequence[int], answers: Sequence[str]
    ) -> None:
        """`owners` tells for each wording the number of its entry, never falling; every entry has one at least."""
        self._encoder = encoder
        self._owners = np.asarray(owners)
        self._starts = np.flatnonzero(np.diff(self._owners, prepend=-1))
        edges = np.cumsum([0, *encoder.widths])
        self._slices = [slice(*edge) for edge in itertools.pairwise(edges)]
        self._wordings = self._encode(wordings)
        self._answers = self._encode(answers)
        self._means = self._mean()
        for rows in (self._wordings, self._answers):
            self._centre(rows)
        self._scales = [self._usual(part) for part in self._slices]

    @property
    def parts(self) -> int:
        """Number of vectors side by side."""
        return len(self._slices)

    def _encode(self, texts: Sequence[str]) -> "Vectors":
        rows = np.empty((len(texts), sum(self._encoder.widths)), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            rows[start : start + _BATCH] = self._encoder.encode(texts[start : start + _BATCH])
        return rows

    def _mean(self) -> "Vectors":
        """The mean of ordinary messages where it is known for a part, else that of this FAQ."""
        known = json.loads(Path(__file__).with_name("means.json").read_text("utf-8"))
        own = self._wordings.mean(axis=0) * (len(self._wordings) / (len(self._wordings) + _SHRINK))
        for part, place in zip(self._encoder.parts, self._slices, strict=True):
            if part in known:
                own[place] = np.asarray(known[part], dtype=np.float32)
        return np.asarray(own, dtype=np.float32)

    def _centre(self, rows: "Vectors") -> None:
        rows -= self._means
        for part in self._slices:
            rows[:, part] /= np.maximum(np.linalg.norm(rows[:, part], axis=1, keepdims=True), 1e-9)

    def _usual(self, part: slice) -> tuple[float, float]:
        """Mean and spread of the similarity of wordings of different entries."""
        step = max(1, len(self._wordings) // _SAMPLE)
        sample, owners = self._wordings[::step, part], self._owners[::step]
        unlike = (sample @ sample.T)[owners[:, None] != owners[None, :]]
        known = len(sample)
        mean = unlike.mean() if unlike.size else _PRIOR_MEAN
        spread = unlike.std() if unlike.size else _PRIOR_SPREAD
        total = known + _PRIOR_WEIGHT
        return (
            float((mean * known + _PRIOR_MEAN * _PRIOR_WEIGHT) / total),
            float((spread * known + _PRIOR_SPREAD * _PRIOR_WEIGHT) / total),
        )

    def weigh(self, text: str) -> "list[tuple[Vectors, Vectors, Vectors]]":
        """For each part: likeness of every wording, of the best wording of every entry, and of every answer."""
        row = self._encoder.encode([text])
        self._centre(row)
        found = []
        for part, (mean, spread) in zip(self._slices, self._scales, strict=True):
            wordings = (self._wordings[:, part] @ row[0, part] - mean) / spread
            answers = (self._answers[:, part] @ row[0, part] - mean) / spread
            found.append((wordings, np.maximum.reduceat(wordings, self._starts), answers))
        return found

    def features(self, likeness: "list[tuple[Vectors, Vectors, Vectors]]", entry: int) -> list[float]:
        """For each part: likeness of the closest wording, mean of the three closest, likeness of the answer."""
        values: list[float] = []
        for wordings, best, answers in likeness:
            own = np.sort(wordings[self.span(entry)])[-3:]
            values += [float(best[entry]), float(own.mean()), float(answers[entry])]
        return values

    def span(self, entry: int) -> slice:
        """Where the wordings of an entry stand."""
        start = int(self._starts[entry])
        end = int(self._starts[entry + 1]) if entry + 1 < len(self._starts) else len(self._owners)
        return slice(start, end)

    @staticmethod
    def nearest(likeness: "Vectors", count: int) -> list[int]:
        """Numbers of the entries most alike, in no order."""
        if len(likeness) <= count:
            return list(range(len(likeness)))
        return [int(place) for place in np.argpartition(-likeness, count)[:count]]
