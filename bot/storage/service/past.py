"""Past conversations as rules would have seen them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.settings.service import HOURS
from bot.settings.setting import Settings
from bot.storage.service.tables import countdown
from bot.storage.surveys.tables import invitation
from bot.storage.tables import conversation, customer, message
from handoff.queue import Priority
from handoff.service.hours import Schedule, is_open, working_time_between
from handoff.service.rehearsal import PastConversation, PastMoment
from handoff.service.rules import Facts, Moment
from handoff.service.targets import Target


def past_moments(connection: Connection, since: datetime, settings: Settings, zone: str) -> list[PastConversation]:
    """Conversations opened since then, with their moments in order; level, priority and mark as they are now."""
    rows = connection.execute(
        select(conversation, customer.c.is_vip)
        .join(customer, customer.c.id == conversation.c.customer_id)
        .where(conversation.c.opened_at >= since)
        .order_by(conversation.c.id)
    ).all()
    opened = _opened(connection)
    found: dict[int, list[PastMoment]] = {row.id: [] for row in rows}
    by_id = {row.id: row for row in rows}

    def note(number: int, at: datetime, moment: Moment, **own: Any) -> None:
        row = by_id.get(number)
        if row is None:
            return
        schedule = settings[HOURS].of(row.level, zone)
        found[number].append(PastMoment(at, _facts(row, moment, at, schedule, opened[row.customer_id], own)))

    for row in rows:
        if row.queued_at is not None:
            note(row.id, row.queued_at, Moment.QUEUED)
    _note_words(connection, since, note)
    _note_waits(connection, since, settings, zone, by_id, note)
    scored = select(invitation).where(invitation.c.scored_at >= since, invitation.c.survey == "csi")
    for row in connection.execute(scored):
        note(row.conversation_id, row.scored_at, Moment.SCORED, score=row.score)
    return [PastConversation(number, sorted(moments, key=lambda one: one.at)) for number, moments in found.items()]


def _note_words(connection: Connection, since: datetime, note: Any) -> None:
    query = select(message.c.conversation_id, message.c.created_at, message.c.text).where(
        message.c.author == "customer", message.c.created_at >= since
    )
    for row in connection.execute(query.order_by(message.c.id)):
        note(row.conversation_id, row.created_at, Moment.SAID, words=row.text)


def _note_waits(
    connection: Connection, since: datetime, settings: Settings, zone: str, by_id: dict[int, Row[Any]], note: Any
) -> None:
    query = select(countdown).where(countdown.c.started_at >= since, countdown.c.target != Target.RESOLUTION.value)
    for row in connection.execute(query.order_by(countdown.c.id)):
        about = by_id.get(row.conversation_id)
        if about is None:
            continue
        waited = timedelta(seconds=row.spent_s)
        if row.ended_at is None and row.running_since is not None:
            schedule = settings[HOURS].of(about.level, zone)
            waited += working_time_between(schedule, row.running_since, about.touched_at)
        note(row.conversation_id, row.started_at, Moment.WAITING, waited=waited)


def _opened(connection: Connection) -> dict[int, list[datetime]]:
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    for row in connection.execute(select(conversation.c.customer_id, conversation.c.opened_at)):
        found[row.customer_id].append(row.opened_at)
    return found


def _facts(
    row: Any, moment: Moment, at: datetime, schedule: Schedule, opened: list[datetime], own: dict[str, Any]
) -> Facts:
    return Facts(
        moment,
        at,
        category=row.category,
        channel=row.channel,
        level=row.level,
        priority=Priority(row.priority).name.lower(),
        is_vip=row.is_vip,
        is_out_of_hours=not is_open(schedule, at),
        opened=[one for one in opened if one <= row.opened_at],
        **own,
    )
