"""A button to be; part of bot.decide.steps."""

from __future__ import annotations

from dataclasses import dataclass

from core.text import Text


@dataclass(frozen=True, slots=True)
class Choice:
    """A button to be: its label and what pressing it means (`act` and `argument` stay in the database)."""

    label: Text | str
    act: str
    argument: str = ""
