"""Brings the facts up to date: what every conversation that changed counts as now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select

from bot.storage.measures.days import add_up
from bot.storage.messages import NEVER_LEFT
from bot.storage.notes import read_note, write_note
from bot.storage.service.snoozes import snoozes_of
from bot.storage.surveys.subjects import subjects_of
from bot.storage.surveys.tables import conversation_fact
from bot.storage.tables import conversation, message
from core.conversation import Status
from faq.smalltalk import is_courtesy
from surveys.figures.days import number_of
from surveys.figures.episode import AroundTheClock, Course, Promise, Reckoning, Turn, WorkingTime, reckon
from surveys.figures.returns import WINDOW, Visit, returned

WITHIN = timedelta(seconds=60)  # of the service level, until it is set
_MARK = "facts"
_ALWAYS = AroundTheClock()
_SLACK = timedelta(minutes=10)  # a transaction may be written down later than another that began after it
_BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)
_MOST = 500  # conversations in one transaction
_DAYS = ("opened_day", "handed_day", "closed_day")
_PEOPLE = (Status.QUEUED.value, Status.ASSIGNED.value)
_STATUSES = tuple(status.value for status in Status)
_COLUMNS = [
    column
    for column in conversation.c
    if column.name
    in {
        *"id customer_id channel status operator_id closed_by_operator_id opened_at queued_at assigned_at".split(),
        *"first_response_at closed_at closed_by abandoned_at reopened_at priority level category".split(),
    }
]


@dataclass(frozen=True, slots=True)
class Rules:
    """What facts are reckoned with. `ground(level, priority)`: the hours of a line of support, and what it promises."""

    now: datetime
    zone: tzinfo
    ground: Callable[[int | None, int], tuple[WorkingTime, Promise]] = lambda level, priority: (_ALWAYS, Promise())
    window: timedelta = WINDOW
    within: timedelta = WITHIN


@dataclass(frozen=True, slots=True)
class Place:
    """How far a refresh has come."""

    at: datetime
    id: int = 0


def refresh(connection: Connection, rules: Rules, after: Place | None = None, most: int = _MOST) -> Place | None:
    """Reckon anew what changed since the last time, oldest first; returns where to go on, None when all is done.

    Every word in a conversation moves its `touched_at`, so nothing that changed is overlooked; what is with people is
    always reckoned anew, for there time itself decides. May be broken off after any transaction and begun again.
    """
    if after is None:
        mark = read_note(connection, _MARK)
        after = Place(datetime.fromisoformat(mark) - _SLACK if mark else _BEGINNING)
    at, number = conversation.c.touched_at, conversation.c.id
    found = connection.execute(
        select(number, conversation.c.customer_id, at)
        .where(conversation.c.status.in_(_STATUSES), at >= after.at, or_(at > after.at, number > after.id))
        .order_by(at, number)
        .limit(most)
    ).all()
    changed = {row.id: row.customer_id for row in found}
    if len(found) < most:
        waiting = select(number, conversation.c.customer_id).where(conversation.c.status.in_(_PEOPLE))
        changed |= {row.id: row.customer_id for row in connection.execute(waiting)}
    reckon_anew(connection, rules, changed)
    if found:
        write_note(connection, _MARK, found[-1].touched_at.isoformat())
    return Place(found[-1].touched_at, found[-1].id) if len(found) == most else None


def forget(connection: Connection) -> None:
    """Reckon everything anew at the next refresh: hours or promises of the past were wrong."""
    write_note(connection, _MARK, _BEGINNING.isoformat())


def reckon_anew(connection: Connection, rules: Rules, changed: dict[int, int]) -> None:
    """Write the facts of these conversations (and of those they are a return to), given with their customers."""
    numbers = sorted(set(changed.values()))
    for start in range(0, len(numbers), _MOST):
        customers = numbers[start : start + _MOST]
        rows = connection.execute(select(*_COLUMNS).where(conversation.c.customer_id.in_(customers))).all()
        _write(connection, rules, _affected(rows, changed, rules.window), rows)


def _affected(rows: Sequence[Row[Any]], changed: dict[int, int], window: timedelta) -> list[Row[Any]]:
    """The changed ones, and earlier ones of the same customers that they may be a return to."""
    opened: dict[int, list[datetime]] = {}
    for row in rows:
        if row.id in changed:
            opened.setdefault(row.customer_id, []).append(row.opened_at)
    return [
        row
        for row in rows
        if row.id in changed
        or (row.closed_at and any(row.closed_at <= at <= row.closed_at + window for at in opened[row.customer_id]))
    ]


def _write(connection: Connection, rules: Rules, affected: Sequence[Row[Any]], rows: Sequence[Row[Any]]) -> None:
    if not affected:
        return
    found = subjects_of(connection, [row.id for row in rows])
    subjects = found | {row.id: row.category for row in rows if row.category}  # what a person said goes first
    came_back = _came_back(rows, subjects, rules.window)
    snoozes = snoozes_of(connection, [row.id for row in affected])
    turns = _turns(connection, [row.id for row in affected if row.first_response_at is not None])
    facts = [
        _fact(row, rules, subjects.get(row.id, ""), _course(row, turns, snoozes), is_returned=row.id in came_back)
        for row in affected
    ]
    _replace(connection, {fact["conversation_id"]: fact for fact in facts})


def _replace(connection: Connection, facts: dict[int, dict[str, Any]]) -> None:
    """Write those that say something new, and add up their days, those of before and those of now."""
    numbers, before = sorted(facts), dict[int, dict[str, Any]]()
    for start in range(0, len(numbers), _MOST):
        is_old = conversation_fact.c.conversation_id.in_(numbers[start : start + _MOST])
        for row in connection.execute(select(conversation_fact).where(is_old)).mappings():
            before[row["conversation_id"]] = dict(row)
    changed = [number for number in numbers if before.get(number) != facts[number]]
    if not changed:
        return
    for start in range(0, len(changed), _MOST):
        is_old = conversation_fact.c.conversation_id.in_(changed[start : start + _MOST])
        connection.execute(delete(conversation_fact).where(is_old))
    connection.execute(insert(conversation_fact), [facts[number] for number in changed])
    told = [one[number] for one in (before, facts) for number in changed if number in one]
    add_up(connection, {fact[name] for fact in told for name in _DAYS} - {None})


def _came_back(rows: Sequence[Row[Any]], subjects: dict[int, str], window: timedelta) -> set[int]:
    visits: dict[int, list[Visit]] = {}
    for row in rows:
        visit = Visit(row.id, subjects.get(row.id, ""), row.opened_at, row.closed_at, row.reopened_at is not None)
        visits.setdefault(row.customer_id, []).append(visit)
    return set().union(*(returned(one, window) for one in visits.values()))


def _turns(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Turn]]:
    """Words of customers and of people who answered them; notes and what never left are neither."""
    found: dict[int, list[Turn]] = {}
    for start in range(0, len(numbers), _MOST):
        query = (
            select(*(message.c[name] for name in ("conversation_id", "author", "created_at", "text", "attachments")))
            .where(
                message.c.conversation_id.in_(numbers[start : start + _MOST]),
                message.c.author.in_(("customer", "operator", "outside")),
                message.c.kind.not_in(("note", *NEVER_LEFT)),
            )
            .order_by(message.c.id)
        )
        for row in connection.execute(query):
            is_customer = row.author == "customer"
            is_thanks = is_customer and not row.attachments and is_courtesy(row.text)
            found.setdefault(row.conversation_id, []).append(Turn(is_customer, row.created_at, is_thanks))
    return found


def _course(row: Row[Any], turns: dict[int, list[Turn]], snoozes: dict[int, list[Any]]) -> Course:
    return Course(
        row.opened_at,
        row.queued_at,
        row.assigned_at,
        row.first_response_at,
        row.closed_at,
        row.status in _PEOPLE,
        row.closed_by or "",
        row.abandoned_at,
        turns.get(row.id, ()),
        snoozes.get(row.id, ()),
    )


def _fact(row: Row[Any], rules: Rules, category: str, course: Course, *, is_returned: bool) -> dict[str, Any]:
    holder = row.operator_id or row.closed_by_operator_id
    # the line it was given to; what people never had has none
    level = row.level if row.queued_at is not None else None
    working, promise = rules.ground(level, row.priority)
    by = Reckoning(rules.now, working)
    episode = reckon(course, promise, by)
    opened = row.opened_at.astimezone(rules.zone)
    most = int(rules.within / timedelta(milliseconds=1))
    waits = by.span(row.queued_at, rules.now) if course.is_with_people and row.assigned_at is None else None
    return {
        "conversation_id": row.id,
        "channel": row.channel,
        "operator_id": holder,
        "level": level,
        "category": category,
        "opened_day": number_of(opened.date()),
        "opened_hour": opened.hour,
        "handed_day": _day(row.queued_at, rules.zone),
        "closed_day": _day(row.closed_at, rules.zone),
        "response_ms": episode.first_response_ms,
        "waiting_ms": episode.waiting_ms,
        "is_quick": int(episode.waiting_ms is not None and episode.waiting_ms <= most),
        "is_undecided": int(waits is not None and waits <= most),
        "handling_ms": episode.handling_ms,
        "resolution_ms": episode.resolution_ms,
        "first_within": _bit(episode.is_first_within),
        "resolution_within": _bit(episode.is_resolution_within),
        "next_decided": episode.next_decided,
        "next_within": episode.next_within,
        "is_contained": int(episode.is_contained),
        "is_abandoned": int(episode.is_abandoned),
        "is_returned": int(is_returned),
    }


def _day(moment: datetime | None, zone: tzinfo) -> int | None:
    return number_of(moment.astimezone(zone).date()) if moment is not None else None


def _bit(value: bool | None) -> int | None:
    return None if value is None else int(value)


def count_facts(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(conversation_fact)).scalar_one())
