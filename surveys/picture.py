"""The week as a picture: days against the week before, and the satisfaction of the last weeks; drawn without a library.

Letters would need a font, so there are digits only, and the message under the picture says what the colours mean.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

WIDTH, HEIGHT = 960, 440  # pixels
# palette: paper, lines, writing, this week, the week before, satisfaction
_COLOURS = ((255, 255, 255), (223, 228, 234), (60, 72, 84), (15, 118, 110), (195, 204, 214), (109, 40, 217))
_PAPER, _LINE, _INK, _NOW, _BEFORE, _SCORE = range(6)
_TOP, _BOTTOM = 56, 380  # between them stand the bars
_GLYPHS = {
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00110 01000 10000 11111",
    "3": "01110 10001 00001 00110 00001 10001 01110",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
    ".": "00000 00000 00000 00000 00000 00110 00110",
}


@dataclass(frozen=True, slots=True)
class Week:
    """What is drawn: conversations opened on each day and on the same day a week before, under the days' names; then
    the CSI in per cent of some weeks, None where too few answered, under the names of their Mondays."""

    days: Sequence[str]
    opened: Sequence[int]
    before: Sequence[int]
    weeks: Sequence[str] = ()
    csi: Sequence[int | None] = ()


def write_week(week: Week) -> str:
    """The handle by which a picture is drawn later: the figures themselves."""
    return json.dumps(asdict(week), separators=(",", ":"))


def draw(handle: str) -> bytes:
    """A PNG of what `write_week` wrote; the same handle is always the same picture."""
    return draw_week(Week(**json.loads(handle)))


def draw_week(week: Week) -> bytes:
    page = _Page()
    has_scores = any(one is not None for one in week.csi)
    split = 560 if has_scores else WIDTH - 20
    most = max([1, *week.opened, *week.before])
    page.frame(20, split)
    step = (split - 20) // len(week.days)
    for at, name in enumerate(week.days):
        left = 20 + at * step
        page.bar(left + step // 8, step // 3, week.before[at] / most, _BEFORE)
        page.bar(left + step // 2, step // 3, week.opened[at] / most, _NOW, str(week.opened[at]))
        page.write(left + step // 2, _BOTTOM + 14, name, 2)
    if has_scores:
        page.frame(split + 30, WIDTH - 20)
        step = (WIDTH - 50 - split) // len(week.weeks)
        for at, name in enumerate(week.weeks):
            left, score = split + 30 + at * step, week.csi[at]
            if score is not None:
                page.bar(left + step // 6, 2 * step // 3, score / 100, _SCORE, str(score))
            if (len(week.weeks) - at) % 2:  # every second one, the last among them, so that they do not touch
                page.write(left + step // 2, _BOTTOM + 14, name, 2)
    return page.png()


class _Page:
    """Rows of palette numbers."""

    def __init__(self) -> None:
        self._rows = [bytearray(WIDTH) for _ in range(HEIGHT)]

    def fill(self, left: int, top: int, width: int, height: int, colour: int) -> None:
        for row in self._rows[top : top + height]:
            row[left : left + width] = bytes([colour]) * width

    def frame(self, left: int, right: int) -> None:
        """Four lines to measure the bars by, and the ground they stand on."""
        for part in range(5):
            y = _BOTTOM - (_BOTTOM - _TOP) * part // 4
            self.fill(left, y, right - left, 1 if part else 2, _LINE if part else _INK)

    def bar(self, left: int, width: int, share: float, colour: int, label: str = "") -> None:
        height = round((_BOTTOM - _TOP) * share)
        self.fill(left, _BOTTOM - height, width, height, colour)
        self.write(left + width // 2, _BOTTOM - height - 24, label, 2)

    def write(self, middle: int, top: int, text: str, size: int) -> None:
        """Centred on `middle`; a character is 6 wide and 7 high, times `size`."""
        left = middle - 3 * size * len(text)
        for place, char in enumerate(text):
            for y, row in enumerate(_GLYPHS[char].split()):
                for x, dot in enumerate(row):
                    if dot == "1":
                        self.fill(left + (6 * place + x) * size, top + y * size, size, size, _INK)

    def png(self) -> bytes:
        head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
        palette = b"".join(bytes(colour) for colour in _COLOURS)
        pixels = zlib.compress(b"".join(b"\0" + row for row in self._rows), 9)
        parts = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", pixels), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
