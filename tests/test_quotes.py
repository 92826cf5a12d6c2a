"""What the how-to pages quote from the program, in both languages: buttons and sentences read there as it says them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.test_house import ROOT

HOWTO = ROOT / "docs" / "howto"
PAGES = [page for page in sorted(HOWTO.glob("*.md")) if page.name != "standards.md"]
CATALOGUES = ("core/locales/{}/LC_MESSAGES/otklik.po", "bot/console/locales/{}/LC_MESSAGES/console.po")
OWN = {  # quoted, and not said by the program: an example of a customer's or an operator's, a figure, a sign
    "доставка",
    "delivery",
    "посыльный не явился",
    "80 %, от 71 до 87",
    "⋯",
}
_EMPHASIS = re.compile(r"(?<![*\w])\*([^*\n|]+(?:\n[^*\n|]+)?)\*(?!\*)")
_MARKS = {"ru": re.compile(r"«([^»]+)»"), "en": re.compile(r"“([^”]+)”")}


def language_of(page: Path) -> str:
    return "ru" if page.name.endswith(".ru.md") else "en"


@cache
def sentences(language: str) -> frozenset[str]:
    found: list[str] = []
    for path in CATALOGUES:
        with (ROOT / path.format(language)).open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    found += message.string if isinstance(message.string, tuple | list) else [message.string]
    return frozenset(map(plain, found))


def plain(words: str) -> str:
    """Without emoji, letters' case and what surrounds the words."""
    without_links = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", words)
    return " ".join(re.sub(r"[^\w\s/{}%«».,:;!?()+-]", " ", without_links).split()).strip(" .:").casefold()


def quotes(page: Path) -> list[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    return [*_EMPHASIS.findall(text), *_MARKS[language_of(page)].findall(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_quoted_words_are_those_of_the_program(page: Path) -> None:
    said = sentences(language_of(page))
    asked = [one for one in quotes(page) if one not in OWN]
    assert [one for one in asked if not any(re.search(rf"\b{re.escape(plain(one))}\b", line) for line in said)] == []


@pytest.mark.parametrize("page", [HOWTO / "operator.md", HOWTO / "operator.ru.md"], ids=lambda page: page.name)
def test_buttons_beside_the_commands_are_those_of_the_topic(page: Path) -> None:
    rows = re.findall(r"^\| `/.+?\| ([^|`]+) \| ", page.read_text("utf-8"), re.M)
    buttons = [button.strip() for row in rows for button in row.split(",")]
    assert len(buttons) >= 8
    assert [one for one in buttons if plain(one) not in sentences(language_of(page))] == []
