"""Names of customers who write for the first time on a platform whose events carry none: the desk's card shows them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from bot.decide.steps import Burst
from core.channel import Naming
from core.event import ButtonPressed, CustomerBlocked, CustomerReturned, Event, MessageEdited, MessageReceived

log = logging.getLogger(__name__)

_PATIENCE = 2.0  # seconds; then the customer is served without a name, which is learned later
_NAMED = Burst | MessageReceived | MessageEdited | ButtonPressed | CustomerBlocked | CustomerReturned


async def with_names(events: Sequence[Event | Burst], channel: object) -> tuple[Event | Burst, ...]:
    """The same events, with the senders' names as far as the platform tells them in time."""
    addresses = {event.sender.address for event in events if isinstance(event, _NAMED) and not event.sender.name}
    if not addresses or not isinstance(channel, Naming):
        return tuple(events)
    try:
        names = await asyncio.wait_for(channel.names(sorted(addresses)), _PATIENCE)
    except Exception as error:
        log.debug("names were not told: %s", type(error).__name__)
        return tuple(events)
    return tuple(
        replace(event, sender=replace(event.sender, name=names[event.sender.address]))
        if isinstance(event, _NAMED) and event.sender.address in names
        else event
        for event in events
    )
