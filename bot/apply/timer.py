"""A timer that came due: taken out and carried out in one transaction, so it happens once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.apply.carry import carry_out
from bot.apply.handled import Handled
from bot.apply.work import Setup, Work
from bot.decide.service.timers import TimerSituation, on_timer
from bot.storage import conversations, people
from bot.storage.service.timers import end_timer
from core.event import TimerDue


def handle_timer(connection: Connection, event: TimerDue, setup: Setup, now: datetime) -> Handled:
    """Nothing happens when it was moved, dropped or fired by another hand meanwhile."""
    there = None
    if event.conversation_id is not None:
        there = conversations.find_conversation(connection, event.conversation_id)
    if there is None:
        end_timer(connection, event)
        return Handled()
    # the customer's lock first, as everywhere; then the timer
    found = people.find_by_identity(connection, there.identity_id)
    if not end_timer(connection, event):
        return Handled()
    there = conversations.find_conversation(connection, there.id)
    assert there is not None
    is_latest = found.conversation is not None and found.conversation.id == there.id
    situation = TimerSituation(found.customer, found.identity, there, setup.settings())
    work = Work(
        connection, setup, now, found.customer, found.identity, there, dict(found.keyboard) if is_latest else {}
    )
    carry_out(work, on_timer(event, situation, now))
    return Handled(
        tuple(work.deliveries),
        work.is_with_people if is_latest else None,
        lane_of=found.identity,
        claimed=frozenset(work.claimed),
    )
