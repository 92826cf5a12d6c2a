"""Announcements go out in small rounds, so that customers who ask something are not kept waiting by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.apply.work import Setup
from bot.settings.service import ANNOUNCEMENTS_PER_MINUTE
from bot.settings.surveys import SURVEY_LIMITS
from bot.storage.announcements import keeping, telling
from bot.storage.announcements.audience import next_of
from core.customer import CustomerId
from core.event import AnnouncementDue
from handoff.announcement import Announcement, State

_ON_THEIR_WAY = 100  # deliveries that have not ended; with more of them a stop would come too late
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Round:
    """The next few customers of an announcement; `is_last`: there are no more behind them."""

    announcement: int
    due: tuple[tuple[int, AnnouncementDue], ...]
    is_last: bool


def waiting(connection: Connection) -> list[Announcement]:
    """To be sent now or later; as a rule none."""
    return keeping.open_announcements(connection)


def begin_due(connection: Connection, found: Sequence[Announcement], now: datetime) -> None:
    """Those whose moment has come; one stopped meanwhile is left alone."""
    for one in found:
        is_due = one.state is State.WAITING and one.send_at is not None and one.send_at <= now
        if is_due and keeping.find_announcement(connection, one.id).state is State.WAITING:
            keeping.begin(connection, one.id, now)


def next_round(connection: Connection, setup: Setup, now: datetime) -> Round | None:
    """Of the oldest announcement that may go out now; None while the pace, or the night, holds it back."""
    is_quiet = setup.settings()[SURVEY_LIMITS].is_quiet(now, setup.zone)
    sending = [one for one in keeping.open_announcements(connection) if one.state is State.SENDING]
    about = next((one for one in sending if one.is_urgent or not is_quiet), None)
    if about is None:
        return None
    pace = setup.settings()[ANNOUNCEMENTS_PER_MINUTE]
    room = min(
        -(-pace // 60),
        pace - telling.sent_since(connection, now - _MINUTE),
        _ON_THEIR_WAY - telling.count_waiting(connection),
    )
    if room <= 0:
        return None
    channels = [name for name in setup.capabilities if setup.desk is None or name != setup.desk.channel]
    found = next_of(
        connection, about.id, about.audience, channels, about.started_at or now, after=about.reached_id, most=room
    )
    due = tuple((number, AnnouncementDue(address, about.id)) for number, address in found)
    return Round(about.id, due, len(due) < room)


def note_round(connection: Connection, done: Round, now: datetime) -> None:
    """These were looked at; after the last of them the announcement is over."""
    if done.due:
        keeping.note_reached(connection, done.announcement, done.due[-1][0])
    if done.is_last and keeping.find_announcement(connection, done.announcement).state is State.SENDING:
        keeping.end(connection, done.announcement, now)


def note_failed(connection: Connection, number: int, customer_id: int, now: datetime) -> None:
    """The attempt itself broke, through a fault of ours: counted among those it could not be delivered to."""
    who = CustomerId(customer_id)
    if not telling.is_told(connection, number, who):
        telling.note_told(connection, number, who, None, telling.FAILED, now)
