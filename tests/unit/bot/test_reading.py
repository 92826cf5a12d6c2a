"""YAML that admins write: what it means, and the line on which its fault stands."""

from __future__ import annotations

import pytest

from bot.settings.reading import read_rules, read_yaml
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


def test_times_and_dates_stay_words() -> None:
    assert read_yaml("{a: 09:30, b: 2026-05-01, c: 017, d: 17}") == {
        "a": "09:30",
        "b": "2026-05-01",
        "c": "017",
        "d": 17,
    }
