"""What report pages show besides the report itself: courses, parts, and the conversations behind a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, select, true, union

from bot.storage.desk.tables import conversation_tag
from bot.storage.measures.period import WHOLE, Narrowing, Period
from bot.storage.measures.reading import narrow, scores, tallies
from bot.storage.surveys.reviews import worth_by_operator
from bot.storage.surveys.tables import conversation_fact as fact
from bot.storage.surveys.tables import day_tally, invitation
from bot.storage.tables import conversation, customer, faq_answer, faq_entry, operator
from surveys.figures.days import day_of
from surveys.figures.tally import Scores, Tally

_MOST = 200
# what a number is made of: the conversations behind it, by day and condition, and how many the sums say they are
BEHIND: dict[str, tuple[Any, ColumnElement[bool], Callable[[Tally], int]]] = {
    "opened": (fact.c.opened_day, true(), lambda tally: tally.opened),
    "closed": (fact.c.closed_day, true(), lambda tally: tally.closed),
    "handed": (fact.c.handed_day, true(), lambda tally: tally.handed),
    "late": (fact.c.handed_day, fact.c.first_within == 0, lambda tally: tally.first_decided - tally.first_within),
    "unresolved": (
        fact.c.handed_day,
        fact.c.resolution_within == 0,
        lambda tally: tally.resolution_decided - tally.resolution_within,
    ),
    "abandoned": (fact.c.handed_day, fact.c.is_abandoned == 1, lambda tally: tally.abandoned),
    "returned": (fact.c.closed_day, fact.c.is_returned == 1, lambda tally: tally.closed - tally.settled),
    "contained": (fact.c.closed_day, fact.c.is_contained == 1, lambda tally: tally.contained),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What reports can be narrowed to, as far as names are known."""

    channels: Sequence[str]
    categories: Sequence[str]
    tags: Sequence[str]


def choices(connection: Connection) -> Choices:
    known = select(day_tally.c.channel).where(day_tally.c.grain == "channel").distinct()
    # Also those that the FAQ no longer has: conversations keep theirs.
    categories = union(
        select(faq_entry.c.category).where(faq_entry.c.category != ""),
        select(day_tally.c.category).where(day_tally.c.grain == "subject", day_tally.c.category != ""),
    )
    tags = select(conversation_tag.c.tag).distinct()
    return Choices(
        *(sorted(connection.execute(query.limit(_MOST)).scalars().all()) for query in (known, categories, tags))
    )


def unknown(connection: Connection, where: Narrowing) -> dict[str, str]:
    """Of the category and the tag it is narrowed to, those that nothing has."""
    asked = (("category", where.category), ("tag", where.tag))
    return {name: value for name, value in asked if value and not _is_in_use(connection, name, value)}


def _is_in_use(connection: Connection, name: str, value: str) -> bool:
    """Whether an entry of the FAQ, a conversation or an answer has the "category", or a conversation the "tag"."""
    columns = (
        (conversation_tag.c.tag,) if name == "tag" else (faq_entry.c.category, fact.c.category, invitation.c.category)
    )
    return any(connection.execute(select(true()).where(exists().where(one == value))).scalar() for one in columns)


def course(connection: Connection, period: Period, where: Narrowing = WHOLE) -> list[tuple[date, Tally]]:
    """What was opened and closed day by day, in order; days on which neither happened are left out."""
    found = tallies(connection, period, where, ("day",), ("opened", "closed"))
    return [(day_of(key[0]), tally) for key, tally in sorted(found.items())]


@dataclass(frozen=True, slots=True)
class Work:
    """What operator `id` did. `worth`: mean of the reviews that ended in the period, in per cent; `reviews` of them."""

    id: int
    name: str
    tally: Tally
    scores: Scores
    worth: float | None
    reviews: int


