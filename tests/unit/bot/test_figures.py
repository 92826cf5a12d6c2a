"""Numbers on pages are written as the reader's language writes them; spreadsheets have them plain."""

from __future__ import annotations

from bot.console.look.charts import Series
from bot.console.look.figures import figures_of
from bot.console.pages.reports.blocks import bars, donut, to_csv


def test_russian_has_a_comma_and_a_space_that_does_not_break() -> None:
    of = figures_of("ru")
    assert [of.number(value) for value in (75.25, 4.0, -3.5, 1234.6, 0)] == ["75,2", "4", "−3,5", "1\u00a0235", "0"]
    assert [of.percent(value) for value in (75.2, 98.0, 100)] == ["75,2\u00a0%", "98\u00a0%", "100\u00a0%"]
    assert (of.share(0.934), of.signed(1.25), of.signed(-0.5)) == ("93\u00a0%", "+1,2", "−0,5")


def test_sizes_of_files_have_their_units_in_both_languages() -> None:
    assert [figures_of("ru").size(count) for count in (10, 1_572_864)] == ["1\u00a0кБ", "1,5\u00a0МБ"]
    assert [figures_of("en").size(count) for count in (2048, 1_572_864)] == ["2\u00a0kB", "1.5\u00a0MB"]


def test_english_has_a_point() -> None:
    of = figures_of("en")
    assert [of.number(value) for value in (75.25, 4.0, 1234.6)] == ["75.2", "4", "1,235"]
    assert (of.percent(75.2), of.share(0.934), of.signed(-0.5)) == ("75.2%", "93%", "−0.5")


def test_charts_speak_as_the_page_and_files_stay_plain() -> None:
    chart = bars("CSI", "день", ["1.12"], [Series("оценка", [4.5])])
    assert "1.12 · оценка: 4,5" in chart.drawn(figures_of("ru"))
    assert "1.12 · оценка: 4.5" in chart.drawn(figures_of("en"))
    assert "1.12;4.5" in to_csv([chart.table]).decode()
    assert "Telegram: 1\u00a0500 (75\u00a0%)" in donut("x", ["a", "b"], [("Telegram", 1500), ("VK", 500)]).drawn(
        figures_of("ru")
    )
