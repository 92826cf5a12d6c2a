"""`otklik report` for people: words, units, how sure it is, and no more than there is."""

from __future__ import annotations

from datetime import date

from bot.cli.surveys.table import as_table
from surveys.figures.tally import Answers, Scores, Tally
from surveys.report import Facts, Result, Spread, build_report


def told(facts: Facts, *narrowed: str) -> list[str]:
    return as_table(facts, build_report(facts), "Europe/Moscow", narrowed).splitlines()


def line(lines: list[str], start: str) -> str:
    """Without the spaces that align it."""
    (found,) = [" ".join(one.split()) for one in lines if one.strip().startswith(start)]
    return found


BUSY = Facts(
    date(2025, 1, 1),
    date(2025, 1, 31),
    Tally(opened=12, handed=12, taken=10, waiting_ms=661_000, quick=3, responded=10, response_ms=72_000_000),
    opened={"telegram": 8, "vk": 4},
    results=[
        Result("csi", 2, "csi", Scores(40, 12, 48, 204, 9)),
        Result("nps", 1, "nps", Scores(3, 1, 9, 81, 0, 1, 0)),
    ],
    answers=Answers(answered=7, helped=2, refused=1),
    spread=Spread(248_200, 3_900_000),
)


def test_the_period_and_the_part_come_first() -> None:
    assert told(BUSY, "channel vk", "level 2")[:3] == [
        "2025-01-01 to 2025-01-31, both days counted in (Europe/Moscow)",
        "only channel vk, level 2",
        "",
    ]


def test_figures_are_told_in_words_with_units_and_cases() -> None:
    lines = told(BUSY)
    assert line(lines, "opened") == "opened 12"
    assert line(lines, "CSI, of the best score").startswith("CSI, of the best score 80 % of 12 answers, likely ")
    assert line(lines, "taken by a person after") == "taken by a person after, mean (ASA) 66 s of 10 conversations"
    assert line(lines, "first response, half") == "first response, half came within 4 min of 10 conversations"
    assert line(lines, "first response, mean") == "first response, mean 2 h 0 min of 10 conversations"
    assert line(lines, "taken within 60 s").startswith("taken within 60 s (service level) 25 % of 12 conversations")
    assert not any("_" in one for one in lines)  # no key of the JSON


def test_few_cases_are_called_few() -> None:
    lines = told(BUSY)
    few = "only: too few to go by, 10 are needed"
    assert line(lines, "NPS") == f"NPS, -100 to 100 100 of 1 answer {few}"
    assert line(lines, "answers that helped") == f"answers that helped 66.7 % of 3 presses {few}"


def test_what_has_no_data_is_left_out() -> None:
    text = "\n".join(told(Facts(date(2025, 1, 1), date(2025, 1, 31))))
    assert "opened" in text
    assert not any(word in text for word in ("CSI", "Promised", "Times", "Surveys", "None"))
