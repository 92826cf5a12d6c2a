"""The formulas against figures computed by hand."""

from __future__ import annotations

import pytest

from surveys.scoring import (
    Nps,
    acsi,
    ces,
    csat_percent,
    csi_percent,
    csi_weighted,
    mean,
    nps,
    percentile,
    share,
    within_percent,
)


def test_mean_and_share() -> None:
    assert mean([5, 4, 2]) == pytest.approx(3.666667)
    assert share(3, 4) == 75
    assert share(0, 4) == 0


@pytest.mark.parametrize(("percent", "expected"), [(0, 10), (50, 25), (90, 37), (100, 40)])
def test_percentile(percent: float, expected: float) -> None:
    assert percentile([40, 10, 30, 20], percent) == pytest.approx(expected)


def test_percentile_of_one() -> None:
    assert percentile([7], 90) == 7


def test_csi() -> None:
    assert csi_percent([5, 4, 5, 2]) == 80
    assert csi_percent([1]) == 20
    assert csi_percent([10, 5], highest=10) == 75


def test_csi_of_weighted_questions() -> None:
    assert csi_weighted({"speed": [4], "courtesy": [5]}, {"speed": 3, "courtesy": 1}) == 85
    assert csi_weighted({"speed": [4, 2], "courtesy": [], "new": [1]}, {"speed": 3, "courtesy": 1}) == 60


def test_csat() -> None:
    assert csat_percent([5, 4, 3, 1]) == 50
    assert csat_percent([3]) == 0


def test_nps() -> None:
    assert nps([10, 9, 8, 7, 3]) == Nps(20, 2, 2, 1)
    assert nps([6, 0]) == Nps(-100, 0, 0, 2)


def test_ces() -> None:
    assert ces([7, 6, 2]) == 5


def test_acsi() -> None:
    assert acsi([(10, 8, 6)]) == pytest.approx(77.777778)
    assert acsi([(1, 1, 1)]) == 0
    assert acsi([(10, 10, 10), (1, 1, 1)]) == 50
    assert acsi([(10, 1, 1)], weights=(2, 1, 1)) == 50


def test_within_target() -> None:
    assert within_percent([10, 20, 30, 90], 30) == 75


def test_no_data_is_none_and_not_zero() -> None:
    assert mean([]) is None
    assert share(0, 0) is None
    assert percentile([], 50) is None
    assert csi_percent([]) is None
    assert csi_weighted({}, {}) is None
    assert csi_weighted({"speed": []}, {"speed": 1}) is None
    assert csat_percent([]) is None
    assert nps([]) == Nps(None, 0, 0, 0)
    assert ces([]) is None
    assert acsi([]) is None
    assert within_percent([], 30) is None
