"""The week in words."""

from __future__ import annotations

from datetime import date

from core.text import render
from surveys.digest import digest
from surveys.figures.tally import Scores, Tally
from surveys.report import Facts, Result

WEEK, BEFORE = (date(2025, 3, 3), date(2025, 3, 9)), (date(2025, 2, 24), date(2025, 3, 2))


def facts(days: tuple[date, date], total: int, answers: int = 10, opened: int = 20) -> Facts:
    tally = Tally(opened=opened, closed=opened, settled=opened - 2)
    return Facts(*days, tally=tally, results=[Result("csi", 1, "csi", Scores(20, answers, total, total * 5))])


def test_change_worth_a_word_is_told() -> None:
    """CSI 45 of 50 points, 90 %, after 40 of 50, 80 %: ten points up; FCR 90 % as before needs no word."""
    lines = {line.key: line.params for line in digest(facts(WEEK, 45), facts(BEFORE, 40), [("slow", 4)], 2)}
    assert lines["digest.csi"] == {"value": "90", "change": " (+10)"}
    assert lines["digest.fcr"] == {"value": "90", "change": ""}
    assert lines["digest.complaint"]["count"] == 4
    assert "digest.waiting" in lines


def test_figures_are_written_as_people_write_them() -> None:
    lines = {line.key: line for line in digest(facts(WEEK, 40), facts(BEFORE, 45), [], 0)}
    assert render(lines["digest.csi"], "ru") == "Довольны (CSI): 80\u00a0% (−10)"
    assert render(lines["digest.csi"], "en") == "Content (CSI): 80% (−10)"


def test_too_few_cases_are_left_out() -> None:
    lines = [line.key for line in digest(facts(WEEK, 20, answers=4), facts(BEFORE, 40), [], 0)]
    assert "digest.csi" not in lines
    assert "digest.nps" not in lines
    assert lines[:2] == ["digest.title", "digest.count"]


def test_only_the_three_most_frequent_complaints() -> None:
    reasons = [("slow", 9), ("rude", 5), ("other", 2), ("unsolved", 1)]
    lines = [line.params for line in digest(facts(WEEK, 45), facts(BEFORE, 40), reasons, 0) if "complaint" in line.key]
    assert [line["count"] for line in lines] == [9, 5, 2]
