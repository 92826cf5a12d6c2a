"""The rival of the least loaded: everybody in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.apply.following import sharing
from handoff.assignment import Candidate, Placement, fitting
from handoff.queue import Waiting, in_order


def round_robin() -> Callable[[Sequence[Waiting], Sequence[Candidate], datetime], list[Placement]]:
    """Whoever fits, has room and comes next in the circle."""
    last = 0

    def share_out(queue: Sequence[Waiting], team: Sequence[Candidate], now: datetime) -> list[Placement]:
        nonlocal last
        now_is = {one.id: one for one in team}
        placed = []
        for waiting in in_order(queue):
            free = [one for one in fitting(waiting, list(now_is.values())) if one.has_room]
            if not free:
                continue
            chosen = min(free, key=lambda one: ((one.id - last - 1) % 1_000_000, one.id))
            last = chosen.id
            placed.append(Placement(waiting.id, chosen.id))
            now_is[chosen.id] = replace(chosen, load=chosen.load + 1)
        return placed

    return share_out


@contextmanager
def shared_out_by(policy: Any) -> Iterator[None]:
    """Otklik's own way is put back in the end."""
    own = sharing.share_out
    sharing.share_out = policy
    try:
        yield
    finally:
        sharing.share_out = own
