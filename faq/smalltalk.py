"""What is no question: greetings, thanks, farewells, "ок", emoji, apologies, in Russian and English."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz, process

from faq.normalize import MAX_LENGTH, all_readings
from faq.words.lists import read_list
from faq.words.mashing import is_mashing


class Kind(StrEnum):
    """What kind of small talk; each is answered in its own way."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    ACK = "ack"
    APOLOGY = "apology"
    PRAISE = "praise"
    WHO_ARE_YOU = "who_are_you"
    EMOJI = "emoji"
    GIBBERISH = "gibberish"


_LISTS = read_list("smalltalk.yaml")
_KINDS = {phrase: Kind(name) for name, phrases in _LISTS.items() if name != "beside" for phrase in phrases}
_PHRASES = tuple(_KINDS)
_LONGEST = max(len(phrase.split()) for phrase in _PHRASES)
# Words that may stand beside small talk and change nothing about it.
_BESIDE = frozenset(_LISTS["beside"])
_PRECEDENCE = (
    Kind.FAREWELL, Kind.THANKS, Kind.WHO_ARE_YOU, Kind.PRAISE, Kind.APOLOGY, Kind.ACK, Kind.GREETING,
)  # fmt: skip
_COURTESIES = frozenset({Kind.THANKS, Kind.FAREWELL, Kind.ACK, Kind.PRAISE, Kind.EMOJI, Kind.APOLOGY})
_MOST_WORDS = 8
_ALIKE = 86.0
_PLAIN = re.compile(r"[0-9A-Za-zА-Яа-яЁё]")
_REPEATED = re.compile(r"(.)\1+")


def smalltalk(text: str) -> Kind | None:
    """The kind of small talk a whole message is; None when it says something else, or nothing at all."""
    return _smalltalk(text[:MAX_LENGTH])


def is_courtesy(text: str) -> bool:
    """A mere "thank you" or the like: nobody waits for an answer to it."""
    return smalltalk(text) in _COURTESIES


def is_gibberish(text: str) -> bool:
    """Whether keys were struck at random; rare words may look alike, so ask only when nothing else was found."""
    return is_mashing(all_readings(text[:MAX_LENGTH])[0])


@lru_cache(maxsize=512)
def _smalltalk(text: str) -> Kind | None:
    for normal in all_readings(text):
        kind = _spoken(normal) if normal else None
        if kind:
            return kind
    return Kind.EMOJI if _is_emoji(text) else None


def _spoken(normal: str) -> Kind | None:
    words = normal.split()
    if len(words) > _MOST_WORDS:
        return None
    kinds = set()
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            kind = _kind(" ".join(words[at : at + length]))
            if kind:
                kinds.add(kind)
                at += length
                break
        else:
            if words[at] not in _BESIDE:
                return None
            at += 1
    return next((kind for kind in _PRECEDENCE if kind in kinds), None)


@lru_cache(maxsize=2_048)
def _kind(phrase: str) -> Kind | None:
    kind = _KINDS.get(phrase) or _KINDS.get(_REPEATED.sub(r"\1", phrase))
    if kind or len(phrase) < 6:
        return kind
    found = process.extractOne(phrase, _PHRASES, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    # A short phrase is one letter from many others ("покажи" is no "пока").
    return _KINDS[found[0]] if found and len(found[0]) >= 6 else None


def _is_emoji(text: str) -> bool:
    """Symbols or bare signs with no letter or digit, such as 👍, ":)" or "???"."""
    if _PLAIN.search(text):
        return False
    seen = [unicodedata.category(sign) for sign in text]
    return not any(kind[0] in "LN" for kind in seen) and any(kind[0] in "SP" for kind in seen)
