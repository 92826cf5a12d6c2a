"""Scorecards: the weighted percentage, and a lot nobody can steer."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import InvalidInput
from surveys.quality import USUAL, Criterion, draw, percent, read_scorecard, write_scorecard

CARD = (Criterion("right", "?", 3), Criterion("kind", "?", 2), Criterion("extra", "?", 0))


def test_percent_of_the_example() -> None:
    """Right kept (2) weighs 3, kind in part (1) weighs 2: (6 + 2) / (2 * 5) = 80 %."""
    assert percent(CARD, {"right": 2, "kind": 1}) == 80


def test_what_does_not_apply_is_left_out() -> None:
    assert percent(CARD, {"right": 2}) == 100
    assert percent(CARD, {"kind": 0}) == 0


@pytest.mark.parametrize("marks", [{}, {"none": 1}, {"right": 3}, {"right": -1}, {"extra": 2}])
def test_marks_that_cannot_be(marks: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        percent(CARD, marks)


def test_draw_is_fair_and_always_the_same() -> None:
    drawn = [draw(range(100), 10, f"week {number}") for number in range(500)]
    assert drawn[0] == draw(list(reversed(range(100))), 10, "week 0")
    assert all(len(set(one)) == 10 for one in drawn)
    often = [sum(number in one for one in drawn) for number in range(100)]
    assert 20 < min(often) <= max(often) < 85
    assert draw([5], 3, "few") == [5]


def test_scorecard_as_data() -> None:
    assert read_scorecard(write_scorecard(USUAL)) == USUAL
    for wrong in ([], [{"key": "a", "words": "?"}] * 2, [{"key": "a", "words": "?", "weight": -1}]):
        with pytest.raises(InvalidInput, match="scorecard"):
            read_scorecard(wrong)


@pytest.mark.parametrize(
    ("raw", "russian"),
    [
        ("right", "в карте оценки нужны вопросы с разными ключами"),
        ([{"key": "a", "words": "?"}, {"key": "b"}], "вопрос 2: у вопроса есть ключ и слова"),
        ([{"key": "a", "words": "?", "weight": "много"}], "вопрос 1: «много» — не число"),
    ],
)
def test_faults_of_a_scorecard_are_told_in_russian(raw: Any, russian: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_scorecard(raw)
    assert refused.value.told("ru").startswith(russian)
