"""What the engine of E5 makes of a text before it computes: pieces of words, by the vocabulary in its file."""

import itertools
import re
import struct

from tokenizers import Tokenizer
from tokenizers.models import Unigram

from faq.wheels.taught import BEGINNING, VOCABULARY

_ASKED = "query: "  # what the engine puts before each question
_SPACE = "\u2581"  # stands for a space in the vocabulary


class Tokens:
    """Texts -> numbers of pieces, with the one that begins a text and the one that ends it."""

    def __init__(self, raw: bytes) -> None:
        count, self._first, self._last, _, unknown, letters = VOCABULARY.unpack_from(raw, BEGINNING.size)
        at = BEGINNING.size + VOCABULARY.size
        edges = struct.unpack_from(f"<{count + 1}I", raw, at)
        at += 4 * (count + 1)
        scores = struct.unpack_from(f"<{count}f", raw, at)
        at += 4 * count
        pieces = [raw[at + start : at + end].decode() for start, end in itertools.pairwise(edges)]
        self._pieces = Tokenizer(Unigram(list(zip(pieces, scores, strict=True)), unknown))
        self._normal = _normal_form(raw, at + letters)

    def of(self, text: str, most: int) -> list[int]:
        """Up to `most` numbers."""
        whole = re.sub(" {2,}", " ", (_ASKED + text).translate(self._normal)).replace(" ", _SPACE)
        if not whole.startswith(_SPACE):
            whole = _SPACE + whole
        return [self._first, *self._pieces.encode(whole, add_special_tokens=False).ids[: most - 2], self._last]


def _normal_form(raw: bytes, at: int) -> dict[int, str]:
    """What is written for each letter that has a simpler form."""
    count, _ = struct.unpack_from("<iI", raw, at)
    at += 8
    found: dict[int, str] = {}
    for _ in range(count):
        letter, length = struct.unpack_from("<IB", raw, at)
        found[letter] = "".join(map(chr, struct.unpack_from(f"<{length}I", raw, at + 5)))
        at += 5 + 4 * length
    return found
