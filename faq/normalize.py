"""Text -> terms: case, ё/е, keyboard layout, transliteration, stems, noise around the question."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from faq.words.letters import readings
from faq.words.noise import strip_noise
from faq.words.spoken import spelling_of
from faq.words.stemmers import Stemmer, open_stemmer

MAX_LENGTH = 2_000
"""Characters of a message that are looked at; what follows is not part of the question."""

_KEPT_KEYS = re.compile(r"[^\w;',.\[\]`]+")
_NOT_WORD = re.compile(r"[^a-zа-я0-9]+")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_LATIN = re.compile(r"[a-z]")
# One turn for each of the three changes, and one to see that nothing moves any more.
_TURNS = 4

_stemmers: dict[str, Stemmer] = {}


def _plain(text: str) -> str:
    """Lower case, ё as е, no accents on letters, no control characters, keys that may be letters kept."""
    folded = unicodedata.normalize("NFKC", text[:MAX_LENGTH]).casefold().replace("ё", "е")
    if not folded.isascii():
        folded = _without_accents(folded)
    return " ".join(_KEPT_KEYS.sub(" ", folded.replace("_", " ")).split())[:MAX_LENGTH]


def _without_accents(text: str) -> str:
    return "".join(map(_without_accent, text))


@lru_cache(maxsize=2_048)
def _without_accent(letter: str) -> str:
    # й is a letter of its own, not an и with an accent.
    if letter == "й":
        return letter
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


def _words_only(text: str) -> str:
    spaced = _NOT_WORD.sub(" ", text.replace("ё", "е")).strip()
    return _LONG_RUN.sub(r"\1\1", spaced)


def all_readings(text: str) -> tuple[str, ...]:
    """Plausible normal forms of a text, most likely first: as typed, the other layout, out of transliteration."""
    return _read(text[:MAX_LENGTH]).forms


class _Read(NamedTuple):
    """All readings, and whether the first one, read again, is known to stay what it is."""

    forms: tuple[str, ...]
    is_settled: bool


@lru_cache(maxsize=512)
def _read(text: str) -> _Read:
    plain = _plain(text)
    as_typed = _words_only(plain)
    found = readings(plain)
    if found != (plain,):
        return _Read(tuple(dict.fromkeys([*filter(None, map(_words_only, found)), as_typed])), False)
    # Of Cyrillic words only, the same letters are weighed again; a run that was cut may weigh differently.
    return _Read((as_typed,), not _LATIN.search(as_typed) and not _LONG_RUN.search(plain))


def as_typed(text: str) -> str:
    """The normal form without any change of layout or script."""
    return _words_only(_plain(text))


def normalize(text: str) -> str:
    """The most likely reading, as lower-case words with single spaces; idempotent; "" where there are no words."""
    return _normalized(text[:MAX_LENGTH])


@lru_cache(maxsize=512)
def _normalized(text: str) -> str:
    read = _read(text)
    if read.is_settled:
        return read.forms[0]
    seen = [read.forms[0]]
    for _ in range(_TURNS):
        following = all_readings(seen[-1])[0]
        if following == seen[-1]:
            return following
        if following in seen:
            break
        seen.append(following)
    # The readings go in a circle: take the one place of the circle that does not depend on where it was entered.
    return min(seen)


def question_of(normal: str) -> str:
    """A normal form without greetings and politeness around the question; unchanged when nothing else is left."""
    return strip_noise(normal) or normal


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its ending; the script decides the language."""
    return _stemmer("english" if word[0] <= "z" else "russian").stemWord(spelling_of(word))


def _stemmer(language: str) -> Stemmer:
    # Made on first use: the stemmers cost memory that other commands need not pay.
    if language not in _stemmers:
        _stemmers[language] = open_stemmer(language)
    return _stemmers[language]


def stems(normal: str) -> tuple[str, ...]:
    """Stems of the words of a normal form, in order."""
    return tuple(map(stem, normal.split()))


def terms(text: str) -> tuple[str, ...]:
    """Stems of the asking part of a text."""
    return stems(question_of(normalize(text)))


def grams(normal: str) -> list[str]:
    """Letter trigrams of each word with its edges marked, repeated as often as they occur: what survives typos and
    endings."""
    return [edged[at : at + 3] for edged in map(" {} ".format, normal.split()) for at in range(len(edged) - 2)]
