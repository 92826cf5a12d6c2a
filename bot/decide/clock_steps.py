"""Steps about time: timers set and dropped; part of bot.decide.steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


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


ClockStep = SetTimer | DropTimer
