"""Facts of a period from both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert, update

from bot.storage.database import Database
from bot.storage.measures.keeping import step
from bot.storage.measures.period import Narrowing, Period
from bot.storage.measures.reading import load_facts
from bot.storage.measures.refresh import Rules, count_facts, refresh
from bot.storage.operators import add_operator
from bot.storage.service.snoozes import note_snooze
from bot.storage.surveys.tables import invitation
from bot.storage.tables import conversation, customer, faq_answer, identity, message
from core.conversation import ConversationId
from core.errors import InvalidInput
from handoff.operators import Role
from surveys.figures.episode import AroundTheClock, Promise
from surveys.figures.tally import Answers, Scores, Tally
from surveys.report import Facts, build_report
from surveys.scoring import percentile

MOSCOW = ZoneInfo("Europe/Moscow")
PERIOD = Period(date(2025, 3, 1), date(2025, 3, 30), MOSCOW)
INSIDE = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)
_ALWAYS = AroundTheClock()


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

    def invitation(
        self, number: int, score: int | None, sent_at: datetime = INSIDE, channel: str = "telegram", **values: Any
    ) -> None:
        self._put(
            invitation,
            survey="csi",
            conversation_id=number,
            customer_id=self.customer,
            sent_at=sent_at,
            sent_day=int(f"{sent_at.astimezone(MOSCOW):%Y%m%d}"),
            channel=channel,
            score=score,
            **values,
        )

    def message(self, number: int, author: str, text: str, at: datetime) -> None:
        told = {"identity_id": self.identities["telegram"], "kind": "text", "created_at": at}
        self._put(message, conversation_id=number, author=author, text=text, **told)

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
    company.invitation(contained, None, channel="vk")
    company.answer(contained, "answer", "helped")
    company.answer(contained, "clarify")
    company.answer(contained, "chosen", "refused")
    held = company.conversation(INSIDE, "vk", queued_at=INSIDE, assigned_at=INSIDE, operator_id=company.boris)
    company.invitation(held, 2, channel="vk", operator_id=company.boris)
    long_ago = company.conversation(INSIDE - timedelta(days=90), closed_at=INSIDE - timedelta(days=80))
    company.invitation(long_ago, 1, INSIDE - timedelta(days=80), operator_id=company.anna)
    company.answer(long_ago, "answer", at=INSIDE - timedelta(days=80))
    return company


async def facts_of(database: Database, period: Period = PERIOD, **filters: Any) -> Facts:
    await database.write(lambda connection: step(connection, INSIDE + timedelta(days=5), MOSCOW))
    return await database.read(lambda connection: load_facts(connection, period, Narrowing(**filters)))


def scores_of(facts: Facts) -> tuple[int, int, int]:
    """Invitations, responses and the sum of the scores."""
    found = facts.result("csi").scores
    return found.invitations, found.responses, found.total


async def test_facts_of_the_period(database: Database) -> None:
    await database.write(tell)
    facts = await facts_of(database)
    assert facts.opened == {"telegram": 1, "vk": 2}
    assert facts.closed == {"telegram": 1, "vk": 1}
    assert facts.tally == Tally(
        opened=3, handed=2, taken=2, waiting_ms=60_000, quick=2, responded=1, response_ms=120_000,
        closed=2, contained=1, settled=2, handled=1, handling_ms=58 * 60_000, resolution_ms=3 * 3_600_000,
    )  # fmt: skip
    assert facts.result("csi").scores == Scores(
        invitations=3, responses=2, total=7, squares=29, satisfied=1, detractors=2
    )
    assert facts.spread.p50_ms == 120_000
    assert facts.answers == Answers(answered=1, clarified=1, unanswered=1, helped=1, refused=1)


async def test_one_channel(database: Database) -> None:
    await database.write(tell)
    facts = await facts_of(database, channel="vk")
    assert (facts.opened, facts.closed, facts.tally.contained) == ({"vk": 2}, {"vk": 1}, 1)
    assert scores_of(facts) == (2, 1, 2)
    assert facts.spread.p50_ms is None
    assert facts.answers == Answers(answered=1, clarified=1, helped=1, refused=1)


async def test_one_operator(database: Database) -> None:
    company = await database.write(tell)
    facts = await facts_of(database, operator_id=company.anna)
    assert (facts.opened, facts.closed) == ({"telegram": 1}, {"telegram": 1})
    assert scores_of(facts) == (1, 1, 5)
    assert scores_of(await facts_of(database, operator_id=company.boris)) == (1, 1, 2)


async def test_score_stays_with_whoever_closed(database: Database) -> None:
    def reopened(connection: Connection) -> Company:
        company = Company(connection)
        number = company.conversation(INSIDE, closed_by_operator_id=company.anna, operator_id=company.boris)
        company.invitation(number, 3, operator_id=company.anna)
        return company

    company = await database.write(reopened)
    assert scores_of(await facts_of(database, operator_id=company.anna)) == (1, 1, 3)
    assert scores_of(await facts_of(database, operator_id=company.boris)) == (0, 0, 0)


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


async def test_a_change_is_seen_and_nothing_is_counted_twice(database: Database) -> None:
    company = await database.write(tell)
    await facts_of(database)
    later = INSIDE + timedelta(days=1)

    def close(connection: Connection) -> None:
        connection.execute(
            update(conversation)
            .where(conversation.c.closed_at.is_(None))
            .values(status="closed", closed_at=later, closed_by="operator", touched_at=later)
        )

    await database.write(close)
    facts = await facts_of(database)
    assert (facts.tally.opened, facts.tally.closed) == (3, 3)
    assert (await facts_of(database, operator_id=company.boris)).tally.closed == 1


async def test_refresh_in_small_steps_comes_to_the_same(database: Database) -> None:
    def many(connection: Connection) -> None:
        company = Company(connection)
        for number in range(25):  # several of one moment
            company.conversation(INSIDE + timedelta(minutes=number // 10), closed_at=INSIDE + timedelta(hours=1))

    await database.write(many)
    rules = Rules(INSIDE, MOSCOW)
    place, steps = None, 0
    while True:
        place = await database.write(lambda connection, after=place: refresh(connection, rules, after, most=4))
        steps += 1
        if place is None:
            break
    assert steps == 7
    assert (await database.read(count_facts)) == 25


@pytest.mark.parametrize(("words", "kept"), [("Спасибо!", 1), ("Спасибо, но не помогло", 0)])
async def test_a_mere_thank_you_begins_no_wait(database: Database, words: str, kept: int) -> None:
    """Answered at 12:03, those words at 12:10, a question at 13:30, answered at 13:40; promised within an hour."""

    def talk(connection: Connection) -> None:
        company = Company(connection)
        number = company.conversation(
            INSIDE,
            queued_at=INSIDE,
            assigned_at=INSIDE,
            first_response_at=INSIDE + timedelta(minutes=3),
            closed_at=INSIDE + timedelta(hours=2),
            closed_by="operator",
        )
        said = [("customer", "Где заказ?", 0), ("operator", "В пути.", 3), ("customer", words, 10),
                ("customer", "А когда приедет?", 90), ("operator", "Завтра.", 100)]  # fmt: skip
        for author, text, minutes in said:
            company.message(number, author, text, INSIDE + timedelta(minutes=minutes))
        promise = Promise(next_response=timedelta(hours=1))
        refresh(connection, Rules(INSIDE + timedelta(days=1), MOSCOW, lambda level, priority: (_ALWAYS, promise)))

    await database.write(talk)
    tally = (await database.read(lambda connection: load_facts(connection, PERIOD))).tally
    assert (tally.next_decided, tally.next_within) == (1, kept)


@pytest.mark.parametrize(("is_snoozed", "kept"), [(True, 1), (False, 0)])
async def test_what_was_snoozed_is_no_time_for_the_resolution(database: Database, is_snoozed: bool, kept: int) -> None:
    """Handed over at 12, snoozed from 13 to 18 (put off once more meanwhile), closed at 21; promised within 8 hours."""

    def rest(connection: Connection) -> None:
        number = ConversationId(
            Company(connection).conversation(
                INSIDE,
                queued_at=INSIDE,
                assigned_at=INSIDE,
                first_response_at=INSIDE,
                closed_at=INSIDE + timedelta(hours=9),
                closed_by="operator",
            )
        )
        for hours, is_asleep in ((1, True), (2, True), (6, False)) if is_snoozed else ():
            note_snooze(connection, number, INSIDE + timedelta(hours=hours), is_asleep=is_asleep)
        promise = Promise(resolution=timedelta(hours=8))
        refresh(connection, Rules(INSIDE + timedelta(days=1), MOSCOW, lambda level, priority: (_ALWAYS, promise)))

    await database.write(rest)
    tally = (await database.read(lambda connection: load_facts(connection, PERIOD))).tally
    assert (tally.resolution_decided, tally.resolution_within) == (1, kept)


async def test_return_turns_an_earlier_conversation_unsettled(database: Database) -> None:
    """A conversation that was closed, and counted as settled, days ago: the customer comes back with it."""

    def first(connection: Connection) -> Company:
        company = Company(connection)
        company.conversation(INSIDE, closed_at=INSIDE + timedelta(hours=1), status="closed")
        return company

    company = await database.write(first)
    assert (await facts_of(database)).tally.settled == 1
    again = INSIDE + timedelta(days=3)

    def second(connection: Connection) -> None:
        company.connection = connection
        company.conversation(again, "vk", closed_at=again + timedelta(hours=1), status="closed")

    await database.write(second)
    tally = (await facts_of(database)).tally
    assert (tally.closed, tally.settled) == (2, 1)


async def test_empty_database(database: Database) -> None:
    assert build_report(await facts_of(database)) == build_report(Facts(PERIOD.first_day, PERIOD.last_day))


async def test_percentiles_agree_with_the_formula(database: Database) -> None:
    seconds = [40, 10, 30, 20, 20, 75, 3]

    def answered(connection: Connection) -> None:
        company = Company(connection)
        for one in seconds:
            company.conversation(INSIDE, queued_at=INSIDE, first_response_at=INSIDE + timedelta(seconds=one))

    await database.write(answered)
    found = (await facts_of(database)).spread
    assert (found.p50_ms, found.p90_ms) == (20_000, 1000 * (percentile(seconds, 90) or 0)) == (20_000, 54_000)


def test_period_that_cannot_be() -> None:
    with pytest.raises(InvalidInput):
        Period(date(2025, 3, 2), date(2025, 3, 1), MOSCOW)
    with pytest.raises(InvalidInput):
        Period(date(1, 1, 1), date(9999, 12, 31), MOSCOW)
    with pytest.raises(InvalidInput):
        Period(date(9999, 12, 1), date(9999, 12, 31), MOSCOW)


def test_period_before_is_as_long_and_right_before() -> None:
    before = PERIOD.before
    assert (before.first_day, before.last_day) == (date(2025, 1, 30), date(2025, 2, 28))
