"""Counts for the measures, straight from facts, invitations and the bot's answers; nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import fields
from datetime import timedelta
from enum import Flag, auto
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, and_, case, func, select

from bot.storage.measures.days import grain_of, happenings, sums_of_facts
from bot.storage.measures.period import WHOLE, Narrowing, Period
from bot.storage.measures.refresh import WITHIN
from bot.storage.surveys.tables import conversation_fact as fact
from bot.storage.surveys.tables import day_tally, invitation, survey, survey_answer
from bot.storage.tables import customer, faq_answer, metadata
from surveys.figures.tally import Answers, Newcomers, Scores, Tally
from surveys.invitation import State
from surveys.report import Facts, Result, Spread

_COUNTS = tuple(one.name for one in fields(Tally))


def narrow(where: Narrowing, table: Any = fact) -> list[ColumnElement[bool]]:
    """Conditions on facts, or on invitations, which carry the same columns."""
    tags = metadata.tables["conversation_tag"]  # of the desk's tables, which know those of surveys
    tagged = select(tags.c.conversation_id).where(tags.c.tag == where.tag)
    carries = [table.c.conversation_id.in_(tagged)] if where.tag is not None else []
    return carries + [
        column == value
        for column, value in (
            (table.c.channel, where.channel),
            (table.c.operator_id, where.operator_id),
            (table.c.level, where.level),
            (table.c.category, where.category),
        )
        if value is not None
    ]


def tallies(
    connection: Connection,
    period: Period,
    where: Narrowing = WHOLE,
    by: Sequence[str] = (),
    names: Sequence[str] = _COUNTS,
) -> dict[tuple[Any, ...], Tally]:
    """The counts of each group by the named dimensions (day, channel, operator, level, category); only these `names`.

    Without any dimension, of one group named (). Tags are put on and taken off at any time, so they have no sums kept:
    what is narrowed to one is counted fact by fact.
    """
    columns = ["operator_id" if name == "operator" else name for name in by]
    if where.tag is not None:
        query, groups = _of_tagged(period, where, columns, names)
    else:
        groups = [day_tally.c[name] for name in columns]
        needed = {"operator_id" if name == "operator" else name for name in (*by, *where.names)}
        covered = period.covers_day if "day" in by else period.covers_sums
        query = select(*groups, *(func.sum(day_tally.c[name]).label(name) for name in names)).where(
            day_tally.c.grain == grain_of(needed - {"day"}), covered(day_tally.c.day), *narrow(where, day_tally)
        )
    found = {tuple(row[: len(groups)]): _tally(row, names) for row in connection.execute(query.group_by(*groups))}
    return {group: tally for group, tally in found.items() if tally != Tally()}


def _of_tagged(
    period: Period, where: Narrowing, columns: Sequence[str], names: Sequence[str]
) -> tuple[Select[Any], list[Any]]:
    if "day" not in columns:
        groups: list[Any] = [fact.c[name] for name in columns]
        sums = [one for one in sums_of_facts(period.covers_day) if one.name in names]
        return select(*groups, *sums).where(*narrow(where)), groups
    source = happenings(period.covers_day, narrow(where), names).subquery()
    groups = [source.c[name] for name in columns]
    return select(*groups, *(func.sum(source.c[name]).label(name) for name in names)), groups


def _tally(row: Row[Any], names: Sequence[str]) -> Tally:
    return Tally(**{name: int(getattr(row, name) or 0) for name in names})


def spread(connection: Connection, period: Period, where: Narrowing = WHOLE) -> Spread:
    """The median and the 90th of the first response times of what was handed over in the period."""
    conditions = [period.covers_day(fact.c.handed_day), fact.c.response_ms.is_not(None), *narrow(where)]
    return Spread(*percentiles(connection, fact.c.response_ms, conditions, (50, 90)))


def percentiles(
    connection: Connection, column: Column[int], where: Sequence[ColumnElement[bool]], wanted: Sequence[int]
) -> list[float | None]:
    """As surveys.scoring.percentile, without fetching every value: sorted once, only the neighbours read."""
    count = connection.execute(select(func.count(column)).where(*where)).scalar_one()
    if not count:
        return [None for _ in wanted]
    places = [divmod(percent * (count - 1), 100) for percent in wanted]
    needed = {place for below, _ in places for place in (below, min(below + 1, count - 1))}
    ranked = (
        select(column.label("value"), func.row_number().over(order_by=column).label("place")).where(*where).subquery()
    )
    query = select(ranked.c.place - 1, ranked.c.value).where(ranked.c.place.in_([place + 1 for place in needed]))
    values = {place: int(value) for place, value in connection.execute(query)}
    return [(values[at] * (100 - rest) + values[min(at + 1, count - 1)] * rest) / 100 for at, rest in places]


def scores(
    connection: Connection,
    period: Period,
    where: Narrowing = WHOLE,
    by: str | None = None,
) -> dict[tuple[str, int, Any], Scores]:
    """Answers by survey, version and, if wanted, a dimension; of the invitations sent in the period."""
    group: list[Any] = [] if by is None else [invitation.c["operator_id" if by == "operator" else by]]
    has_score = invitation.c.score.is_not(None)
    score = invitation.c.score
    query = (
        select(
            invitation.c.survey,
            invitation.c.version,
            *group,
            func.count().label("invitations"),
            func.count(score).label("responses"),
            func.sum(score).label("total"),
            func.sum(score * score).label("squares"),
            func.sum(case((and_(has_score, score.in_((4, 5))), 1))).label("satisfied"),
            func.sum(case((score >= 9, 1))).label("promoters"),
            func.sum(case((score <= 6, 1))).label("detractors"),
        )
        .where(
            period.covers_day(invitation.c.sent_day),
            invitation.c.state != State.HELD_OUT.value,
            *narrow(where, invitation),
        )
        .group_by(invitation.c.survey, invitation.c.version, *group)
    )
    return {
        (row.survey, row.version, row[2] if by else None): Scores(
            **{one.name: int(getattr(row, one.name) or 0) for one in fields(Scores)}
        )
        for row in connection.execute(query)
    }


def results(connection: Connection, period: Period, where: Narrowing = WHOLE) -> list[Result]:
    """Each version of each survey by itself, the newest first."""
    found = scores(connection, period, where)
    known = {(row.key, row.version): row.definition for row in connection.execute(select(survey))}
    several = {key for (key, _), one in known.items() if len(one["questions"]) > 1}
    means = _means(connection, period, where, several) if several else {}
    made = []
    for key, version, _ in sorted(found, key=lambda one: (one[0], -one[1])):
        definition = known.get((key, version), {"kind": key, "questions": []})
        weights = {one["key"]: float(one.get("weight", 1)) for one in definition["questions"]}
        made.append(
            Result(key, version, definition["kind"], found[key, version, None], means.get((key, version), {}), weights)
        )
    return made


def _means(
    connection: Connection, period: Period, where: Narrowing, keys: Set[str]
) -> dict[tuple[str, int], dict[str, Any]]:
    query = (
        select(
            invitation.c.survey,
            invitation.c.version,
            survey_answer.c.question,
            func.count(survey_answer.c.score).label("number"),
            func.sum(survey_answer.c.score).label("total"),
        )
        .join(survey_answer, survey_answer.c.invitation_id == invitation.c.id)
        .where(period.covers_day(invitation.c.sent_day), invitation.c.survey.in_(keys))
        .where(survey_answer.c.score.is_not(None))
        .where(*narrow(where, invitation))
        .group_by(invitation.c.survey, invitation.c.version, survey_answer.c.question)
    )
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for row in connection.execute(query):
        means = found.setdefault((row.survey, row.version), {})
        means[row.question] = (row.number, int(row.total) / row.number)
    return found


def answers(connection: Connection, period: Period, where: Narrowing = WHOLE) -> Answers:
    """The bot's answers given in the period; narrowed by what their conversations are."""
    query = select(faq_answer.c.decision, faq_answer.c.outcome, func.count()).where(
        period.covers(faq_answer.c.created_at)
    )
    if not where.is_whole:
        query = query.join(fact, fact.c.conversation_id == faq_answer.c.conversation_id).where(*narrow(where))
    decisions: dict[str, int] = {}
    outcomes: dict[str, int] = {}
    for decision, outcome, count in connection.execute(query.group_by(faq_answer.c.decision, faq_answer.c.outcome)):
        decisions[decision] = decisions.get(decision, 0) + count
        outcomes[outcome or ""] = outcomes.get(outcome or "", 0) + count
    return Answers(
        answered=decisions.get("answer", 0),
        clarified=decisions.get("clarify", 0),
        unanswered=decisions.get("none", 0),
        helped=outcomes.get("helped", 0),
        refused=outcomes.get("refused", 0),
    )


