"""One customer is told of an announcement: once, in the transaction that notes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from bot.apply.handled import Handled
from bot.apply.work import Setup, Work
from bot.decide import keyboards
from bot.decide.situation import Situation
from bot.decide.steps import Choice
from bot.decide.steps.surveys import Announce
from bot.storage import people
from bot.storage.announcements import telling
from bot.storage.announcements.keeping import find_announcement
from bot.storage.tables import customer
from core.delivery import DeskAct, DeskPost
from core.errors import NotFound
from core.event import AnnouncementDue
from core.text import Text
from handoff.announcement import Announcement, State

KIND = "announcement"  # of the message


def with_announcements(connection: Connection, situation: Situation, setup: Setup, now: datetime) -> Situation:
    """What is said first now in this channel, and the customer has not been told; as a rule nothing is looked up."""
    said = [one for one in setup.announcements() if one.is_said(situation.identity.channel, now)]
    if not said:
        return situation
    known = telling.told_of(connection, situation.customer.id, [one.id for one in said])
    return replace(situation, announcements=tuple(one for one in said if one.id not in known))


def announce(step: Announce, work: Work) -> None:
    """Somebody wrote: they are told before anything else is said, unless that was ended a moment ago."""
    try:
        about = find_announcement(work.connection, step.announcement.id)
    except NotFound:
        return
    if about.is_said(work.identity.channel, work.now):
        _tell(work, about, telling.SAID)


def handle_announcement(connection: Connection, event: AnnouncementDue, setup: Setup, now: datetime) -> Handled:
    """Sent, unless it was stopped, the customer knows it, or wants no news; looked at again under the lock."""
    found = people.find_by_identity(connection, event.identity_id)
    try:
        about = find_announcement(connection, event.announcement)
    except NotFound:
        return Handled()
    wants = select(customer.c.no_news_at).where(customer.c.id == found.customer.id)
    is_unwanted = found.customer.banned_at is not None or connection.execute(wants).scalar_one() is not None
    is_away = found.conversation is None or found.identity.unreachable_at is not None
    if about.state is not State.SENDING or is_unwanted or is_away:
        return Handled()
    work = Work(connection, setup, now, found.customer, found.identity, found.conversation, dict(found.keyboard))
    _tell(work, about, telling.SENT)
    return Handled(tuple(work.deliveries), lane_of=found.identity, claimed=frozenset(work.claimed))


def _tell(work: Work, about: Announcement, how: str) -> None:
    """The conversation is as it was before: its buttons mean what they meant, and nobody is thought to have spoken."""
    if telling.is_told(work.connection, about.id, work.customer.id):
        return
    keyboard, is_touched = work.keyboard, work.is_touched
    words = about.in_language(work.language)
    rows = keyboards.with_operator((Choice(Text("button.no_news"), "no_news"),) if how == telling.SENT else ())
    number = work.say(words, KIND, rows)
    work.keyboard, work.is_touched = keyboard, is_touched
    telling.note_told(work.connection, about.id, work.customer.id, number, how, work.now)
    is_handed_over = "status" in work.changes  # the desk has enough to post then, twenty lines a minute
    if work.is_with_people and work.has_topic() and not is_handed_over:
        work.post(DeskPost(DeskAct.POST, text=f"📣 {words}"))
