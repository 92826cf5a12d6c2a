"""Numbers that do not belong in a chat: bank cards and passports. Found to warn and to hide, never to refuse."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class NumberKind(StrEnum):
    CARD = "card"
    PASSPORT = "passport"


@dataclass(frozen=True, slots=True)
class Found:
    """A number in a text, by its place."""

    kind: NumberKind
    start: int
    end: int


_CARD = re.compile(r"(?<![\d.,+])\d(?:[ \u00a0\u2009-]?\d){12,18}(?![\d])")
# by the issuers' first digits: Visa, MasterCard, Mir, American Express, Maestro, JCB, UnionPay
_ISSUERS = re.compile(r"4|5[0-8]|2(?:2[0-9]|[3-6]|7[01]|720)|3[47]|35(?:2[89]|[3-8])|6")
_LENGTHS = {"3": {15, 16}, "4": {13, 16, 19}, "2": {16, 17, 18, 19}}
_GROUPED = re.compile(r"(?<![\d+])(\d{2} \d{2}|\d{4})(?: ?[№N#]? ?| ?номер:? ?)(\d{6})(?!\d)", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:паспорт\w*|загран\w*|passport|серия)\D{0,40}?"
    r"(\d{2}[ -]?\d{2}[ -]?(?:№|N|#|номер:?)?[ -]?\d{6}|\d{2}[ -]?(?:№|N)? ?\d{7})(?!\d)",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d")
HIDDEN = "•"
_FEWEST = 9  # digits in the shortest of such numbers


def find_numbers(text: str) -> list[Found]:
    """In the order of the text, without overlaps."""
    if len(_DIGITS.findall(text)) < _FEWEST:  # most texts; lists of hundreds of them are looked at
        return []
    cards = [Found(NumberKind.CARD, found.start(), found.end()) for found in _CARD.finditer(text) if _is_card(found[0])]
    named = [Found(NumberKind.PASSPORT, found.start(1), found.end(1)) for found in _NAMED.finditer(text)]
    grouped = [Found(NumberKind.PASSPORT, *found.span()) for found in _grouped(text)]
    kept: list[Found] = []
    for found in (*cards, *named, *grouped):
        if all(found.end <= other.start or other.end <= found.start for other in kept):
            kept.append(found)
    return sorted(kept, key=lambda found: found.start)


def hide_numbers(text: str) -> str:
    """The same text with the digits of such numbers as dots, except the last four of a card; its length stays."""
    hidden = list(text)
    for found in find_numbers(text):
        places = [place for place in range(found.start, found.end) if text[place].isdigit()]
        for place in places[:-4] if found.kind is NumberKind.CARD else places:
            hidden[place] = HIDDEN
    return "".join(hidden)


def put_back(text: str, before: str) -> str:
    """What somebody made of `hide_numbers(before)`, with the numbers of `before` where their dots were left alone.

    Of numbers that look alike when hidden some may have been taken out: which, nobody knows, so that their dots stay.
    """
    hidden, alike = hide_numbers(before), defaultdict[str, list[str]](list)
    for found in find_numbers(before):
        alike[hidden[found.start : found.end]].append(before[found.start : found.end])
    for dots in sorted(alike, key=len, reverse=True):  # a short one may be part of a long one
        if text.count(dots) == len(alike[dots]):
            for number in alike[dots]:
                text = text.replace(dots, number, 1)
    return text


def _grouped(text: str) -> Iterator[re.Match[str]]:
    """Four digits and six, apart: a Russian passport as people write it. Ten in a row may be anything."""
    for found in _GROUPED.finditer(text):
        is_apart = len(found[1]) == 5 or len(found[0]) > 10
        region = int(_digits(found[1])[:2])
        if is_apart and 1 <= region <= 99 and found[2] != "000000":
            yield found


def _is_card(text: str) -> bool:
    digits = _digits(text)
    allowed = _LENGTHS.get(digits[0], set(range(13, 20)))
    if len(digits) not in allowed or not _ISSUERS.match(digits) or len(set(digits)) == 1:
        return False
    return _luhn(digits) and _is_grouped_well(text)


def _is_grouped_well(text: str) -> bool:
    """Groups of single digits, or one long and one short, are no card."""
    groups = re.split(r"\D", text)
    return len(groups) == 1 or all(2 <= len(group) <= 8 for group in groups)


def _luhn(digits: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _digits(text: str) -> str:
    return "".join(_DIGITS.findall(text))
