"""A score written in words or figures instead of pressing a button."""

from __future__ import annotations

import re

_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "ноль нуль нолик zero", "один одна единица единичка кол one", "два двойка двойку two",
            "три тройка тройку three", "четыре четверка четверку four", "пять пятерка пятерку пятерочка five",
            "шесть шестерка шестерку six", "семь семерка семерку seven", "восемь восьмерка восьмерку eight",
            "девять девятка девятку nine", "десять десятка десятку ten",
        )
    )
    for word in words.split()
}  # fmt: skip
_FILLING = re.compile(
    r"^(?:на|ставлю|оценка|оценю|поставлю|думаю|пусть будет|моя оценка|i(?:'d| would)? (?:say|give(?: you)?)|a)\s+"
)
_OF = re.compile(r"\s*(?:/|из|of|out of)\s*(?:10|7|5|десяти|семи|пяти|ten|seven|five)$")
_POINTS = re.compile(r"\s*(?:балл(?:а|ов)?|points?|звезд(?:а|ы)?|stars?)$")


def read_score(text: str) -> int | None:
    """The score meant, 0 to 10, or None: "9", "9 из 10", "на десять", "пятёрка!"; a sentence is none."""
    plain = re.sub(r"[!.…,)(*⭐👍 ]+", " ", text.lower().replace("ё", "е")).strip()
    for noise in (_POINTS, _OF):
        plain = noise.sub("", plain)
    plain = _FILLING.sub("", plain).strip()
    if plain.isdecimal() and len(plain) <= 2:
        number = int(plain)
        return number if number <= 10 else None
    return _WORDS.get(plain)
