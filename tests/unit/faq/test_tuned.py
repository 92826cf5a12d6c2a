"""Meaning: what is done to the vectors of encoders, and what the search makes of them."""

from pathlib import Path

import numpy as np
import pytest

from faq.encoder import RemoteEncoder
from faq.entry import Entry
from faq.index import Index
from faq.ranking.tuned import Tuning, packed, tuning_for, write_tunings
from faq.training.tune import WIDTH, Group, tuned

ENTRIES = [Entry("pay", "", "оплата", "-"), Entry("way", "", "дорога", "-"), Entry("dog", "", "собака", "-")]
MEANT = {"оплата": (1, 0, 0), "дорога": (0, 1, 0), "собака": (0, 0, 1), "бабки отдать": (0.9, 0.1, 0)}


def meant(texts: list[str]) -> list[tuple[float, ...]]:
    """Vectors as a model would give them: a meaning, and something that all texts share."""
    return [(*MEANT.get(text, (0.3, 0.3, 0.4)), 2.0) for text in texts]


def test_what_is_meant_is_found_without_a_letter_in_common() -> None:
    index = Index.build(ENTRIES, encoder=RemoteEncoder("meant", meant, width=4))  # type: ignore[arg-type]
    found = index.search("бабки отдать").first
    assert found is not None
    assert found.entry_id == "pay"
    assert Index.build(ENTRIES).search("бабки отдать").first is None


class Torn:
    """Two encoders that are of one mind about the FAQ, and not about a query."""

    name, parts, widths = "torn", ("left", "right"), (4, 4)

    def encode(self, texts: list[str]) -> np.ndarray:
        left, right = MEANT["оплата"], MEANT["собака"]
        rows = [
            (*left, 2.0, *right, 2.0) if text == "спорное" else 2 * (*MEANT.get(text, (0.3, 0.3, 0.4)), 2.0)
            for text in texts
        ]
        return np.asarray(rows, dtype=np.float32)


def test_each_encoder_is_heard_by_itself() -> None:
    trace = Index.build(ENTRIES, encoder=Torn()).trace("спорное")  # type: ignore[arg-type]
    first, last = (
        trace.ids[trace.found.entries[trace.found.features[:, trace.features.index(name)].argmax()]]
        for name in ("meaning_first", "meaning_last")
    )
    assert (first, last) == ("pay", "dog")


def test_vectors_have_unit_length_when_all_is_done() -> None:
    tuning = Tuning((2, 3), np.ones(5, dtype=np.float32), np.eye(5, 4, dtype=np.float32))
    rows = tuning.apply(np.random.default_rng(1).normal(size=(7, 5)).astype(np.float32))
    assert rows.shape == (7, tuning.width)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_tuning_is_nearly_the_same_after_it_was_kept(tmp_path: Path) -> None:
    chance = np.random.default_rng(2)
    tuning = Tuning((6,), np.zeros(6, dtype=np.float32), chance.normal(size=(6, 4)).astype(np.float32))
    write_tunings(tmp_path / "kept.npz", [("any", tuning)])
    with np.load(tmp_path / "kept.npz") as kept:
        turns = kept["any turns"] * kept["any scales"]
    assert tuning.projection is not None
    assert np.abs(turns - tuning.projection).max() < 0.02
    assert packed("any", tuning)["any turns"].dtype == np.int8


def test_an_encoder_nobody_tuned_is_left_as_it_is() -> None:
    tuning = tuning_for(RemoteEncoder("meant", meant, width=4))  # type: ignore[arg-type]
    assert not tuning.is_tuned
    assert not tuning_for(RemoteEncoder("e5", meant, width=4)).is_tuned  # type: ignore[arg-type]


def test_tuning_brings_what_is_meant_alike_closer() -> None:
    chance = np.random.default_rng(3)
    middles = chance.normal(size=(12, 300))
    rows = np.repeat(middles, 4, axis=0) + chance.normal(size=(48, 300)) * 3
    groups = [Group("made", [f"{at}.{text}" for text in range(4)]) for at in range(12)]

    def right(vectors: np.ndarray) -> float:
        alike = vectors @ vectors.T
        np.fill_diagonal(alike, -9)
        return float((alike.argmax(axis=1) // 4 == np.arange(48) // 4).mean())

    found = tuned(groups, rows.astype(np.float32), (300,))
    assert found.width == WIDTH
    plain = Tuning((300,), found.mean)
    assert right(found.apply(rows)) > right(plain.apply(rows))
