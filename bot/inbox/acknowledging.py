"""Who pressed a button is told by the platform that it was heard, which takes the waiting mark off the button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from bot.decide.steps import Burst
from bot.inbox.acting import ConsoleActs
from bot.storage.inbox import StoredArrival
from bot.supervisor import Supervisor
from core.channel import Arrival, Channel
from core.event import ButtonPressed, Event, OperatorPressed


def acknowledge(
    batch: Sequence[StoredArrival],
    events: Sequence[Event | Burst],
    channels: Mapping[str, Channel | ConsoleActs],
    supervisor: Supervisor,
) -> None:
    """Returns at once; nothing waits for the platform's answer."""
    if not any(isinstance(event, ButtonPressed | OperatorPressed) for event in events):
        return
    for stored in batch:
        supervisor.spawn("acknowledge", _tell(channels[stored.arrival.channel], stored.arrival))


async def _tell(channel: Channel | ConsoleActs, arrival: Arrival) -> None:
    with suppress(Exception):  # best effort: the press itself is stored and decided on
        await channel.acknowledge(arrival.payload)
