"""The business settings of the desk, with what holds until somebody changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class DeskRules:
    """Seconds, all of them.

    `undo_*`: how long a reply can be taken back before it leaves; `lost_after`: an operator who says nothing for
    so long while a customer waits for an answer is taken for lost; `remind_before`: so long before the end of a
    snooze its holder is reminded.
    """

    undo_telegram: float = 0.0
    undo_console: float = 5.0
    lost_after: float = 1200.0
    remind_before: float = 600.0

    def undo_window(self, desk: str) -> float:
        return self.undo_telegram if desk == "telegram" else self.undo_console


def read_desk_rules(stored: Mapping[str, Any] | None) -> DeskRules:
    """What is stored over the defaults; what cannot be meant is left out."""
    names = {field.name for field in fields(DeskRules)}
    known = {
        name: float(value)
        for name, value in (stored or {}).items()
        if name in names and isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    }
    return replace(DeskRules(), **known)
