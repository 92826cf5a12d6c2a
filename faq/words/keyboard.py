"""The two keyboard layouts and the ways Russian is spelled in Latin letters."""

import re

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"

_TO_CYRILLIC = str.maketrans(_LATIN_KEYS, _CYRILLIC_KEYS)
_TO_LATIN = str.maketrans(_CYRILLIC_KEYS, _LATIN_KEYS)

# Longest first: "shch" must not be read as "s" + "h" + "ch".
_SPELLINGS = {
    "shch": "щ", "sch": "щ", "zh": "ж", "kh": "х", "ts": "ц", "tz": "ц", "ch": "ч", "sh": "ш", "yo": "е",
    "jo": "е", "yu": "ю", "ju": "ю", "iu": "ю", "ya": "я", "ja": "я", "ia": "ия", "ye": "е",
    "yy": "ый", "iy": "ий", "yi": "ый", "ij": "ий", "ph": "ф", "ck": "к",
    "a": "а", "b": "б", "c": "ц", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "й",
    "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т",
    "u": "у", "v": "в", "w": "в", "x": "х", "y": "ы", "z": "з", "'": "ь", "4": "ч", "6": "ш",
}  # fmt: skip
_SPELLING = re.compile("|".join(sorted(map(re.escape, _SPELLINGS), key=len, reverse=True)))
_LATIN_LETTER = re.compile(r"[a-z]")
_WORD = re.compile(r"[a-z0-9']+")
_VOWELS = "аеиоуыэюя"


def to_cyrillic_layout(text: str) -> str:
    """What the same keys give with the Russian layout on; expects lower case."""
    return text.translate(_TO_CYRILLIC)


def to_latin_layout(text: str) -> str:
    """What the same keys give with the English layout on; expects lower case."""
    return text.translate(_TO_LATIN)


def from_translit(text: str) -> str:
    """Russian written in Latin letters, back in Cyrillic; words without Latin letters stay as they are."""
    return _WORD.sub(_spell, text)


def _spell(found: re.Match[str]) -> str:
    word = found.group()
    if not _LATIN_LETTER.search(word):
        return word
    spelled = _SPELLING.sub(lambda part: _SPELLINGS[part.group()], word)
    # After a vowel "y" and a last "i" are the short i ("kakoy", "moi"); "j" before a vowel is often "zh" ("jivoy").
    spelled = re.sub(rf"(?<=[{_VOWELS}])и$", "й", spelled)
    spelled = re.sub(rf"(?<=[{_VOWELS}])ы", "й", spelled)
    return re.sub(r"й(?=[аеиоуы])", "ж", spelled)
