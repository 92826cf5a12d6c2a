"""Customers' words on a page: escaped, line breaks kept, addresses made into links."""

from __future__ import annotations

import re
import zlib

from markupsafe import Markup, escape

_ADDRESS = re.compile(r"https?://[^\s<>\"'«»]{3,2000}", re.IGNORECASE)
_TAIL = ".,;:!?)]}"
_TINTS = 8


def link_up(text: str) -> Markup:
    """Links open elsewhere and tell nobody where from."""
    parts: list[Markup] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        address = found.group().rstrip(_TAIL)
        parts.append(escape(text[end : found.start()]))
        parts.append(Markup('<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>').format(address))
        end = found.start() + len(address)
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def initials(name: str) -> str:
    words = [word for word in re.split(r"[\s_.-]+", name) if word]
    letters = [next((letter for letter in word if letter.isalnum()), "") for word in words]
    return "".join(letter for letter in letters if letter)[:2].upper() or "?"


def tint(name: str) -> int:
    """A colour number that stays with a name."""
    return zlib.crc32(name.encode()) % _TINTS
