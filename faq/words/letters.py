"""Which reading of the keys is a language: Russian, English, a wrong layout or transliteration."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from faq.words.keyboard import from_translit, to_cyrillic_layout, to_latin_layout

_WORD = re.compile(r"[a-z]+|[а-я]+")
_LATIN = re.compile(r"[a-z]")
_CYRILLIC = re.compile(r"[а-я]")
_KEYS = re.compile(r"[a-z;',.\[\]`]+")
# In nats a letter: how much better a changed reading must be than the words as they were typed.
_LAYOUT_MARGIN = 0.55
_TO_LATIN_MARGIN = 1.0
_TRANSLIT_MARGIN = 0.25
_SHARE_OF_LATIN = 0.6


class _Table(NamedTuple):
    place: dict[str, int]
    rows: dict[str, list[int]]


@lru_cache(maxsize=1)
def _tables() -> dict[str, _Table]:
    raw = json.loads(Path(__file__).with_name("letters.json").read_text("utf-8"))
    return {language: _Table({letter: at for at, letter in enumerate(rows)}, rows) for language, rows in raw.items()}


@lru_cache(maxsize=20_000)
def _word_likelihood(word: str) -> float:
    table = _tables()["en" if word[0] <= "z" else "ru"]
    place, rows = table.place, table.rows
    total, previous = 0, " "
    for letter in word:
        total += rows[previous][place[letter]]
        previous = letter
    return (total + rows[previous][0]) / 100


def likelihood(text: str) -> float:
    """Mean log-likelihood of a letter (nats, below 0) of Russian and English words; -9 where there are none."""
    words = _WORD.findall(text)
    letters = sum(map(len, words)) + len(words)
    return sum(map(_word_likelihood, words)) / letters if letters else -9.0


def readings(text: str) -> tuple[str, ...]:
    """Plausible readings of a lower-case text, most likely first; always one at least."""
    latin = len(_LATIN.findall(text))
    cyrillic = len(_CYRILLIC.findall(text))
    if latin + cyrillic < 3:
        return (text,)
    if latin >= _SHARE_OF_LATIN * (latin + cyrillic):
        layout = _KEYS.sub(lambda keys: to_cyrillic_layout(keys.group()), text).replace("ё", "е")
        translit = from_translit(text)
        changed = [
            (likelihood(layout) - _LAYOUT_MARGIN, layout),
            (likelihood(translit) - _TRANSLIT_MARGIN, translit),
        ]
    elif cyrillic >= _SHARE_OF_LATIN * (latin + cyrillic):
        layout = to_latin_layout(text)
        changed = [(likelihood(layout) - _TO_LATIN_MARGIN, layout)]
    else:
        return (text,)
    ranked = sorted([(likelihood(text), text), *changed], key=lambda pair: -pair[0])
    best = ranked[0][0]
    return tuple(dict.fromkeys(reading for score, reading in ranked if score > best - 1.0))
