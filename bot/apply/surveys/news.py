"""What changed is told to those who complained about it: once, in the day, and to nobody who asked for no news."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from bot.apply.handled import Handled
from bot.apply.work import Setup, Work
from bot.decide import keyboards
from bot.decide.steps import Choice
from bot.settings.surveys import SURVEY_LIMITS
from bot.storage import people
from bot.storage.surveys import improvements
from bot.storage.tables import customer
from core.conversation import Status
from core.event import NewsDue
from core.text import Text

_MOST = 20  # in one round, so that the platforms' limits are far away


def due(connection: Connection, setup: Setup, now: datetime) -> list[NewsDue]:
    """Customers to be told something now; each is looked at again, under lock."""
    if setup.settings()[SURVEY_LIMITS].is_quiet(now, setup.zone):
        return []
    return [
        NewsDue(address, about.id)
        for about in improvements.list_improvements(connection)
        for address in improvements.to_be_told(connection, about, _MOST)
    ]


def handle_news(connection: Connection, event: NewsDue, setup: Setup, now: datetime) -> Handled:
    found = people.find_by_identity(connection, event.identity_id)
    about = next((one for one in improvements.list_improvements(connection) if one.id == event.improvement), None)
    wants = select(customer.c.no_news_at).where(customer.c.id == found.customer.id)
    is_unwanted = found.customer.banned_at is not None or connection.execute(wants).scalar_one() is not None
    there = found.conversation
    if about is None or there is None or there.status is not Status.CLOSED or is_unwanted:
        return Handled()
    if not improvements.note_told(connection, about.id, found.customer.id, now):
        return Handled()
    work = Work(connection, setup, now, found.customer, found.identity, there, dict(found.keyboard))
    words = Text("news.changed", {"words": about.in_language(work.language)})
    work.say(words, "news", keyboards.with_operator((Choice(Text("button.no_news"), "no_news"),)))
    work.finish()
    return Handled(tuple(work.deliveries), lane_of=found.identity, claimed=frozenset(work.claimed))
