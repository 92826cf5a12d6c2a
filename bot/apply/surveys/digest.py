"""The week in words for the leads, every Monday morning, once; in the topic they chose for alerts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.apply.handled import Handled
from bot.apply.posting.alerts import leads_topic
from bot.apply.work import Setup, Work
from bot.settings.surveys import DIGEST, SERVICE_LEVEL_WITHIN
from bot.storage.measures import voices
from bot.storage.measures.period import Period
from bot.storage.measures.reading import load_facts
from bot.storage.notes import read_note, write_note
from bot.storage.surveys.follow_ups import count_follow_ups
from core.delivery import DeskAct, DeskPost
from core.event import DigestDue
from core.text import Text
from surveys.digest import digest

_NOTE = "digest"
_AT = time(9)


def due(connection: Connection, setup: Setup, now: datetime) -> list[DigestDue]:
    """Monday from nine o'clock on, until it was told; a bot that was off tells it later in the week."""
    local = now.astimezone(setup.zone)
    monday = local.date() - timedelta(days=local.weekday())
    is_time = local.weekday() > 0 or local.time() >= _AT
    if not is_time or not setup.settings()[DIGEST] or leads_topic(connection, setup.desk) is None:
        return []
    told = read_note(connection, _NOTE)
    return [] if told is not None and told >= monday.isoformat() else [DigestDue(monday)]


def handle_digest(connection: Connection, event: DigestDue, setup: Setup, now: datetime) -> Handled:
    """Of the week before; a week in which nothing happened is passed over in silence."""
    told = read_note(connection, _NOTE)
    if told is not None and told >= event.monday.isoformat():
        return Handled()
    write_note(connection, _NOTE, event.monday.isoformat())
    work = Work(connection, setup, now, None, None, None)  # type: ignore[arg-type]
    lines, place = _lines(connection, event.monday, setup), leads_topic(connection, setup.desk)
    if lines:
        text = "\n".join(work.desk_words(line) for line in lines)
        chat, topic = place if place is not None else ("", "")
        work.post(DeskPost(DeskAct.POST, text=text, topic=topic), at=chat)
    return Handled(tuple(work.deliveries), claimed=frozenset(work.claimed))


def _lines(connection: Connection, monday: date, setup: Setup) -> list[Text]:
    week = Period(monday - timedelta(days=7), monday - timedelta(days=1), ZoneInfo(str(setup.zone)))
    within = setup.settings()[SERVICE_LEVEL_WITHIN]
    now, before = (load_facts(connection, period, within=within) for period in (week, week.before))
    if not now.tally.opened and not now.tally.closed:
        return []
    reasons: dict[str, int] = {}
    for _, reason, count in voices.complaints(connection, week):
        reasons[reason] = reasons.get(reason, 0) + count
    ordered = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    return digest(now, before, ordered, count_follow_ups(connection))
