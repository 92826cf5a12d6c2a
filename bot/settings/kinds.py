"""The kinds of values settings have: how each is read from JSON and written back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.settings.setting import Setting
from core.errors import FaultyValue, shown
from core.text import Text
from handoff.service.spans import read_span, write_span


def span(key: str, default: str, meaning: str, *, least: str = "0s", most: str = "366d") -> Setting[timedelta]:
    """A length of time, written like 90s, 15m, 1h30m or 2d."""
    low, high = read_span(least), read_span(most)

    def read(raw: Any) -> timedelta:
        value = read_span(raw)
        if not low <= value <= high:
            raise _faulty("fault.value.outside", raw)
        return value

    form = Text("fault.form.span", {"least": least, "most": most})
    return Setting(key, read_span(default), read, write_span, form, meaning)


def number(key: str, default: int, meaning: str, *, least: int = 0, most: int = 1_000_000) -> Setting[int]:
    def read(raw: Any) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise _faulty("fault.value.no_whole", raw)
        if not least <= raw <= most:
            raise _faulty("fault.value.outside", raw)
        return raw

    form = Text("fault.form.number", {"least": least, "most": most})
    return Setting(key, default, read, lambda value: value, form, meaning)


def flag(key: str, default: bool, meaning: str) -> Setting[bool]:
    def read(raw: Any) -> bool:
        if not isinstance(raw, bool):
            raise _faulty("fault.value.neither", raw)
        return raw

    return Setting(key, default, read, lambda value: value, Text("fault.form.flag"), meaning)


def words(key: str, default: str, meaning: str, *, most: int = 1000) -> Setting[str]:
    """A text; an empty one means that the usual sentence is said, or that there is none."""

    def read(raw: Any) -> str:
        if not isinstance(raw, str):
            raise _faulty("fault.value.no_text", raw)
        if len(raw) > most:
            raise FaultyValue(Text("fault.value.length", {"length": len(raw)}))
        return raw.strip()

    return Setting(key, default, read, lambda value: value, Text("fault.form.words", {"most": most}), meaning)


def colour(key: str, default: str, meaning: str) -> Setting[str]:
    def read(raw: Any) -> str:
        if not isinstance(raw, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", raw.strip()):
            raise _faulty("fault.value.no_colour", raw)
        return raw.strip().lower()

    return Setting(key, default, read, lambda value: value, Text("fault.form.colour"), meaning)


def choice(key: str, default: str, meaning: str, *, of: Sequence[str]) -> Setting[str]:
    def read(raw: Any) -> str:
        if raw not in of:
            raise _faulty("fault.value.none_of", raw)
        return str(raw)

    form = Text("fault.form.choice", {"known": ", ".join(of)})
    return Setting(key, default, read, lambda value: value, form, meaning)


def _faulty(key: str, raw: Any) -> FaultyValue:
    return FaultyValue(Text(key, {"value": shown(raw)}))
