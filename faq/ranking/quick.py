"""Known wordings at sight: the same words in any order, misspelt by a letter, cost no search.

Customers ask the same few things in nearly the same words; those need not be weighed against the whole FAQ.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA

from faq.normalize import stem
from faq.words.spoken import spelling_of

_SHORTEST = 5  # letters of a word that may be misspelt
_LONG = 9  # letters from which on two errors are forgiven
_END = 2  # letters
_FEWEST = 2  # words; a single one says too little to be sure
_NOBODY = (-1, -1)

Key = tuple[str, ...]


class Quick:
    """Wordings by the stems of their words; what two entries share is nobody's. Immutable after `seal`."""

    def __init__(self) -> None:
        self._by_key: dict[Key, tuple[int, int]] = {}
        self._words: set[str] = set()
        self._by_end: dict[str, list[str]] = {}
        self._spell = lru_cache(maxsize=4_096)(self._spelt)

    def add(self, entry: int, wording: int, normal: str, own: Sequence[str]) -> None:
        """Keeps a wording of an entry, by numbers: its normal form and the stems of it."""
        self._words.update(normal.split())
        key = tuple(sorted(own))
        if self._by_key.setdefault(key, (entry, wording))[0] != entry:
            self._by_key[key] = _NOBODY

    def seal(self) -> None:
        """Nothing may be added afterwards."""
        for word in sorted(self._words):
            if len(word) >= _SHORTEST:
                for end in _ends(word):
                    self._by_end.setdefault(end, []).append(word)

    def find(self, normal: str) -> tuple[int, int] | None:
        """Entry and wording that have these very words, or None."""
        words = normal.split()
        if len(words) < _FEWEST:
            return None
        spelt = []
        for word in words:
            meant = word if word in self._words else spelling_of(word)
            known = meant if meant in self._words else self._spell(meant)
            if not known:
                return None
            spelt.append(stem(known))
        found = self._by_key.get(tuple(sorted(spelt)), _NOBODY)
        return None if found is _NOBODY else found

    def _spelt(self, word: str) -> str:
        """The known word meant by a misspelt one; "" where none or several are as near."""
        if len(word) < _SHORTEST:
            return ""
        allowed = 2 if len(word) >= _LONG else 1
        # One error leaves the first two letters as they are or the last two; of two errors, nearly all do. Only words
        # with the same are looked at: all of a great FAQ would cost more than the rest of a search.
        alike = (self._by_end.get(end, ()) for end in _ends(word))
        near = [other for other in sorted({*chain(*alike)}) if abs(len(other) - len(word)) <= allowed]
        found = process.extract(word, near, scorer=OSA.distance, score_cutoff=allowed, limit=2)
        if not found or (len(found) > 1 and found[0][1] == found[1][1] and stem(found[0][0]) != stem(found[1][0])):
            return ""
        return str(found[0][0])


def _ends(word: str) -> tuple[str, str]:
    return f"{word[:_END]} ", f" {word[-_END:]}"
