"""Takes comments and idle spaces out of our own scripts and styles, line by line; names and statements stay.

It knows only what our files contain: comments on lines of their own, no text that goes on over lines. What it cannot be
sure of it leaves alone, and a test holds every file against this.
"""

from __future__ import annotations

import re

_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AROUND = re.compile(r"\s*([{};,>])\s*")
_AFTER_NAME = re.compile(r"([{;][a-z-]+):\s+")
_ZERO = re.compile(r"(?<![\w.#-])0(?=\.\d)")
_TEXT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`)""")
_IDLE = re.compile(r" ?([=*(){}\[\],;:?<>&|!]+) ?")  # not the signs: one beside another is something else
_TRAILING = re.compile(r" // [^'\"`/]*$")


def slim_script(text: str) -> str:
    """An ES module or a classic script; a line is joined to the next only where its last sign says that it may be."""
    kept, is_comment = [], False
    for line in map(str.strip, text.splitlines()):
        if is_comment or line.startswith("/*"):
            is_comment = not line.endswith("*/")
        elif line and not line.startswith("//"):
            kept.append(_squeezed(_TRAILING.sub("", line)))
    return "".join(line if line[-1] in ";,{" and "//" not in line else f"{line}\n" for line in kept)


def _squeezed(line: str) -> str:
    """No spaces beside brackets and the like; a line with a slash outside its texts may have a pattern and stays."""
    pieces = _TEXT.split(line)  # every second one is a text
    if line.count("`") > 2 or any(mark in piece for piece in pieces[::2] for mark in "/\"'`\\"):
        return line
    return "".join(piece if place % 2 else _IDLE.sub(r"\1", piece) for place, piece in enumerate(pieces)).strip()


def slim_style(text: str) -> str:
    """A style sheet; spaces that mean something (in selectors, sums and lists) stay."""
    text = _AROUND.sub(r"\1", " ".join(_STYLE_COMMENT.sub(" ", text).split()))
    return _ZERO.sub("", _AFTER_NAME.sub(r"\1:", text)).replace(";}", "}") + "\n"
