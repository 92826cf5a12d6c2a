"""Takes comments and indentation out of our own scripts and styles, line by line; names and statements stay.

It knows only what our files contain: comments on lines of their own, no text that goes on over lines. What it cannot be
sure of it leaves alone, and a test holds every file against this.
"""

from __future__ import annotations

import re

_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AROUND = re.compile(r"\s*([{};,>])\s*")
_AFTER_NAME = re.compile(r"([{;][a-z-]+):\s+")
_TRAILING = re.compile(r" // [^'\"`/]*$")


def slim_script(text: str) -> str:
    """An ES module or a classic script; every line keeps its end, so that none is joined to the next."""
    kept, is_comment = [], False
    for line in map(str.strip, text.splitlines()):
        if is_comment or line.startswith("/*"):
            is_comment = not line.endswith("*/")
        elif line and not line.startswith("//"):
            kept.append(_TRAILING.sub("", line))
    return "\n".join(kept) + "\n"


def slim_style(text: str) -> str:
    """A style sheet; spaces that mean something (in selectors, sums and lists) stay."""
    text = _AROUND.sub(r"\1", " ".join(_STYLE_COMMENT.sub(" ", text).split()))
    return _AFTER_NAME.sub(r"\1:", text).replace(";}", "}") + "\n"
