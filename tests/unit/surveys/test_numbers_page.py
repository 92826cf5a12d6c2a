"""The page for leads, "What the numbers mean": its examples, reckoned by the program."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest

from bot.settings.surveys import RETURN_WINDOW, SERVICE_LEVEL_WITHIN
from surveys.figures import confidence
from surveys.figures import measures as m
from surveys.figures.measures import Figure
from surveys.figures.tally import Answers, Newcomers, Scores, Tally
from tests.test_house import ROOT

PAGES = {"en": ROOT / "docs/howto/numbers.md", "ru": ROOT / "docs/howto/numbers.ru.md"}


def given(*scores: int) -> Scores:
    return Scores(
        invitations=len(scores), responses=len(scores), total=sum(scores), squares=sum(one * one for one in scores),
        satisfied=sum(4 <= one <= 5 for one in scores), promoters=sum(one >= 9 for one in scores),
        detractors=sum(one <= 6 for one in scores),
    )  # fmt: skip


def seconds(*values: int) -> int:
    return 1000 * sum(values)


# row of the page in each language -> the figure of its example, and how the page writes it
EXAMPLES: dict[tuple[str, str], tuple[Figure, str]] = {
    ("CSI", "CSI"): (m.csi(given(5, 4, 5, 2)), "80 %"),
    ("CSAT", "CSAT"): (m.csat(given(5, 4, 3, 1)), "50 %"),
    ("NPS", "NPS"): (m.nps(given(10, 9, 8, 7, 3)), "= 20"),
    ("CES", "CES"): (m.ces(given(7, 6, 2)), ": 5"),
    ("ACSI", "ACSI"): (m.acsi(Scores(invitations=1, responses=1, total=24, squares=576)), "77.8"),
    ("Response rate", "Доля ответивших"): (m.response_rate(Scores(invitations=120, responses=30)), "25 %"),
    ("SLA", "SLA"): (m.sla_first_response(Tally(first_decided=10, first_within=8)), "80 %"),
    ("ASA", "ASA"): (m.average_speed_of_answer(Tally(taken=3, waiting_ms=seconds(20, 40, 90))), "50 s"),
    ("Service level", "Уровень сервиса"): (m.service_level(Tally(handed=100, undecided=2, quick=70)), "71.4 %"),
    ("Handling time", "Обработка"): (m.mean_handling(Tally(handled=2, handling_ms=seconds(300, 900))), "600 s"),
    ("Resolution time", "Время решения"): (
        m.mean_resolution(Tally(closed=2, resolution_ms=seconds(7200, 14_400))),
        ": 3 h",
    ),
    ("Abandonment", "Не дождались"): (m.abandonment(Tally(handed=100, abandoned=5)), "5 %"),
    ("FCR", "FCR"): (m.first_contact_resolution(Tally(closed=100, settled=88)), "88 %"),
    ("Containment", "Доля без оператора"): (m.containment(Tally(closed=100, contained=60)), "60 %"),
    ("FAQ helped", "Помогло"): (m.helped(Answers(helped=45, refused=15)), "75 %"),
    ("Referral", "По рекомендации"): (m.referral(Newcomers(met=40, recommended=8)), "20 %"),
}
UNITS: dict[str, Callable[[str], str]] = {
    "en": str,
    "ru": lambda text: text.replace(".", ",").replace(" s", " с").replace(" h", " ч"),
}


def rows(language: str) -> dict[str, Sequence[str]]:
    lines = re.findall(r"^\| \*\*(.+?)\*\* \|(.+)\|$", PAGES[language].read_text("utf-8"), re.M)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in lines}


@pytest.mark.parametrize("language", PAGES)
@pytest.mark.parametrize("names", EXAMPLES, ids=lambda names: names[0])
def test_example_is_what_the_program_reckons(names: tuple[str, str], language: str) -> None:
    figure, written = EXAMPLES[names]
    assert figure.value is not None
    number = float(re.findall(r"[\d.]+", written)[0])
    assert number == round(figure.value / (3600 if written.endswith("h") else 1), 1)
    example = rows(language)[names[list(PAGES).index(language)]][2]
    assert UNITS[language](written) in example


@pytest.mark.parametrize("language", PAGES)
def test_every_figure_says_what_to_do(language: str) -> None:
    for name, cells in rows(language).items():
        assert len(cells) == 4, name
        assert len(cells[3]) > 15, f"{name} does not say what to do when it drops"


@pytest.mark.parametrize("language", PAGES)
def test_numbers_in_the_prose_are_those_of_the_program(language: str) -> None:
    text = PAGES[language].read_text("utf-8")
    low, high = confidence.wilson(80, 100) or (0, 0)
    assert f"{confidence.ENOUGH}" == "10"
    assert {"en": f"{low:.0f} to {high:.0f}", "ru": f"от {low:.0f} до {high:.0f}"}[language] in text
    assert {"en": "Below ten answers", "ru": "Меньше десяти ответов"}[language] in text
    assert f"{SERVICE_LEVEL_WITHIN.default.total_seconds():.0f} {'s' if language == 'en' else 'с'}" in text
    assert f"{RETURN_WINDOW.default.days} {'days' if language == 'en' else 'дней'}" in text
