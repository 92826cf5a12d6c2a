r"""Lists and formula-like texts in the single cells of a table.

Phrasings stand in one cell, separated by `|`. Inside a phrasing `\|` is a bar and `\\` a backslash; a backslash before
anything else is itself. In CSV a text that a spreadsheet would take for a formula (it begins with = + - @, maybe after
apostrophes) gets one apostrophe more in front, and loses it when read.
"""

import re

_FORMULA_LIKE = re.compile(r"'*[=+\-@]")
_GUARDED = re.compile(r"'+[=+\-@]")


def join_phrasings(phrasings: tuple[str, ...]) -> str:
    """The one text of a cell for all phrasings."""
    return "|".join(text.replace("\\", "\\\\").replace("|", "\\|") for text in phrasings)


def split_phrasings(cell: str) -> tuple[str, ...]:
    """The phrasings of a cell; empty ones are dropped."""
    found: list[str] = []
    piece: list[str] = []
    at = 0
    while at < len(cell):
        if cell[at] == "\\" and cell[at + 1 : at + 2] in ("\\", "|"):
            at += 1
            piece.append(cell[at])
        elif cell[at] == "|":
            found.append("".join(piece))
            piece = []
        else:
            piece.append(cell[at])
        at += 1
    return tuple(text for text in (*found, "".join(piece)) if text.strip())


def guard(cell: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _FORMULA_LIKE.match(cell) else cell


def unguard(cell: str) -> str:
    """The text of a guarded cell; other cells as they are."""
    return cell[1:] if _GUARDED.match(cell) else cell
