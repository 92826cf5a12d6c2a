"""A lane of the outbox in memory: what waits to be sent to one receiver, in order."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.storage.outbox import StoredDelivery
from bot.supervisor import Bell
from core.delivery import Delivery


@dataclass(slots=True)
class Waiting:
    """A delivery in its lane; `is_claimed`: the database already says that a try is under way."""

    stored: StoredDelivery
    is_claimed: bool

    @property
    def delivery(self) -> Delivery:
        return self.stored.delivery


@dataclass(slots=True)
class Lane:
    bell: Bell
    waiting: list[Waiting] = field(default_factory=list)
