"""The facts of a period for the report, in one pass of read-only queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, func, select

from bot.storage.tables import conversation, faq_answer, invitation
from core.conversation import OperatorId
from core.errors import InvalidInput
from surveys.report import Facts, FaqFacts

_LONGEST = timedelta(days=3660)
_YEARS = (1970, 9000)


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of the first day to the end of the last, in the company's time zone."""

    first_day: date
    last_day: date
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise InvalidInput(f"the period ends ({self.last_day}) before it begins ({self.first_day})")
        if self.last_day - self.first_day > _LONGEST:
            raise InvalidInput("a period has at most ten years")
        if not _YEARS[0] <= self.first_day.year <= self.last_day.year <= _YEARS[1]:
            raise InvalidInput(f"a period lies between the years {_YEARS[0]} and {_YEARS[1]}")

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first_day, time.min, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return datetime.combine(self.last_day + timedelta(days=1), time.min, self.zone)

    def covers(self, column: Column[datetime]) -> ColumnElement[bool]:
        return and_(column >= self.start, column < self.end)


def load_facts(
    connection: Connection, period: Period, channel: str | None = None, operator_id: OperatorId | None = None
) -> Facts:
    """What happened in the period, in one channel or all.

    Each measure counts what happened within the period: openings, closings, first responses, assignments, answers of
    the bot; scores are those given to invitations sent in it. With an operator: the conversations they hold, or held
    when they were closed; for scores, the latter only.
    """
    of_conversation = _filters(channel, operator_id)
    sent = and_(period.covers(invitation.c.sent_at), invitation.c.survey == "csi")
    invitations = _join(select(func.count()), invitation.c.conversation_id, channel).where(sent)
    scores = _join(select(invitation.c.score), invitation.c.conversation_id, channel).where(
        sent, invitation.c.score.is_not(None)
    )
    if operator_id is not None:
        invitations = invitations.where(invitation.c.operator_id == operator_id)
        scores = scores.where(invitation.c.operator_id == operator_id)
    closed = and_(period.covers(conversation.c.closed_at), *of_conversation)
    contained = select(func.count()).select_from(conversation).where(closed, conversation.c.queued_at.is_(None))
    return Facts(
        first_day=period.first_day,
        last_day=period.last_day,
        opened=_by_channel(connection, and_(period.covers(conversation.c.opened_at), *of_conversation)),
        closed=_by_channel(connection, closed),
        contained=connection.execute(contained).scalar_one(),
        invitations=connection.execute(invitations).scalar_one(),
        scores=list(connection.execute(scores).scalars()),
        first_response_times=_times(connection, conversation.c.first_response_at, period, of_conversation),
        waiting_times=_times(connection, conversation.c.assigned_at, period, of_conversation),
        faq=_faq(connection, period, channel, operator_id),
    )


def _filters(channel: str | None, operator_id: OperatorId | None) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if channel is not None:
        filters.append(conversation.c.channel == channel)
    if operator_id is not None:
        holder = func.coalesce(conversation.c.operator_id, conversation.c.closed_by_operator_id)
        filters.append(holder == operator_id)
    return filters


def _join(query: Select[int], reference: Column[int], channel: str | None) -> Select[int]:
    query = query.select_from(reference.table)
    if channel is None:
        return query
    return query.join(conversation, conversation.c.id == reference).where(conversation.c.channel == channel)


def _by_channel(connection: Connection, where: ColumnElement[bool]) -> dict[str, int]:
    query = select(conversation.c.channel, func.count().label("number")).where(where).group_by(conversation.c.channel)
    return {row.channel: row.number for row in connection.execute(query)}


def _times(
    connection: Connection, until: Column[datetime], period: Period, filters: list[ColumnElement[bool]]
) -> list[float]:
    """Seconds from the handing over to `until`, for what reached it within the period."""
    query = select(conversation.c.queued_at, until).where(
        period.covers(until), conversation.c.queued_at.is_not(None), *filters
    )
    return [max(0.0, (end - start).total_seconds()) for start, end in connection.execute(query)]


def _faq(connection: Connection, period: Period, channel: str | None, operator_id: OperatorId | None) -> FaqFacts:
    where = [period.covers(faq_answer.c.created_at), *_filters(channel, operator_id)]
    query = (
        select(faq_answer.c.decision, faq_answer.c.outcome, func.count())
        .join(conversation, conversation.c.id == faq_answer.c.conversation_id)
        .where(*where)
        .group_by(faq_answer.c.decision, faq_answer.c.outcome)
    )
    decisions: dict[str, int] = {}
    outcomes: dict[str, int] = {}
    for decision, outcome, count in connection.execute(query):
        decisions[decision] = decisions.get(decision, 0) + count
        outcomes[outcome or ""] = outcomes.get(outcome or "", 0) + count
    return FaqFacts(
        answered=decisions.get("answer", 0),
        clarified=decisions.get("clarify", 0),
        unanswered=decisions.get("none", 0),
        helped=outcomes.get("helped", 0),
        refused=outcomes.get("refused", 0),
    )
