"""How this installation speaks and looks to its customers at this moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.settings.setting import Settings
from bot.settings.website import HELP_COLOUR
from core.text import Wording


@dataclass(frozen=True, slots=True)
class Manner:
    """`wording()`: its own sentences; `settings()`: its business settings."""

    wording: Callable[[], Wording] = Wording
    settings: Callable[[], Settings] = Settings

    @property
    def colour(self) -> str:
        """Of our own page `/help` and the chat on it; "" is the usual one."""
        colour = self.settings()[HELP_COLOUR]
        return "" if colour == HELP_COLOUR.default else colour
