"""YAML that admins write: what it means, and the line on which its fault stands."""

from __future__ import annotations

import pytest

from bot.settings.catalogue import CATALOGUE
from bot.settings.reading import read_rules, read_setting, read_yaml
from core.errors import InvalidInput

RULE = """\
name: ждёт
when:
  waiting_longer_than: [10m, 30m]
  vip: true
then:
  - tag: долго
  - message: {ru: Простите, en: Sorry}
"""


def told(text: str, language: str = "ru") -> str:
    with pytest.raises(InvalidInput) as refused:
        read_rules(text)
    return refused.value.told(language)


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("name: ждёт", "name: ''", "Строка 1: name: "),
        ("name: ждёт", "#", "Строка 2: name: "),  # it is missing: the rule begins there
        ("[10m, 30m]", "[10m, скоро]", "Строка 3: when.waiting_longer_than: «скоро»"),
        ("vip: true", "vip: так", "Строка 4: when.vip: "),
        ("vip: true", "вип: true", "Строка 4: when: поля «вип» нет"),
        ("  - tag: долго", "  - {tag: а, alert: б}", "Строка 6: then.1: "),
        ("tag: долго", "метка: долго", "Строка 6: then.1: поля «метка» нет"),
        ("ru: Простите", "ru: 'Простите, {кто}'", "Строка 7: then.2.message.ru: подстановки {кто} нет"),
        ("message: {", "message: [", "Строка 7 не читается как YAML: не хватает запятой"),
    ],
)
def test_fault_stands_on_its_line(wrong: str, right: str, fault: str) -> None:
    assert told(RULE.replace(wrong, right)).startswith(fault)


def test_list_of_rules_names_the_faulty_one() -> None:
    listed = "".join(f"- {RULE.strip().replace(chr(10), chr(10) + '  ')}\n" for _ in range(2))
    assert len(read_rules(listed)) == 2
    faulty = listed.replace("vip: true", "vip: 17")
    assert told(faulty).startswith("Строка 4, правило 1: ")
    assert told(listed + "- 5\n", "en").startswith("Line 15, rule 3: ")
    assert told("[]").startswith("Здесь нет ни одного правила")


@pytest.mark.parametrize(
    "text", ["", "17", "!!timestamp x", "!!bool x", "&a [*a]", "a: b\n---\nc: d", "\x07", "[" * 9000]
)
def test_anything_else_is_refused_in_russian(text: str) -> None:
    assert any("а" <= letter <= "я" for letter in told(text))


HOURS = """\
week:
  mon-fri: ['09:00-13:00', 14:00-18:00]
  sat:
    - 10:00-15:00
days: {2026-12-31: 09:00-15:00}
levels:
  2: {holidays: RU}
"""
TARGETS = """\
- first_response: 15m
  resolution: 2d
- priority: urgent
  first_response: 5m
"""


@pytest.mark.parametrize(
    ("key", "text", "change", "russian", "english"),
    [
        ("hours", HOURS, ("14:00-18:00", "14-18"), "2: week.mon-fri: «14-18» — не часы", "2: week.mon-fri: '14-18' is"),
        ("hours", HOURS, ("10:00-15:00", "ten"), "4: week.sat: «ten» — не часы", "4: week.sat: 'ten' is no time"),
        ("hours", HOURS, ("sat", "сб"), "3: week: «сб» — не день недели", "3: week: 'сб' is no day; use mon"),
        ("hours", HOURS, ("12-31", "13-31"), "5: days: «2026-13-31» — не дата", "5: days: '2026-13-31' is no day"),
        ("hours", HOURS, ("2: {", "4: {"), "7: levels.4: линия — это 1, 2 или 3", "7: levels.4: a level is 1, 2 or 3"),
        ("hours", HOURS, ("RU", "XX"), "7: levels.2.holidays: праздники «XX»", "7: levels.2.holidays: the holi"),
        ("hours", HOURS, ("holidays", "fest"), "7: levels.2: поля «fest» нет", "7: levels.2: 'fest' is not known"),
        ("hours", HOURS, ("days: {", "дни: {"), "5: hours: поля «дни» нет", "5: hours: 'дни' is not known"),
        ("hours", HOURS, ("week:", "week"), "2 не читается как YAML: ", "2 is no YAML: "),
        ("targets", TARGETS, ("2d", "скоро"), "2: норматив 1, resolution: «скоро» — не", "2: number 1, resolution: "),
        ("targets", TARGETS, ("urgent", "max"), "3: норматив 2: срочность — одно", "3: number 2: a priority is one"),
        ("targets", TARGETS, ("priority: urgent", "resolution: 1d"), "3: норматив 2: для", "3: number 2: the targets"),
        ("targets", "level: 2\nresolution: 0s", (), "2: норматив 1, resolution: за", "2: number 1, resolution: no"),
        ("targets", "", (), "1: нужен список нормативов", "1: expected a list of targets"),
        ("surveys.limits", "most: 3\nquiet_to: late", (), "2: quiet_to: «late»", "2: quiet_to: 'late' is no time of"),
        ("quality.scorecard", "- {key: a, words: А}\n- key: a\n  words: Б", (), "2: в карте", "2: a scorecard has"),
    ],
)  # fmt: skip
def test_fault_of_a_setting_stands_on_its_line(
    key: str, text: str, change: tuple[str, ...], russian: str, english: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_setting(CATALOGUE[key], text.replace(*change) if change else text)
    assert refused.value.told("ru").startswith(f"Строка {russian}")
    assert str(refused.value).startswith(f"Line {english}")


@pytest.mark.parametrize(("key", "text"), [("hours", HOURS), ("targets", TARGETS)])
def test_setting_that_fits_is_as_it_was_written(key: str, text: str) -> None:
    assert read_setting(CATALOGUE[key], text) == read_yaml(text)


def test_times_and_dates_stay_words() -> None:
    assert read_yaml("{a: 09:30, b: 2026-05-01, c: 017, d: 17}") == {
        "a": "09:30",
        "b": "2026-05-01",
        "c": "017",
        "d": 17,
    }
