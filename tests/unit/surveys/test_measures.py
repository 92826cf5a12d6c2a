"""Every measure against figures computed by hand; the words say how."""

from __future__ import annotations

from math import sqrt

import pytest

from surveys.figures import measures
from surveys.figures.confidence import of_mean, of_nps, wilson
from surveys.figures.tally import Answers, Newcomers, Scores, Tally


def scores(*given: int, invitations: int | None = None) -> Scores:
    return Scores(
        invitations=len(given) if invitations is None else invitations,
        responses=len(given),
        total=sum(given),
        squares=sum(one * one for one in given),
        satisfied=sum(one in (4, 5) for one in given),
        promoters=sum(one >= 9 for one in given),
        detractors=sum(one <= 6 for one in given),
    )


def test_nps_is_promoters_less_detractors() -> None:
    """10, 9, 8, 7, 3: two of five promote (40 %), one of five detracts (20 %): 40 - 20 = 20."""
    assert measures.nps(scores(10, 9, 8, 7, 3)).value == 20


@pytest.mark.parametrize(
    ("given", "wanted"),
    [((9,), 100), ((8,), 0), ((7,), 0), ((6,), -100), ((0,), -100), ((10, 10, 10), 100), ((7, 7, 7), 0)],
)
def test_nps_at_the_borders_of_the_groups(given: tuple[int, ...], wanted: float) -> None:
    assert measures.nps(scores(*given)).value == wanted


def test_csat_is_the_share_of_fours_and_fives() -> None:
    """5, 4, 3, 1: two of four, 50 %."""
    assert measures.csat(scores(5, 4, 3, 1)).value == 50
    assert measures.csat(scores(3)).value == 0
    assert measures.csat(scores(4)).value == 100


def test_csi_is_the_mean_and_its_share_of_the_best() -> None:
    """5, 4, 5, 2: sum 16, mean 4; 4 of 5 are 80 %."""
    assert measures.csi_mean(scores(5, 4, 5, 2)).value == 4
    assert measures.csi(scores(5, 4, 5, 2)).value == 80


def test_csi_interval_of_the_example() -> None:
    """Squares 25 + 16 + 25 + 4 = 70; variance (70 - 16² / 4) / 3 = 2; 4 ± 3.1824 · √2 / 2, the upper end cut at 5."""
    figure = measures.csi_mean(scores(5, 4, 5, 2))
    assert figure.low == pytest.approx(4 - 3.1824 * sqrt(2) / 2)
    assert figure.high == 5


def test_all_equal_answers_are_sure_of_themselves() -> None:
    figure = measures.csi_mean(scores(4, 4, 4, 4))
    assert (figure.value, figure.low, figure.high) == (4, 4, 4)


def test_one_answer_has_a_value_but_no_interval() -> None:
    figure = measures.csi_mean(scores(2))
    assert (figure.value, figure.low, figure.high, figure.is_enough) == (2, None, None, False)


def test_no_answers() -> None:
    for measure in (*measures.OF_SCORES.values(), measures.csi_mean, measures.response_rate):
        assert measure(Scores()).value is None
    for of_conversations in measures.OF_CONVERSATIONS.values():
        assert of_conversations(Tally()).value is None
    assert measures.helped(Answers()).value is None
    assert measures.referral(Newcomers()).value is None


def test_ces_is_the_mean_of_one_to_seven() -> None:
    """7, 6, 2: 15 / 3 = 5."""
    assert measures.ces(scores(7, 6, 2)).value == 5


def test_acsi_of_three_answers_each() -> None:
    """10, 8, 6: mean 8, (8 - 1) / 9 = 77.78 %; ones only: 0; tens only: 100."""
    assert measures.acsi(scores(24)).value == pytest.approx(77.777778)
    assert measures.acsi(scores(3)).value == 0
    assert measures.acsi(scores(30)).value == 100


def test_sla_is_within_target_of_all_decided() -> None:
    """Eight in time of ten: 80 %; two of three: 66.67 %; nine of twelve: 75 %."""
    tally = Tally(
        first_within=8, first_decided=10, next_within=2, next_decided=3, resolution_within=9, resolution_decided=12
    )
    assert measures.sla_first_response(tally).value == 80
    assert measures.sla_next_response(tally).value == pytest.approx(66.666667)
    assert measures.sla_resolution(tally).value == 75


def test_service_level_leaves_out_who_came_a_moment_ago() -> None:
    """A hundred handed over, 70 taken within the minute, 2 waiting for less than one: 70 / 98 = 71.43 %."""
    assert measures.service_level(Tally(handed=100, quick=70, undecided=2)).value == pytest.approx(71.428571)


def test_speed_of_answer_is_the_mean_wait() -> None:
    """20, 40 and 90 s: 150 / 3 = 50 s."""
    assert measures.average_speed_of_answer(Tally(taken=3, waiting_ms=150_000)).value == 50


def test_shares_of_conversations() -> None:
    tally = Tally(handed=100, abandoned=5, closed=50, contained=30, settled=44)
    assert measures.abandonment(tally).value == 5
    assert measures.containment(tally).value == 60
    assert measures.first_contact_resolution(tally).value == 88


def test_few_answers_are_too_few() -> None:
    assert not measures.csat(scores(*[5] * 9)).is_enough
    assert measures.csat(scores(*[5] * 10)).is_enough


def test_wilson_of_eight_in_ten() -> None:
    """Against the value printed in textbooks: 0.490 to 0.943."""
    low, high = wilson(8, 10) or (0, 0)
    assert (round(low, 1), round(high, 1)) == (49.0, 94.3)


@pytest.mark.parametrize(("part", "whole"), [(0, 1), (1, 1), (0, 500), (500, 500), (3, 7)])
def test_wilson_stays_between_nothing_and_all(part: int, whole: int) -> None:
    low, high = wilson(part, whole) or (-1, -1)
    assert 0 <= low <= 100 * part / whole <= high <= 100


def test_interval_of_a_mean_narrows_with_more_answers() -> None:
    few = of_mean(10, 30, 110, 1, 5) or (0, 0)
    many = of_mean(1000, 3000, 11_000, 1, 5) or (0, 0)
    assert many[1] - many[0] < (few[1] - few[0]) / 5


def test_interval_of_nps_of_the_example() -> None:
    """50 promoters, 20 detractors of 100: 1.96 · √(0.61 / 100) = 15.3 points about 30."""
    low, high = of_nps(50, 20, 100) or (0, 0)
    assert (round(low, 1), round(high, 1)) == (14.7, 45.3)