def newcomers(connection: Connection, period: Period) -> Newcomers:
    """Customers met in the period, and how many of them came by somebody's link."""
    query = select(func.count(), func.sum(case((customer.c.source.startswith("ref_"), 1)))).where(
        period.covers(customer.c.created_at)
    )
    met, recommended = connection.execute(query).one()
    return Newcomers(met, int(recommended or 0))


class Part(Flag):
    """What facts have besides the counts of conversations."""

    NOTHING = 0
    RESULTS = auto()
    ANSWERS = auto()
    NEWCOMERS = auto()
    SPREAD = auto()
    EVERYTHING = RESULTS | ANSWERS | NEWCOMERS | SPREAD


def load_facts(
    connection: Connection,
    period: Period,
    where: Narrowing = WHOLE,
    within: timedelta = WITHIN,
    parts: Part = Part.EVERYTHING,
) -> Facts:
    """All the report needs, or these parts of it; facts have to be up to date (see bot.storage.measures.refresh)."""
    by_channel = {key[0]: tally for key, tally in tallies(connection, period, where, ("channel",)).items()}
    return Facts(
        first_day=period.first_day,
        last_day=period.last_day,
        tally=sum(by_channel.values(), Tally()),
        opened={channel: tally.opened for channel, tally in by_channel.items() if tally.opened},
        closed={channel: tally.closed for channel, tally in by_channel.items() if tally.closed},
        results=results(connection, period, where) if Part.RESULTS in parts else (),
        answers=answers(connection, period, where) if Part.ANSWERS in parts else Answers(),
        newcomers=newcomers(connection, period) if Part.NEWCOMERS in parts else Newcomers(),
        spread=spread(connection, period, where) if Part.SPREAD in parts else Spread(),
        within_s=round(within.total_seconds()),
    )
