"""Reads the word lists that stand beside this module."""

from pathlib import Path

import yaml


def read_list(name: str) -> dict[str, list[str]]:
    """Section -> its lines, in order."""
    raw = Path(__file__).with_name(name).read_text("utf-8")
    sections: dict[str, list[str]] = yaml.safe_load(raw)
    return sections
