"""A company's colour on the page of ours: readable on light and dark ground, whatever colour it is."""

from __future__ import annotations

from functools import cache

from aiohttp import web

_LIGHT, _DARK = "#f4f6f8", "#12171b"  # the grounds of help.css
_LEAST = 4.5  # contrast of text, WCAG 2.1 AA
_STEPS = 40


def contrast(one: str, other: str) -> float:
    """1 to 21, by WCAG's formula."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@cache
def readable(colour: str, ground: str) -> str:
    """The colour itself, or the nearest shade of it that can be read as text on this ground."""
    towards = 0 if _luminance(ground) > 0.5 else 255
    parts = _parts(colour)
    for step in range(_STEPS + 1):
        shade = _write([round(part + (towards - part) * step / _STEPS) for part in parts])
        if contrast(shade, ground) >= _LEAST:
            return shade
    raise AssertionError("black or white can always be read")


def sheet(colour: str) -> str:
    """What help.css takes its accent from."""
    light, dark = readable(colour, _LIGHT), readable(colour, _DARK)
    return (
        f":root {{ --accent: light-dark({light}, {dark}); --button: light-dark({light}, {dark}); "
        f"--on-button: light-dark({_ink(light)}, {_ink(dark)}); }}\n"
    )


async def serve_colour(request: web.Request) -> web.Response:
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    text = sheet(f"#{request.match_info['colour']}")
    return web.Response(text=text, content_type="text/css", charset="utf-8", headers=headers)


def _ink(colour: str) -> str:
    return max("#ffffff", "#111111", key=lambda ink: contrast(ink, colour))


def _luminance(colour: str) -> float:
    red, green, blue = (
        one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4
        for one in (part / 255 for part in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _write(parts: list[int]) -> str:
    return "#" + "".join(f"{part:02x}" for part in parts)
