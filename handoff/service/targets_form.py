"""Targets as admins write them, and back: a list of promises, each with the level and priority it is for.

- {first_response: 15m, next_response: 1h, resolution: 2d}
- {priority: urgent, first_response: 5m}
- {level: 2, resolution: 5d}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handoff.queue import PRIORITIES
from handoff.service.spans import read_span, write_span
from handoff.service.targets import Promise, Target, Targets

_MOST = 50


def read_targets(raw: Any) -> Targets:
    """Raises ValueError that names the faulty place."""
    listed = [raw] if isinstance(raw, Mapping) else raw
    if not isinstance(listed, list | tuple) or len(listed) > _MOST:
        raise ValueError("expected a list of targets")
    promises = tuple(_promise(one, f"number {number}") for number, one in enumerate(listed, 1))
    named = [(one.level, one.priority) for one in promises]
    for one in named:
        if named.count(one) > 1:
            raise ValueError(f"the targets of level {one[0] or 'any'}, priority {one[1] or 'any'} are there twice")
    return Targets(promises)


def write_targets(targets: Targets) -> list[dict[str, Any]]:
    return [_written(promise) for promise in targets.promises]


def _promise(raw: Any, where: str) -> Promise:
    if not isinstance(raw, Mapping):
        raise ValueError(f"{where}: expected names with values, like first_response: 15m")
    known = {*map(str, Target), "level", "priority"}
    strange = [name for name in raw if name not in known]
    if strange:
        raise ValueError(f"{where}: {strange[0]!r} is not known; there are {', '.join(sorted(known))}")
    level, priority = raw.get("level"), raw.get("priority")
    if level is not None and (isinstance(level, bool) or level not in (1, 2, 3)):
        raise ValueError(f"{where}: a level is 1, 2 or 3")
    if priority is not None and priority not in PRIORITIES:
        raise ValueError(f"{where}: a priority is one of {', '.join(PRIORITIES)}")
    limits = {target: _limit(raw[target], f"{where}, {target}") for target in Target if raw.get(target) is not None}
    if not limits:
        raise ValueError(f"{where}: says no time; give at least one of {', '.join(Target)}")
    return Promise(limits, level, priority)


def _limit(raw: Any, where: str) -> timedelta:
    try:
        limit = read_span(raw)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    if limit < timedelta(seconds=1):
        raise ValueError(f"{where}: nothing is done in no time")
    return limit


def _written(promise: Promise) -> dict[str, Any]:
    written: dict[str, Any] = {"level": promise.level, "priority": promise.priority}
    written = {name: value for name, value in written.items() if value is not None}
    return written | {str(target): write_span(limit) for target, limit in promise.limits.items()}
