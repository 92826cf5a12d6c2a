"""Vectors of the encoders in the wheels, turned so that what customers mean alike comes close; made by faq.training."""

import itertools
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from faq.encoder import Encoder

if TYPE_CHECKING:
    from faq.encoder import Vectors


class Tuning(NamedTuple):
    """What is done to the vectors of an encoder: the mean is taken off, each part gets unit length, and all of them
    together are projected, if there is a projection. `elsewhere` are the middles of what entries of other FAQs mean."""

    widths: tuple[int, ...]
    mean: "Vectors"
    projection: "Vectors | None" = None
    elsewhere: "Vectors | None" = None

    @property
    def is_tuned(self) -> bool:
        """Whether there is a projection."""
        return self.projection is not None

    @property
    def width(self) -> int:
        """Numbers in a vector when all is done; 0 where nothing changes them."""
        return 0 if self.projection is None else self.projection.shape[1]

    def apply(self, rows: "Vectors") -> "Vectors":
        """Unit vectors, one for each row."""
        return self.turned(self.centred(rows))

    def centred(self, rows: "Vectors") -> "Vectors":
        """The rows without the mean, each part of unit length."""
        rows = rows - self.mean
        edges = list(itertools.pairwise(itertools.accumulate(self.widths, initial=0)))
        for start, end in edges:
            part = rows[:, start:end]
            part /= np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-9)
        return np.asarray(rows)

    def turned(self, rows: "Vectors") -> "Vectors":
        """Unit vectors, one for each of the centred rows."""
        if self.projection is not None:
            rows = rows @ self.projection
        elif len(self.widths) == 1:
            return rows
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def tuning_for(encoder: Encoder) -> Tuning:
    """The tuning of an encoder; of one that nobody tuned, no more than equal lengths."""
    found = _kept("+".join(encoder.parts))
    if found is None or found.widths != encoder.widths:
        return Tuning(encoder.widths, np.zeros(sum(encoder.widths), dtype=np.float32))
    return found


@lru_cache(maxsize=4)
def _kept(key: str) -> Tuning | None:
    with np.load(Path(__file__).with_name("tuned.npz")) as kept:
        if f"{key} turns" not in kept:
            return None
        turns = kept[f"{key} turns"].astype(np.float32) * kept[f"{key} scales"]
        return Tuning(
            tuple(map(int, kept[f"{key} widths"])),
            kept[f"{key} mean"].astype(np.float32),
            turns,
            kept[f"{key} elsewhere"].astype(np.float32) / 127,
        )


def packed(key: str, tuning: Tuning) -> "dict[str, Vectors]":
    """A tuning as arrays to keep in tuned.npz: the projection in 8 bits, one scale for each of its columns."""
    if tuning.projection is None:
        return {}
    elsewhere = np.zeros((0, tuning.width)) if tuning.elsewhere is None else tuning.elsewhere
    scales = np.abs(tuning.projection).max(axis=0) / 127
    return {
        f"{key} turns": np.round(tuning.projection / scales).astype(np.int8),
        f"{key} scales": scales.astype(np.float32),
        f"{key} mean": tuning.mean.astype(np.float16),
        f"{key} elsewhere": np.round(elsewhere * 127).astype(np.int8),
        f"{key} widths": np.asarray(tuning.widths, dtype=np.int32),
    }


def write_tunings(target: Path, tunings: "Sequence[tuple[str, Tuning]]") -> None:
    """Keeps tunings in a file."""
    arrays: dict[str, Vectors] = {}
    for key, tuning in tunings:
        arrays |= packed(key, tuning)
    np.savez_compressed(target, **arrays)  # type: ignore[arg-type]
