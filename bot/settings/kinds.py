"""The kinds of values settings have: how each is read from JSON and written back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.settings.setting import Setting
from handoff.service.spans import read_span, write_span


def span(key: str, default: str, meaning: str, *, least: str = "0s", most: str = "366d") -> Setting[timedelta]:
    """A length of time, written like 90s, 15m, 1h30m or 2d."""
    low, high = read_span(least), read_span(most)

    def read(raw: Any) -> timedelta:
        value = read_span(raw)
        if not low <= value <= high:
            raise ValueError(f"{raw} is outside")
        return value

    form = f"a time from {least} to {most}, like 90s, 15m or 1h30m"
    return Setting(key, read_span(default), read, write_span, form, meaning)


def number(key: str, default: int, meaning: str, *, least: int = 0, most: int = 1_000_000) -> Setting[int]:
    def read(raw: Any) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise ValueError(f"{raw!r} is no whole number")
        if not least <= raw <= most:
            raise ValueError(f"{raw} is outside")
        return raw

    return Setting(key, default, read, lambda value: value, f"a whole number from {least} to {most}", meaning)


def flag(key: str, default: bool, meaning: str) -> Setting[bool]:
    def read(raw: Any) -> bool:
        if not isinstance(raw, bool):
            raise ValueError(f"{raw!r} is neither")
        return raw

    return Setting(key, default, read, lambda value: value, "true or false", meaning)


def words(key: str, default: str, meaning: str, *, most: int = 1000) -> Setting[str]:
    """A text; an empty one means that the usual sentence is said, or that there is none."""

    def read(raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValueError(f"{raw!r} is no text")
        if len(raw) > most:
            raise ValueError(f"it has {len(raw)} characters")
        return raw.strip()

    return Setting(key, default, read, lambda value: value, f"a text of at most {most} characters", meaning)


def colour(key: str, default: str, meaning: str) -> Setting[str]:
    def read(raw: Any) -> str:
        if not isinstance(raw, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", raw.strip()):
            raise ValueError(f"{raw!r} is no colour")
        return raw.strip().lower()

    return Setting(key, default, read, lambda value: value, "a colour like #0a7d5a", meaning)


def choice(key: str, default: str, meaning: str, *, of: Sequence[str]) -> Setting[str]:
    def read(raw: Any) -> str:
        if raw not in of:
            raise ValueError(f"{raw!r} is none of them")
        return str(raw)

    return Setting(key, default, read, lambda value: value, f"one of {', '.join(of)}", meaning)
