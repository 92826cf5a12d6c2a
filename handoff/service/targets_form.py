"""Targets as admins write them, and back: a list of promises, each with the level and priority it is for.

- {first_response: 15m, next_response: 1h, resolution: 2d}
- {priority: urgent, first_response: 5m}
- {level: 2, resolution: 5d}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.errors import FaultyValue, Place, shown
from core.text import Text
from handoff.queue import PRIORITIES
from handoff.service.spans import read_span, write_span
from handoff.service.targets import Promise, Target, Targets

_MOST = 50


def read_targets(raw: Any) -> Targets:
    """Raises FaultyValue that names the faulty place."""
    listed = [raw] if isinstance(raw, Mapping) else raw
    if not isinstance(listed, list | tuple) or len(listed) > _MOST:
        raise FaultyValue(Text("fault.targets.list"))
    is_list = listed is raw
    promises: list[Promise] = []
    for number, one in enumerate(listed, 1):
        try:
            promise = _promise(one)
            if any((promise.level, promise.priority) == (other.level, other.priority) for other in promises):
                raise _twice(promise)
            promises.append(promise)
        except FaultyValue as fault:
            spot = (number, *fault.spot) if is_list else fault.spot
            raise FaultyValue(fault.why, fault.place, named=_named(number, fault), spot=spot) from None
    return Targets(tuple(promises))


def write_targets(targets: Targets) -> list[dict[str, Any]]:
    return [_written(promise) for promise in targets.promises]


def _promise(raw: Any) -> Promise:
    if not isinstance(raw, Mapping):
        raise FaultyValue(Text("fault.targets.mapping"))
    known = {*map(str, Target), "level", "priority"}
    strange = [name for name in raw if name not in known]
    if strange:
        name = shown(strange[0])
        raise FaultyValue(Text("fault.unknown", {"name": name, "known": ", ".join(sorted(known))}), spot=(name,))
    level, priority = raw.get("level"), raw.get("priority")
    if level is not None and (isinstance(level, bool) or level not in (1, 2, 3)):
        raise FaultyValue(Text("fault.level"), spot=("level",))
    if priority is not None and priority not in PRIORITIES:
        raise FaultyValue(Text("fault.targets.priority", {"known": ", ".join(PRIORITIES)}), spot=("priority",))
    limits = {target: _limit(raw[target], (str(target),)) for target in Target if raw.get(target) is not None}
    if not limits:
        raise FaultyValue(Text("fault.targets.no_time", {"known": ", ".join(Target)}))
    return Promise(limits, level, priority)


def _limit(raw: Any, where: Place) -> timedelta:
    try:
        limit = read_span(raw)
    except FaultyValue as fault:
        raise FaultyValue(fault.why, where) from None
    if limit < timedelta(seconds=1):
        raise FaultyValue(Text("fault.targets.at_once"), where)
    return limit


def _twice(promise: Promise) -> FaultyValue:
    anything = Text("fault.targets.any")
    which = {"level": promise.level or anything, "priority": promise.priority or anything}
    return FaultyValue(Text("fault.targets.twice", which))


def _named(number: int, fault: FaultyValue) -> Text:
    """Which of the targets, and which of its times."""
    if not fault.place:
        return Text("fault.targets.number", {"number": number})
    return Text("fault.targets.time", {"number": number, "target": fault.place[0]})


def _written(promise: Promise) -> dict[str, Any]:
    written: dict[str, Any] = {"level": promise.level, "priority": promise.priority}
    written = {name: value for name, value in written.items() if value is not None}
    return written | {str(target): write_span(limit) for target, limit in promise.limits.items()}
