"""The week's picture: read back pixel by pixel."""

from __future__ import annotations

import struct
import zlib

from surveys.picture import HEIGHT, WIDTH, Week, draw, draw_week, write_week

DAYS = [f"{day:02}.03" for day in range(3, 10)]
TEAL, GREY, VIOLET = (15, 118, 110), (195, 204, 214), (109, 40, 217)


def pixels(png: bytes) -> list[list[tuple[int, ...]]]:
    """Rows of colours, as any reader of PNG sees them."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    parts, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + data)
        parts[kind] = data
        at += 12 + length
    assert struct.unpack(">IIBB", parts[b"IHDR"][:10]) == (WIDTH, HEIGHT, 8, 3)
    colours = [tuple(parts[b"PLTE"][start : start + 3]) for start in range(0, len(parts[b"PLTE"]), 3)]
    raw = zlib.decompress(parts[b"IDAT"])
    return [[colours[one] for one in raw[y * (WIDTH + 1) + 1 : (y + 1) * (WIDTH + 1)]] for y in range(HEIGHT)]


def heights(rows: list[list[tuple[int, ...]]], colour: tuple[int, ...]) -> list[int]:
    """Of the bars of a colour, from left to right."""
    counts = [sum(row[x] == colour for row in rows) for x in range(WIDTH)]
    found = [max(counts[x : x + 3]) for x in range(WIDTH) if counts[x] and not counts[x - 1]]
    return found


def test_bars_are_as_high_as_their_figures() -> None:
    rows = pixels(draw_week(Week(DAYS, [10, 5, 0, 20, 1, 2, 4], [20, 0, 0, 10, 0, 0, 0])))
    assert heights(rows, TEAL) == [162, 81, 324, 16, 32, 65]
    assert heights(rows, GREY) == [324, 162]
    assert heights(rows, VIOLET) == []


def test_weeks_without_enough_answers_stay_empty() -> None:
    weeks = [f"{day:02}.02" for day in range(1, 9)]
    rows = pixels(draw_week(Week(DAYS, [1] * 7, [1] * 7, weeks, [50, None, 100, None, None, 25, None, 75])))
    assert heights(rows, VIOLET) == [162, 324, 81, 243]


def test_a_week_without_anything_and_a_handle_drawn_again() -> None:
    empty = Week(DAYS, [0] * 7, [0] * 7)
    assert draw(write_week(empty)) == draw_week(empty)
    busy = Week(DAYS, [123456] * 7, [1] * 7, DAYS, [100] * 7)
    assert draw(write_week(busy)) == draw_week(busy)
    assert len(draw_week(busy)) < 10_000  # bytes
