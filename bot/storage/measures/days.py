"""The facts added up by day and by month, so that a year is read as quickly as a month."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import fields
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    case,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
)

from bot.storage.surveys.tables import conversation_fact as fact
from bot.storage.surveys.tables import day_tally
from surveys.figures.tally import Tally

_COUNTS = tuple(one.name for one in fields(Tally))
_MOST = 300  # days in one statement
_DIMENSIONS = ("channel", "operator_id", "level", "category")
# the coarsest first: a reader takes the first that has the dimensions it needs
_GRAINS = {
    "channel": ("channel",),
    "people": ("channel", "operator_id", "level"),
    "subject": ("channel", "category"),
    "all": _DIMENSIONS,
}


def grain_of(dimensions: Set[str]) -> str:
    """The sums to read for these columns."""
    return next(grain for grain, known in _GRAINS.items() if dimensions <= set(known))


def _counts() -> dict[str, tuple[Column[int], Any]]:
    """Of each count: the day it belongs to, and what a fact adds to it."""
    one = literal(1)
    opened = {"opened": one}
    handed = {
        "handed": one,
        "abandoned": fact.c.is_abandoned,
        "taken": _is_known(fact.c.waiting_ms),
        "waiting_ms": fact.c.waiting_ms,
        "quick": fact.c.is_quick,
        "undecided": fact.c.is_undecided,
        "responded": _is_known(fact.c.response_ms),
        "response_ms": fact.c.response_ms,
        "first_decided": _is_known(fact.c.first_within),
        "first_within": fact.c.first_within,
        "next_decided": fact.c.next_decided,
        "next_within": fact.c.next_within,
        "resolution_decided": _is_known(fact.c.resolution_within),
        "resolution_within": fact.c.resolution_within,
    }
    closed = {
        "closed": one,
        "contained": fact.c.is_contained,
        "settled": 1 - fact.c.is_returned,
        "handled": _is_known(fact.c.handling_ms),
        "handling_ms": fact.c.handling_ms,
        "resolution_ms": fact.c.resolution_ms,
    }
    days = ((fact.c.opened_day, opened), (fact.c.handed_day, handed), (fact.c.closed_day, closed))
    return {name: (day, adds) for day, group in days for name, adds in group.items()}


def happenings(
    covers: Callable[[Column[int]], ColumnElement[bool]],
    where: Sequence[ColumnElement[bool]] = (),
    names: Sequence[str] = _COUNTS,
) -> CompoundSelect[Any]:
    """Each conversation up to three times: under the day it was opened, handed over and closed, with what it counts.

    Only days that `covers` takes, only facts with `where`, and only the counts of these `names`.
    """
    counts = {name: one for name, one in _counts().items() if name in names}
    parts = []
    for day in dict.fromkeys(day for day, _ in counts.values()):
        columns = [
            func.coalesce(counts[name][1], 0).label(name) if counts[name][0] is day else literal(0).label(name)
            for name in names
        ]
        dimensions = (fact.c[name] for name in _DIMENSIONS)
        parts.append(select(day.label("day"), *dimensions, *columns).where(covers(day), *where))
    return union_all(*parts)


def sums_of_facts(covers: Callable[[Column[int]], ColumnElement[bool]]) -> list[Any]:
    """Every count straight from the facts, in one look at each of them: what is not told by day needs no more."""
    return [
        func.sum(case((covers(day), func.coalesce(adds, 0)), else_=0)).label(name)
        for name, (day, adds) in _counts().items()
    ]


def _is_known(column: Any) -> Any:
    return case((column.is_not(None), 1), else_=0)


def add_up(connection: Connection, days: Collection[int]) -> None:
    """Make the sums of these days anew, and of their months."""
    wanted = sorted(days)
    for start in range(0, len(wanted), _MOST):
        part = wanted[start : start + _MOST]
        connection.execute(delete(day_tally).where(day_tally.c.day.in_(part)))
        source = happenings(lambda day: day.in_(part)).subquery()  # noqa: B023 - called at once
        for grain, dimensions in _GRAINS.items():
            groups = [source.c[name] for name in dimensions]
            others = [name for name in _DIMENSIONS if name not in dimensions]
            query = select(
                literal(grain), source.c.day, *groups, *(null() for _ in others),
                *(func.sum(source.c[name]) for name in _COUNTS),
            ).group_by(source.c.day, *groups)  # fmt: skip
            names = ["grain", "day", *dimensions, *others, *_COUNTS]
            connection.execute(insert(day_tally).from_select(names, query))
    _add_up_months(connection, {day // 100 for day in wanted})


def _add_up_months(connection: Connection, months: Iterable[int]) -> None:
    """A month is kept under its own number, 202503, among its days, 20250310: the two ranges never meet."""
    groups = [day_tally.c.grain, *(day_tally.c[name] for name in _DIMENSIONS)]
    for month in months:
        connection.execute(delete(day_tally).where(day_tally.c.day == month))
        query = (
            select(*groups, literal(month), *(func.sum(day_tally.c[name]) for name in _COUNTS))
            .where(day_tally.c.grain.in_(_GRAINS), day_tally.c.day.between(month * 100, month * 100 + 99))
            .group_by(*groups)
        )
        names = ["grain", *_DIMENSIONS, "day", *_COUNTS]
        connection.execute(insert(day_tally).from_select(names, query))
