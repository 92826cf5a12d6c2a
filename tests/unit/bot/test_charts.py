"""Charts: drawn to scale, escaped, and readable without seeing them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from bot.console.look.charts import Series, bar_chart, donut_chart, line_chart, plain

SPACE = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def titles(svg: str) -> list[str]:
    return [
        title.text or ""
        for shape in drawn(svg)
        for title in shape.iter(f"{SPACE}title")
        if shape.tag != f"{SPACE}title"
    ]


def test_line_has_a_point_for_each_value_and_gaps_stay_gaps() -> None:
    svg = line_chart("CSI", ["Mo", "Tu", "We", "Th"], [Series("score", [4.0, None, 5.0, 4.5])])
    assert titles(svg) == ["Mo · score: 4", "We · score: 5", "Th · score: 4.5"]
    lines = [one.get("points", "").count(",") for one in drawn(svg).iter(f"{SPACE}polyline")]
    assert lines == [1, 2]
    assert drawn(svg).get("aria-label") == "CSI"


def test_higher_values_stand_higher() -> None:
    svg = line_chart("x", ["a", "b"], [Series("s", [10.0, 20.0])])
    first, second = (float(one.get("cy", "0")) for one in drawn(svg).iter(f"{SPACE}circle"))
    assert first > second


def test_negative_values_have_their_place() -> None:
    svg = line_chart("NPS", ["a", "b"], [Series("s", [-40.0, 60.0])])
    ticks = [one.text for one in drawn(svg).iter(f"{SPACE}text")]
    assert "-50" in ticks
    assert "0" in ticks


def test_bars_stack() -> None:
    svg = bar_chart("load", ["9", "10"], [Series("bot", [3, 0]), Series("people", [1, 2])])
    assert titles(svg) == ["9 · bot: 3", "9 · people: 1", "10 · people: 2"]
    first, second, _ = drawn(svg).iter(f"{SPACE}rect")
    assert float(second.get("y", "0")) + float(second.get("height", "0")) == pytest.approx(
        float(first.get("y", "0")), abs=0.2
    )
    assert float(first.get("height", "0")) == pytest.approx(3 * float(second.get("height", "0")), abs=0.3)


@pytest.mark.parametrize(("most", "ticks"), [(1, ["0", "1"]), (3, ["0", "1", "2", "3"]), (10, ["0", "5", "10"])])
def test_what_is_counted_has_whole_ticks(most: int, ticks: list[str]) -> None:
    for draw in (bar_chart, line_chart):
        svg = draw("closed", ["Anna"], [Series("closed", [most])])
        assert [one.text for one in drawn(svg).iter(f"{SPACE}text") if one.get("class") == "chart-tick"] == ticks


def test_a_mean_has_halves_even_where_it_is_whole_by_chance() -> None:
    svg = line_chart("score", ["Mo"], [Series("score", [2.0])])
    assert "0.5" in [one.text for one in drawn(svg).iter(f"{SPACE}text")]


def test_donut_tells_shares() -> None:
    svg = donut_chart("channels", [("Telegram", 3), ("VK", 1), ("none", 0)])
    assert titles(svg) == ["Telegram: 3 (75 %)", "VK: 1 (25 %)"]


def test_whole_donut_is_drawn() -> None:
    svg = donut_chart("channels", [("Telegram", 2), ("VK", 0)])
    (begin, end) = re.findall(r'd="M ([\d.]+ [\d.]+) A .* ([\d.]+ [\d.]+)"', svg)[0]
    assert begin != end  # an arc that ends where it begins is not drawn at all


@pytest.mark.parametrize("names", [[], ["a"], [str(number) for number in range(400)]])
def test_any_number_of_names(names: list[str]) -> None:
    values: list[float | None] = [1.0] * len(names)
    for svg in (line_chart("x", names, [Series("s", values)]), bar_chart("x", names, [Series("s", values)])):
        assert drawn(svg).tag == f"{SPACE}svg"
    assert drawn(donut_chart("x", [])).tag == f"{SPACE}svg"


def test_nothing_from_outside_gets_through() -> None:
    evil = '"><script>alert(1)</script>'
    for svg in (line_chart(evil, [evil], [Series(evil, [1])]), bar_chart(evil, [evil], [Series(evil, [1])]),
                donut_chart(evil, [(evil, 1)])):  # fmt: skip
        assert "<script" not in svg
        assert "style=" not in svg
        drawn(svg)


def test_numbers_as_people_read_them() -> None:
    assert [plain(value) for value in (0, 3.0, 3.46, 1200, 99.94)] == ["0", "3", "3.5", "1\u202f200", "99.9"]
