"""Facts of a period from both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert

from bot.storage.database import Database
from bot.storage.operators import add_operator
from bot.storage.tables import conversation, customer, faq_answer, identity, invitation
from bot.storage.upkeep.reports import Period, load_facts
from core.errors import InvalidInput
from handoff.operators import Role
from surveys.report import Facts, FaqFacts, build_report

MOSCOW = ZoneInfo("Europe/Moscow")
PERIOD = Period(date(2025, 3, 1), date(2025, 3, 30), MOSCOW)
INSIDE = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)


class Company:
    """Writes conversations as they would have happened."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.anna = add_operator(connection, "anna", Role.OPERATOR, INSIDE)
        self.boris = add_operator(connection, "boris", Role.OPERATOR, INSIDE)
        self.customer = self._put(customer, created_at=INSIDE)
        self.identities = {
            channel: self._put(
                identity, customer_id=self.customer, channel=channel, account="a", address="1", created_at=INSIDE
            )
            for channel in ("telegram", "vk")
        }

    def _put(self, table: Any, **values: Any) -> int:
        return int(self.connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())

    def conversation(self, opened_at: datetime, channel: str = "telegram", **values: Any) -> int:
        values = {"status": "active", "touched_at": opened_at, "dialogue": {}} | values
        return self._put(
            conversation,
            customer_id=self.customer,
            identity_id=self.identities[channel],
            channel=channel,
            opened_at=opened_at,
            **values,
        )

    def invitation(self, number: int, score: int | None, sent_at: datetime = INSIDE, **values: Any) -> None:
        self._put(
            invitation,
            survey="csi",
            conversation_id=number,
            customer_id=self.customer,
            sent_at=sent_at,
            score=score,
            **values,
        )

    def answer(self, number: int, decision: str, outcome: str | None = None, at: datetime = INSIDE) -> None:
        self._put(faq_answer, conversation_id=number, question="?", decision=decision, outcome=outcome, created_at=at)


def tell(connection: Connection) -> Company:
    company = Company(connection)
    served = company.conversation(
        INSIDE,
        queued_at=INSIDE + timedelta(minutes=1),
        assigned_at=INSIDE + timedelta(minutes=2),
        first_response_at=INSIDE + timedelta(minutes=3),
        closed_at=INSIDE + timedelta(hours=1),
        closed_by_operator_id=company.anna,
    )
    company.invitation(served, 5, operator_id=company.anna)
    company.answer(served, "none")
    contained = company.conversation(INSIDE, "vk", closed_at=INSIDE + timedelta(hours=2))
    company.invitation(contained, None)
    company.answer(contained, "answer", "helped")
    company.answer(contained, "clarify")
    company.answer(contained, "chosen", "refused")
    held = company.conversation(INSIDE, "vk", queued_at=INSIDE, assigned_at=INSIDE, operator_id=company.boris)
    company.invitation(held, 2, operator_id=company.boris)
    long_ago = company.conversation(INSIDE - timedelta(days=90), closed_at=INSIDE - timedelta(days=80))
    company.invitation(long_ago, 1, INSIDE - timedelta(days=80), operator_id=company.anna)
    company.answer(long_ago, "answer", at=INSIDE - timedelta(days=80))
    return company


async def facts_of(database: Database, period: Period = PERIOD, **filters: Any) -> Facts:
    return await database.read(lambda connection: load_facts(connection, period, **filters))


async def test_facts_of_the_period(database: Database) -> None:
    await database.write(tell)
    facts = await facts_of(database)
    assert facts.opened == {"telegram": 1, "vk": 2}
    assert facts.closed == {"telegram": 1, "vk": 1}
    assert facts.contained == 1
    assert (facts.invitations, sorted(facts.scores)) == (3, [2, 5])
    assert facts.first_response_times == [120]
    assert sorted(facts.waiting_times) == [0, 60]
    assert facts.faq == FaqFacts(answered=1, clarified=1, unanswered=1, helped=1, refused=1)


async def test_one_channel(database: Database) -> None:
    await database.write(tell)
    facts = await facts_of(database, channel="vk")
    assert (facts.opened, facts.closed, facts.contained) == ({"vk": 2}, {"vk": 1}, 1)
    assert (facts.invitations, list(facts.scores)) == (2, [2])
    assert facts.first_response_times == []
    assert facts.faq == FaqFacts(answered=1, clarified=1, helped=1, refused=1)


async def test_one_operator(database: Database) -> None:
    company = await database.write(tell)
    facts = await facts_of(database, operator_id=company.anna)
    assert (facts.opened, facts.closed) == ({"telegram": 1}, {"telegram": 1})
    assert (facts.invitations, list(facts.scores)) == (1, [5])
    assert (await facts_of(database, operator_id=company.boris)).scores == [2]


async def test_score_stays_with_whoever_closed(database: Database) -> None:
    def reopened(connection: Connection) -> Company:
        company = Company(connection)
        number = company.conversation(INSIDE, closed_by_operator_id=company.anna, operator_id=company.boris)
        company.invitation(number, 3, operator_id=company.anna)
        return company

    company = await database.write(reopened)
    assert (await facts_of(database, operator_id=company.anna)).scores == [3]
    assert (await facts_of(database, operator_id=company.boris)).scores == []


@pytest.mark.parametrize(
    ("moment", "is_inside"),
    [
        (datetime(2025, 2, 28, 20, 59, 59, tzinfo=UTC), False),
        (datetime(2025, 2, 28, 21, 0, tzinfo=UTC), True),
        (datetime(2025, 3, 30, 20, 59, 59, tzinfo=UTC), True),
        (datetime(2025, 3, 30, 21, 0, tzinfo=UTC), False),
    ],
)
async def test_days_are_the_companys(database: Database, moment: datetime, is_inside: bool) -> None:
    await database.write(lambda connection: Company(connection).conversation(moment))
    assert (await facts_of(database)).opened == ({"telegram": 1} if is_inside else {})


async def test_empty_database(database: Database) -> None:
    assert build_report(await facts_of(database)) == build_report(Facts(PERIOD.first_day, PERIOD.last_day))


def test_period_that_cannot_be() -> None:
    with pytest.raises(InvalidInput):
        Period(date(2025, 3, 2), date(2025, 3, 1), MOSCOW)
    with pytest.raises(InvalidInput):
        Period(date(1, 1, 1), date(9999, 12, 31), MOSCOW)
    with pytest.raises(InvalidInput):
        Period(date(9999, 12, 1), date(9999, 12, 31), MOSCOW)
