"""The vocabulary of a sentencepiece model, packed: a dict of it would be six times as large."""

import struct
from array import array
from collections.abc import Iterator
from typing import NamedTuple

_SLOTS = 1 << 19  # twice as many as there are beginnings


class Model(NamedTuple):
    """What is needed of the file: its bytes, where the pieces stand in it, their scores, the most letters one has, and
    the table that brings texts into normal form."""

    raw: bytes
    starts: "array[int]"
    sizes: "array[int]"
    scores: "array[float]"
    longest: int
    charsmap: bytes | None


class Pieces:
    """`get` of the dict that has, for each beginning of a piece, 0, and for each piece its number + 1.

    A hash table of numbers: the letters are looked up in the file's bytes, of the piece that first began so.
    """

    def __init__(self, model: Model) -> None:
        self._raw, self._starts = model.raw, model.starts
        self._slots = array("i", bytes(4 * _SLOTS))  # 0: empty; else a piece, less than 0 where it is but the beginning
        self._sizes = bytearray(_SLOTS)  # letters
        for number, (start, size) in enumerate(zip(model.starts, model.sizes, strict=True), 1):
            piece = model.raw[start : start + size].decode()
            self._put(piece, number)
            for end in range(len(piece) - 1, 0, -1):
                if self._slots[self._place(piece[:end])]:
                    break  # and with it all that are shorter
                self._put(piece[:end], -number)

    def get(self, text: str) -> int | None:
        """None for what no piece begins with."""
        found = self._slots[self._place(text)]
        return max(found, 0) if found else None

    def _put(self, text: str, number: int) -> None:
        at = self._place(text)
        self._slots[at], self._sizes[at] = number, len(text)

    def _place(self, text: str) -> int:
        """The slot that has the text, or the empty one where it would be."""
        slots, sizes, size = self._slots, self._sizes, len(text)
        at = hash(text) % _SLOTS
        while found := slots[at]:
            if sizes[at] == size:
                start, letters = self._starts[abs(found) - 1], text.encode()
                if self._raw.startswith(letters, start):
                    return at
            at = (at + 1) % _SLOTS
        return at


def read_model(raw: bytes) -> Model:
    """The model of a file in the older layout, whose table for texts stands with the words on its training."""
    starts, sizes, scores = array("i"), array("H"), array("f")
    longest, charsmap = 0, None
    for field, start, end in _fields(raw, 0, len(raw)):
        inner = {one: (at, to) for one, at, to in _fields(raw, start, end)} if field in (1, 3) else {}
        if field == 1 and 1 in inner:
            at, to = inner[1]
            starts.append(at)
            sizes.append(to - at)
            scores.append(struct.unpack_from("<f", raw, inner[2][0])[0] if 2 in inner else 0.0)
            longest = max(longest, len(raw[at:to].decode()))
        elif field == 3 and 2 in inner:
            charsmap = raw[slice(*inner[2])]
    return Model(raw, starts, sizes, scores, longest, charsmap)


def _fields(raw: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of the fields of a message of protocol buffers."""
    while at < end:
        tag, at = _number(raw, at)
        start, wire = at, tag & 7
        if wire == 0:
            _, at = _number(raw, at)
        elif wire == 2:
            size, start = _number(raw, at)
            at = start + size
        else:
            at += {1: 8, 5: 4}[wire]
        yield tag >> 3, start, at


def _number(raw: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the least first, and where it ends."""
    found = shift = 0
    while True:
        byte = raw[at]
        at += 1
        found |= (byte & 0x7F) << shift
        if byte < 0x80:
            return found, at
        shift += 7
