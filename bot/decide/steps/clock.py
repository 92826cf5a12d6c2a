"""Steps about time: timers set and dropped; part of bot.decide.steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.settings.setting import Setting


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Something is to happen at a moment; one of a kind for each conversation, or for each `key`: the last counts."""

    kind: str
    due_at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class DropTimer:
    kind: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class AfterWork:
    """A timer for when as much working time has passed as a setting says; none when that is no time at all."""

    kind: str
    setting: Setting[timedelta]


@dataclass(frozen=True, slots=True)
class Warn:
    """A target is about to be missed; noted, and the next timer is set for the breach."""

    countdown_id: int


@dataclass(frozen=True, slots=True)
class Breach:
    """A target was missed; recorded once."""

    countdown_id: int


ClockStep = SetTimer | DropTimer | AfterWork | Warn | Breach
