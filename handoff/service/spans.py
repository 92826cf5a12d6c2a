"""Lengths of time as people write them: 90s, 15m, 1h30m, 2d."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from core.errors import FaultyValue, shown
from core.text import Text

_SPAN = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?")
_LONGEST = timedelta(days=366)


def read_span(raw: Any) -> timedelta:
    """From "1h30m" (days, hours, minutes, seconds) or a number of seconds; FaultyValue for anything else."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        value = timedelta(seconds=min(raw, 10**9))
    else:
        found = _SPAN.fullmatch(raw.strip().lower()) if isinstance(raw, str) and len(raw) < 40 else None
        if found is None or not any(found.groups()):
            raise FaultyValue(Text("fault.span.none", {"value": shown(raw)}))
        days, hours, minutes, seconds = (min(int(part or 0), 10**8) for part in found.groups())
        value = timedelta(days=min(days, 10**5), hours=hours, minutes=minutes, seconds=seconds)
    if value > _LONGEST:
        raise FaultyValue(Text("fault.span.long", {"value": shown(raw)}))
    if value < timedelta(0):
        raise FaultyValue(Text("fault.value.negative", {"value": shown(raw)}))
    return value


def write_span(value: timedelta) -> str:
    left = int(value.total_seconds())
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
