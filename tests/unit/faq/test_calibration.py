"""The confidence fitted to one installation: only where it proves better, and always a probability."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.entry import Entry
from faq.index import Index
from faq.learning.fitting import Outcome, fit_confidence
from faq.models.net import Floats
from faq.ranking.calibration import UNCHANGED, Calibration, Leaning, Signs, logit, sigmoid

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


def seen(count: int, truth: Callable[[float, Floats], float], seed: int = 1) -> list[Outcome]:
    """Outcomes of a search that saw three signs, of which the last is always the same."""
    chance = random.Random(seed)
    found = []
    for place in range(count):
        score, told = chance.uniform(0.02, 0.98), np.array([chance.gauss(0, 1), chance.gauss(5, 2), 3.0])
        is_right = chance.random() < truth(score, told)
        found.append(Outcome(score, is_right, f"q{place}", Signs(told, "nets 1")))
    return found


def by_sign(score: float, told: Floats) -> float:
    return sigmoid(logit(score) + 2 * told[0])


def test_sign_that_says_more_here_is_heeded() -> None:
    fitted = fit_confidence(seen(600, by_sign))
    assert fitted.figures is not None
    assert fitted.calibration is not None
    assert fitted.figures.by == "signs"
    assert fitted.figures.loss_after < 0.9 * fitted.figures.loss_before
    low, high = (fitted.calibration.first(0.5, Signs(np.array([value, 5.0, 3.0]), "nets 1")) for value in (-1.0, 1.0))
    assert low < 0.35
    assert high > 0.65
    never_seen = fitted.calibration.first(0.5, Signs(np.array([1.0, 5.0, 1e6]), "nets 1"))
    assert never_seen == pytest.approx(high)  # what was always the same has taught nothing


def test_signs_made_with_something_else_are_not_heeded() -> None:
    calibration = fit_confidence(seen(600, by_sign)).calibration
    assert calibration is not None
    line = Calibration(calibration.slope, calibration.shift)
    for signs in (None, Signs(np.array([1.0, 5.0, 3.0]), "nets 2"), Signs(np.array([1.0]), "nets 1")):
        assert calibration.first(0.6, signs) == line.first(0.6)


def test_few_outcomes_or_ones_of_a_failing_encoder_give_a_line() -> None:
    outcomes = seen(600, lambda score, told: sigmoid(0.4 * logit(score) - 1 + 2 * told[0]))
    for given_ in (outcomes[:299], [*outcomes, Outcome(0.5, True, "x")], [*outcomes[:-1], moved(outcomes[-1])]):
        figures = fit_confidence(given_).figures
        assert figures is not None
        assert figures.by == "line"


def moved(outcome: Outcome) -> Outcome:
    assert outcome.signs is not None
    return outcome._replace(signs=outcome.signs._replace(mark="nets 2"))


def test_noise_in_signs_is_no_reason() -> None:
    taken = [fit_confidence(seen(400, lambda score, told: score, seed)).calibration for seed in range(10)]
    assert taken.count(None) >= 9


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


def test_index_searches_with_it() -> None:
    entries = [Entry("a", "", "Как вернуть товар?", "Так."), Entry("b", "", "Как выбрать размер?", "Вот так.")]
    plain, corrected = Index.build(entries), Index.build(entries, calibration=Calibration(1.0, -1.0))
    before, after = plain.search("вернуть бы мне товар").first, corrected.search("вернуть бы мне товар").first
    assert before is not None
    assert after is not None
    assert after.entry_id == before.entry_id
    assert after.score == pytest.approx(Calibration(1.0, -1.0).first(before.score))


def test_index_heeds_its_own_signs() -> None:
    entries = [Entry("a", "", "Как вернуть товар?", "Так."), Entry("b", "", "Как выбрать размер?", "Вот так.")]
    trace = Index.build(entries).trace("вернуть бы мне товар")
    assert trace.signs is not None
    told = tuple(trace.signs.told.tolist())
    weights = tuple(0.0 for _ in told)
    leaning = Leaning(trace.signs.mark, 1.0, -2.0, told, tuple(1.0 for _ in told), weights)
    for mark, shift in ((leaning.mark, -2.0), ("other nets", -1.0)):
        calibration = Calibration(1.0, -1.0, leaning._replace(mark=mark))
        found = Index.build(entries, calibration=calibration).trace("вернуть бы мне товар")
        assert found.raw == trace.raw
        assert found.scores[0] == pytest.approx(Calibration(1.0, shift).first(trace.raw))
