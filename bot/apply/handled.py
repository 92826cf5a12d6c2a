"""What came of handling an arrival."""

from __future__ import annotations

from dataclasses import dataclass

from bot.storage.outbox import StoredDelivery
from core.customer import Identity


@dataclass(frozen=True, slots=True)
class Handled:
    """What came of it. `is_with_people`: the lane's conversation is in people's hands (None: not a customer's)."""

    deliveries: tuple[StoredDelivery, ...] = ()
    is_with_people: bool | None = None
    decisions: tuple[str, ...] = ()
    is_new_identity: bool = False
    lane_of: Identity | None = None  # whose conversation an operator's act was about
    wants_sharing: bool = False  # the queue or somebody's room changed
    claimed: frozenset[int] = frozenset()  # deliveries already marked as being tried
