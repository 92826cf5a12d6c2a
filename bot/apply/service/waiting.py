"""Where somebody stands in the queue, told with what is said to them and written down, so that it can be held to it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from bot.apply.work import Work
from bot.decide.service.news import news_text
from bot.settings.service import HOURS, WAITING_REFRESH
from bot.storage.desk import team
from bot.storage.service import waiting as stored
from core.conversation import Conversation
from handoff.assignment import room_of
from handoff.service.hours import is_open
from handoff.service.waiting import News, expect, reckon, tell


def tell_news(work: Work) -> str:
    """News in the customer's language, "" while the last are fresh; the first told count for how honest they were."""
    work.finish()  # the place is read from what is stored
    about = work.live
    told_at = stored.last_told(work.connection, about.id)[0]
    if told_at is not None and work.now - told_at < work.setup.settings()[WAITING_REFRESH]:
        return ""
    news, reckoned = news_of(work)
    if news is None:
        return ""
    values: dict[str, object] = {"told_at": work.now, "told_position": news.position}
    if told_at is None and about.assigned_at is None:
        values["reckoned_wait_s"] = reckoned.total_seconds() if reckoned is not None else None
        values["told_wait_s"] = news.wait.total_seconds() if news.wait is not None else None
    stored.note_told(work.connection, about.id, **values)
    return news_text(news, work.language, work.now, work.setup.zone, work.setup.wording())


def news_of(work: Work) -> tuple[News | None, timedelta | None]:
    """What could be told now, and the wait before experience corrected it; None when it does not wait."""
    about = work.live
    found = stored.place_of(work.connection, about)
    if found is None:
        return None, None
    experience = stored.experience_of(work.connection, about.level, work.now)
    reckoned = reckon(found, stored.crew_of(work.connection, about.level), experience)
    schedule = work.setup.settings()[HOURS].of(about.level, str(work.setup.zone))
    expected = expect(reckoned, experience)
    is_told = expected is not None and is_open(schedule, work.now)
    room = None if is_told else _room_for(work.connection, about)
    return tell(found, expected, schedule, work.now, room), reckoned


def _room_for(connection: Connection, about: Conversation) -> int | None:
    """For how many more those have room who are online and may be given it; None where nobody is.

    Assignment follows presence whatever the hours, and so does what is told.
    """
    queue, mates = team.waiting(connection), team.candidates(connection)
    own = next((one for one in queue if one.id == about.id), None)
    return room_of(own, mates) if own is not None else None


def has_moved_up(connection: Connection, about: Conversation) -> bool:
    """Whether there is something new to tell."""
    told = stored.last_told(connection, about.id)[1]
    found = stored.place_of(connection, about)
    return found is not None and (told is None or found < told)
