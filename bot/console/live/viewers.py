"""Who looks at which conversation, and who writes in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.clock import Clock

_STAYS = timedelta(seconds=45)  # an open page says every 20 s that it is there
_TYPES = timedelta(seconds=6)


@dataclass(slots=True)
class _Viewer:
    name: str
    seen_at: datetime
    typed_at: datetime | None = None


class Viewers:
    """Kept in memory only: who reloads the page is there again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at: dict[int, dict[int, _Viewer]] = {}

    def note(self, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Take a viewer's word in; returns who is there now."""
        number, who, now = int(data["conv"]), int(data["id"]), self._clock.now()
        people = self._at.setdefault(number, {})
        if data.get("leaving"):
            people.pop(who, None)
        else:
            viewer = people.setdefault(who, _Viewer(str(data["name"])[:200], now))
            viewer.seen_at = now
            viewer.typed_at = now if data.get("typing") else None
        return self.people(number)

    def people(self, number: int) -> list[dict[str, Any]]:
        now = self._clock.now()
        people = self._at.get(number, {})
        for who in [who for who, viewer in people.items() if now - viewer.seen_at > _STAYS]:
            del people[who]
        if not people:
            self._at.pop(number, None)
        return [
            {"id": who, "name": viewer.name, "typing": _types(viewer, now)} for who, viewer in sorted(people.items())
        ]


def _types(viewer: _Viewer, now: datetime) -> bool:
    return viewer.typed_at is not None and now - viewer.typed_at <= _TYPES
