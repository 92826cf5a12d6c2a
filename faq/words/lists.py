"""Reads the word lists that stand beside this module."""

from pathlib import Path


def read_list(name: str) -> dict[str, list[str]]:
    """Section -> its lines, in order; "[section]" begins one, "#" a comment."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in Path(__file__).with_name(name).read_text("utf-8").splitlines():
        if line.startswith("["):
            lines = sections.setdefault(line.strip("[]"), [])
        elif line.strip() and not line.startswith("#"):
            lines.append(line.strip())
    return sections