def by_operator(connection: Connection, period: Period, where: Narrowing = WHOLE) -> list[Work]:
    """The busiest first; what nobody held is left out. `scores` are those of the closing question."""
    names = {row.id: row.name or row.login for row in connection.execute(select(operator))}
    found = tallies(connection, period, where, ("operator",))
    given: dict[Any, Scores] = {}
    for (key, _, who), one in scores(connection, period, where, "operator").items():
        if key == "csi":
            given[who] = given.get(who, Scores()) + one
    worth = worth_by_operator(connection, period.start, period.end)
    rows = []
    for who in ({key[0] for key in found} | set(given)) - {None}:
        tally, answers = found.get((who,), Tally()), given.get(who, Scores())
        rows.append(Work(who, names.get(who, str(who)), tally, answers, *worth.get(who, (None, 0))))
    return sorted(rows, key=lambda row: (-row.tally.closed, row.name))


def by_category(connection: Connection, period: Period, where: Narrowing = WHOLE) -> list[tuple[str, Tally]]:
    """The most asked about first; "" is what has no subject."""
    found = tallies(connection, period, where, ("category",))
    return sorted(((key[0] or "", tally) for key, tally in found.items()), key=lambda row: (-row[1].opened, row[0]))


def load(connection: Connection, period: Period, where: Narrowing = WHOLE) -> list[list[int]]:
    """Conversations opened by weekday (Monday first) and hour of the company's clock."""
    query = (
        select(fact.c.opened_day, fact.c.opened_hour, func.count())
        .where(period.covers_day(fact.c.opened_day), *narrow(where))
        .group_by(fact.c.opened_day, fact.c.opened_hour)
    )
    hours = [[0] * 24 for _ in range(7)]
    for day, hour, count in connection.execute(query):
        hours[day_of(day).weekday()][hour] += count
    return hours


def entries(connection: Connection, period: Period) -> list[tuple[str, int, int, int]]:
    """Question of the entry, how often shown, helped, did not help; the worst first."""
    query = (
        select(faq_answer.c.entry_key, faq_answer.c.outcome, func.count())
        .where(period.covers(faq_answer.c.created_at), faq_answer.c.entry_key.is_not(None))
        .group_by(faq_answer.c.entry_key, faq_answer.c.outcome)
    )
    counts: dict[str, dict[str, int]] = {}
    for key, outcome, count in connection.execute(query):
        of = counts.setdefault(key, {})
        of[outcome or ""] = of.get(outcome or "", 0) + count
    names = {row.key: row.question for row in connection.execute(select(faq_entry.c.key, faq_entry.c.question))}
    rows = [
        (names.get(key, key), sum(of.values()), of.get("helped", 0), of.get("refused", 0)) for key, of in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row[3], -row[1], row[0]))[:_MOST]


@dataclass(frozen=True, slots=True)
class Behind:
    """A conversation behind a number; `score`: what was answered, where the number is a score.

    A periodic survey is about no conversation: then `id` is None.
    """

    id: int | None
    name: str
    channel: str
    operator: str
    category: str
    opened_at: datetime
    score: int | None = None


def behind(connection: Connection, what: str, period: Period, where: Narrowing = WHOLE) -> tuple[int, list[Behind]]:
    """How many there are, and the last of them; `what` is one of BEHIND."""
    day, condition, count = BEHIND[what]
    last = (
        select(fact.c.conversation_id, day.label("day"))
        .where(period.covers_day(day), condition, *narrow(where))
        .order_by(day.desc(), fact.c.conversation_id.desc())
        .limit(_MOST)
        .subquery()
    )
    query = (
        select(
            conversation.c.id, customer.c.name, fact.c.channel, operator.c.name.label("who"), operator.c.login,
            fact.c.category, conversation.c.opened_at,
        )
        .select_from(last)
        .join(fact, fact.c.conversation_id == last.c.conversation_id)
        .join(conversation, conversation.c.id == last.c.conversation_id)
        .join(customer, customer.c.id == conversation.c.customer_id)
        .outerjoin(operator, operator.c.id == fact.c.operator_id)
        .order_by(last.c.day.desc(), last.c.conversation_id.desc())
    )  # fmt: skip
    rows = connection.execute(query)
    return count(tallies(connection, period, where).get((), Tally())), [
        Behind(row.id, row.name, row.channel, row.who or row.login or "", row.category, row.opened_at) for row in rows
    ]
