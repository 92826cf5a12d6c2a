"""The business settings of the desk, with what holds until somebody changes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class DeskRules:
    """Seconds, all of them.

    `undo_*`: how long a reply can be taken back before it leaves; `lost_after`: an operator who says nothing for
    so long while a customer waits for an answer is taken for lost; `remind_before`: so long before the end of a
    snooze its holder is reminded, and so long after it the leads are told if nothing was said.
    """

    undo_telegram: float = 0.0
    undo_console: float = 5.0
    lost_after: float = 1200.0
    remind_before: float = 600.0

    @property
    def promise_grace(self) -> timedelta:
        return timedelta(seconds=self.remind_before)

    def undo_window(self, desk: str) -> float:
        return self.undo_telegram if desk == "telegram" else self.undo_console
