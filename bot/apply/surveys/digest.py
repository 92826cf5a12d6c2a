"""The week in words and a picture for the leads, every Monday morning, once; in the topic they chose for alerts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.apply.handled import Handled
from bot.apply.posting.alerts import leads_topic
from bot.apply.work import Setup, Work
from bot.settings.surveys import DIGEST, SERVICE_LEVEL_WITHIN
from bot.storage.measures import pages, voices
from bot.storage.measures.period import Period
from bot.storage.measures.reading import Part, load_facts
from bot.storage.notes import read_note, write_note
from bot.storage.surveys.follow_ups import count_follow_ups
from core.delivery import DeskAct, DeskPost
from core.event import DigestDue
from core.message import DRAWN, Attachment, AttachmentKind
from core.text import Text
from surveys.digest import digest
from surveys.figures.measures import csi
from surveys.picture import Week, write_week

_NOTE = "digest"
_AT = time(9)
_WEEKS = 8  # of satisfaction in the picture
_LEGEND = ("digest.picture", "digest.picture.csi")


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
        week = _picture(connection, event.monday, setup)
        text = "\n".join(work.desk_words(line) for line in lines)
        chat, topic = place if place is not None else ("", "")
        work.post(DeskPost(DeskAct.POST, text=text, topic=topic), at=chat)
        # by itself, so that the words arrive even where a picture does not
        work.post(DeskPost(DeskAct.POST, text=_caption(week, work), attachments=(_drawn(week),), topic=topic), at=chat)
    return Handled(tuple(work.deliveries), claimed=frozenset(work.claimed))


def _week_before(monday: date, setup: Setup) -> Period:
    return Period(monday - timedelta(days=7), monday - timedelta(days=1), ZoneInfo(str(setup.zone)))


def _picture(connection: Connection, monday: date, setup: Setup) -> Week:
    week = _week_before(monday, setup)
    opened, before = (_by_day(connection, one) for one in (week, week.before))
    weeks = [_week_before(monday - timedelta(days=7 * ago), setup) for ago in reversed(range(_WEEKS))]
    scores = [csi(load_facts(connection, one, parts=Part.RESULTS).result("csi").scores) for one in weeks]
    return Week(
        [f"{week.first_day + timedelta(days=one):%d.%m}" for one in range(7)],
        opened,
        before,
        [f"{one.first_day:%d.%m}" for one in weeks],
        [round(one.value) if one.value is not None and one.is_enough else None for one in scores],
    )


def _by_day(connection: Connection, week: Period) -> list[int]:
    counts = {day: tally.opened for day, tally in pages.course(connection, week)}
    return [counts.get(week.first_day + timedelta(days=one), 0) for one in range(7)]


def _caption(week: Week, work: Work) -> str:
    """What the colours of the picture mean."""
    has_scores = any(one is not None for one in week.csi)
    return "\n".join(work.desk_words(Text(key)) for key in _LEGEND[: 2 if has_scores else 1])


def _drawn(week: Week) -> Attachment:
    return Attachment(AttachmentKind.PHOTO, DRAWN, write_week(week), "week.png", "image/png")


def _lines(connection: Connection, monday: date, setup: Setup) -> list[Text]:
    week = _week_before(monday, setup)
    within = setup.settings()[SERVICE_LEVEL_WITHIN]
    now, before = (load_facts(connection, period, within=within) for period in (week, week.before))
    if not now.tally.opened and not now.tally.closed:
        return []
    reasons: dict[str, int] = {}
    for one in voices.complaints(connection, week):
        reasons[one.reason] = reasons.get(one.reason, 0) + one.number
    ordered = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    return digest(now, before, ordered, count_follow_ups(connection))
