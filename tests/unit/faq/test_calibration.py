"""The confidence fitted to one installation: only where it proves better, and always a probability."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.entry import Entry
from faq.index import Index
from faq.ranking.calibration import UNCHANGED, Calibration, Outcome, fit_confidence

CHANCES = st.floats(0, 1)


def outcomes(count: int, truth: Calibration, seed: int = 1) -> list[Outcome]:
    """So many, right as often as the corrected probability says."""
    chance = random.Random(seed)
    scores = [chance.uniform(0.02, 0.98) for _ in range(count)]
    return [Outcome(score, chance.random() < truth.first(score), f"q{place}") for place, score in enumerate(scores)]


def test_too_few_outcomes_change_nothing() -> None:
    fitted = fit_confidence(outcomes(100, Calibration(0.4, -1)))
    assert fitted.calibration is None
    assert "150 are needed" in fitted.reason


def test_only_right_ones_change_nothing() -> None:
    assert fit_confidence([Outcome(0.9, True, str(number)) for number in range(400)]).calibration is None


def test_too_sure_a_search_is_corrected() -> None:
    truth = Calibration(0.5, -0.8)
    fitted = fit_confidence(outcomes(5000, truth))
    assert fitted.calibration is not None
    assert fitted.figures is not None
    assert fitted.figures.loss_after < fitted.figures.loss_before
    assert fitted.figures.error_after < fitted.figures.error_before
    for score in (0.3, 0.6, 0.9):
        assert fitted.calibration.first(score) == pytest.approx(truth.first(score), abs=0.05)


def test_what_is_right_already_stays() -> None:
    """Nothing to gain: the fit must not be taken for the noise of one sample."""
    taken = [fit_confidence(outcomes(400, UNCHANGED, seed)).calibration for seed in range(10)]
    assert taken.count(None) >= 9


def test_noise_is_no_reason() -> None:
    chance = random.Random(3)
    noise = [Outcome(0.5, chance.random() < 0.5, str(number)) for number in range(300)]
    assert fit_confidence(noise).calibration is None


@given(st.lists(CHANCES, max_size=5), st.floats(0.2, 5), st.floats(-5, 5))
def test_corrected_scores_are_probabilities_in_order(raw: list[float], slope: float, shift: float) -> None:
    scores = sorted(raw, reverse=True)
    total = sum(scores)
    scores = [score / max(total, 1) for score in scores]
    found = Calibration(slope, shift).apply(scores)
    assert len(found) == len(scores)
    assert all(0 <= score <= 1 for score in found)
    assert found == sorted(found, reverse=True)
    assert sum(found) <= 1 + 1e-6


@given(st.floats(0.01, 0.99), st.floats(0.2, 5), st.floats(-3, 3))
def test_correction_can_be_undone(score: float, slope: float, shift: float) -> None:
    calibration = Calibration(slope, shift)
    first = calibration.first(score)
    if 1e-4 < first < 1 - 1e-4:
        assert calibration.raw(first) == pytest.approx(score, abs=1e-3)


def test_index_searches_with_it() -> None:
    entries = [Entry("a", "", "Как вернуть товар?", "Так."), Entry("b", "", "Как выбрать размер?", "Вот так.")]
    plain, corrected = Index.build(entries), Index.build(entries, calibration=Calibration(1.0, -1.0))
    before, after = plain.search("вернуть бы мне товар").first, corrected.search("вернуть бы мне товар").first
    assert before is not None
    assert after is not None
    assert after.entry_id == before.entry_id
    assert after.score == pytest.approx(Calibration(1.0, -1.0).first(before.score))
