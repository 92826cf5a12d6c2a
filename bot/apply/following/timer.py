"""A timer that came due: taken out and carried out in one transaction, so it happens once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.apply.carry import carry_out
from bot.apply.desk_facts import desk_situation
from bot.apply.following.rules import follow_waiting
from bot.apply.handled import Handled
from bot.apply.service.countdowns import TIMER
from bot.apply.service.waiting import has_moved_up
from bot.apply.work import Setup, Work
from bot.decide import decide_desk
from bot.decide.privacy import ERASE
from bot.decide.service import waiting
from bot.decide.service.timers import DueTarget, TimerSituation, on_timer
from bot.decide.sharing.resting import KINDS as RESTING
from bot.storage import conversations, people
from bot.storage.privacy.erase import erase_customer
from bot.storage.service.countdowns import find_countdown
from bot.storage.service.rules import WAIT
from bot.storage.service.timers import end_timer
from core.conversation import Conversation, Status
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
    if event.kind == ERASE:
        erase_customer(connection, found.customer.id, now)
        return Handled((), False, lane_of=found.identity, wants_sharing=True)
    there = conversations.find_conversation(connection, there.id)
    assert there is not None
    is_latest = found.conversation is not None and found.conversation.id == there.id
    if event.kind in RESTING:
        steps = list(decide_desk(event, desk_situation(connection, event, there, found, setup, now), "").steps)
    else:
        due, has_news = _due_target(connection, event), _has_news(connection, event, there)
        situation = TimerSituation(found.customer, found.identity, there, setup.settings(), due, has_news)
        steps = on_timer(event, situation, now)
    work = Work(
        connection, setup, now, found.customer, found.identity, there, dict(found.keyboard) if is_latest else {}
    )
    carry_out(work, steps)
    if event.kind == WAIT:
        follow_waiting(work)
    return Handled(
        tuple(work.deliveries),
        work.is_with_people if is_latest else None,
        lane_of=found.identity,
        wants_sharing=work.wants_sharing,
        claimed=frozenset(work.claimed),
    )


def _due_target(connection: Connection, event: TimerDue) -> DueTarget | None:
    found = find_countdown(connection, int(event.key)) if event.kind == TIMER and event.key.isdecimal() else None
    if found is None or found.due_at is None or found.breached_at is not None:
        return None
    return DueTarget(found.id, found.countdown.target, found.due_at)


def _has_news(connection: Connection, event: TimerDue, about: Conversation) -> bool:
    return event.kind == waiting.NEWS and about.status is Status.QUEUED and has_moved_up(connection, about)
