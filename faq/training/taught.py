"""What E5 is taught, in files between the two commands: once from everything, once without each fold."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from faq.ranking.tuned import Tuning


def learned_in(folder: Path, left_out: int | None) -> Path:
    """The file of what is changed in E5, learned from everything but a fold (None: from everything)."""
    return folder / f"{_name(left_out)}.npz"


def write_teaching(folder: Path, left_out: int | None, learned: Mapping[str, Any], tuning: Tuning) -> None:
    """Keeps what is changed in E5, and what is done to its vectors then."""
    np.savez_compressed(learned_in(folder, left_out), **learned)
    turns = {"mean": tuning.mean, "turns": tuning.projection, "widths": tuning.widths}
    np.savez_compressed(_turns_in(folder, left_out), **turns)  # type: ignore[arg-type]


def read_tuning(folder: Path, left_out: int | None) -> Tuning:
    """What is done to the vectors of E5 so taught and of USE; nothing of other FAQs yet."""
    with np.load(_turns_in(folder, left_out), allow_pickle=False) as kept:
        return Tuning(tuple(map(int, kept["widths"])), kept["mean"], kept["turns"])


def _turns_in(folder: Path, left_out: int | None) -> Path:
    return folder / f"{_name(left_out)}_turns.npz"


def _name(left_out: int | None) -> str:
    return "all" if left_out is None else f"without_{left_out}"
