"""Questionnaires, their versions, invitations and follow-ups on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.storage.database import Database
from bot.storage.desk.tables import conversation_tag
from bot.storage.measures.keeping import step
from bot.storage.operators import add_operator
from bot.storage.surveys import candidates, follow_ups, improvements, invitations, questionnaires, reviews
from bot.storage.surveys.invitations import NewInvitation
from bot.storage.surveys.tables import invitation
from bot.storage.tables import conversation, customer, identity
from core.conversation import ConversationId
from core.customer import CustomerId
from core.errors import Conflict, NotFound
from handoff.operators import Role
from surveys.form import find_builtin
from surveys.interview import Given
from surveys.quality import USUAL
from surveys.survey import Occasion, Question

NOW = datetime(2025, 3, 10, 22, 30, tzinfo=UTC)
NPS = find_builtin("nps")


def add_customer(connection: Connection, days: int = 100, **values: object) -> CustomerId:
    number = connection.execute(
        insert(customer).values(created_at=NOW - timedelta(days=days), **values).returning(customer.c.id)
    ).scalar_one()
    address = {"channel": "telegram", "account": "1", "address": str(number), "created_at": NOW}
    connection.execute(insert(identity).values(customer_id=number, **address))
    return CustomerId(number)


def add_conversation(
    connection: Connection, of: CustomerId, status: str = "closed", **values: object
) -> ConversationId:
    place = connection.execute(select(identity.c.id).where(identity.c.customer_id == of)).scalar_one()
    number = connection.execute(
        insert(conversation)
        .values(
            customer_id=of, identity_id=place, channel="telegram", status=status, opened_at=NOW, touched_at=NOW,
            dialogue={},
        )
        .returning(conversation.c.id)
    ).scalar_one()  # fmt: skip
    return ConversationId(number)


def ask(connection: Connection, of: CustomerId, survey: str = "nps", **values: object) -> int:
    new = NewInvitation(of, UTC, "telegram", survey=survey)
    return invitations.add_invitation(connection, replace(new, **values), NOW)  # type: ignore[arg-type]


async def test_closing_question_is_there_from_the_beginning(database: Database) -> None:
    listed = await database.read(questionnaires.list_surveys)
    assert [(one.survey.key, one.survey.version, one.is_active) for one in listed] == [("csi", 1, True)]
    assert await database.read(questionnaires.closing_question) == listed[0].survey


async def test_unanswered_survey_is_changed_in_place(database: Database) -> None:
    rescaled = replace(NPS, questions=(Question("other", {"ru": "?"}, 0, 10),))

    def work(connection: Connection) -> list[int]:
        return [questionnaires.keep_survey(connection, one, NOW).version for one in (NPS, rescaled)]

    assert await database.write(work) == [1, 1]


async def test_scale_of_what_was_asked_stays_and_a_version_starts(database: Database) -> None:
    other_words = replace(NPS, questions=(replace(NPS.main, words={"ru": "Иначе?"}), *NPS.questions[1:]))
    rescaled = replace(NPS, questions=NPS.questions[:1])

    def work(connection: Connection) -> list[int]:
        questionnaires.keep_survey(connection, NPS, NOW)
        ask(connection, add_customer(connection))
        return [questionnaires.keep_survey(connection, one, NOW).version for one in (other_words, rescaled, rescaled)]

    assert await database.write(work) == [1, 2, 2]
    first = await database.read(lambda connection: questionnaires.find_survey(connection, "nps", 1))
    assert first is not None
    assert (first.main.words, len(first.questions)) == ({"ru": "Иначе?"}, 2)
    active = await database.read(lambda connection: questionnaires.active_surveys(connection, Occasion.PERIODIC))
    assert [one.version for one in active] == [2]


async def test_switched_off_closing_question_is_not_asked(database: Database) -> None:
    await database.write(lambda connection: questionnaires.switch(connection, "csi", is_active=False, now=NOW))
    assert await database.read(questionnaires.closing_question) is None
    await database.write(lambda connection: questionnaires.switch(connection, "csi", is_active=True, now=NOW))
    assert await database.read(questionnaires.closing_question) is not None
    with pytest.raises(NotFound):
        await database.write(lambda connection: questionnaires.switch(connection, "none", is_active=True, now=NOW))


async def test_two_votes_from_two_devices_are_one_answer(database: Database) -> None:
    def work(connection: Connection) -> dict[str, int]:
        number = ask(connection, add_customer(connection))
        invitations.write_answer(connection, number, Given("score", 3), NOW)
        invitations.write_answer(connection, number, Given("score", 9), NOW)
        return invitations.scores_given(connection, number)

    assert await database.write(work) == {"score": 9}


async def test_day_of_asking_is_the_companys(database: Database) -> None:
    """22:30 UTC on the tenth is half past one on the eleventh in Moscow."""
    from zoneinfo import ZoneInfo

    def work(connection: Connection) -> int:
        number = ask(connection, add_customer(connection), zone=ZoneInfo("Europe/Moscow"))
        return int(connection.execute(select(invitation.c.sent_day).where(invitation.c.id == number)).scalar_one())

    assert await database.write(work) == 20250311


async def test_expired_in_time_and_only_then(database: Database) -> None:
    def work(connection: Connection) -> int:
        return ask(connection, add_customer(connection), expires_at=NOW + timedelta(days=7))

    await database.write(work)
    assert await database.write(lambda connection: invitations.expire(connection, NOW + timedelta(days=6))) == 0
    assert await database.write(lambda connection: invitations.expire(connection, NOW + timedelta(days=7))) == 1
    assert await database.write(lambda connection: invitations.expire(connection, NOW + timedelta(days=8))) == 0


async def test_candidates_of_a_periodic_survey(database: Database) -> None:
    """Known long enough, nothing under way, not asked lately, not banned, wants surveys: one of six."""

    def work(connection: Connection) -> list[int]:
        right = add_customer(connection)
        people = [
            right,
            add_customer(connection, days=10),
            add_customer(connection, banned_at=NOW),
            add_customer(connection, no_surveys_at=NOW),
            busy := add_customer(connection),
            asked := add_customer(connection),
        ]
        for one in people:
            add_conversation(connection, one)
        add_conversation(connection, busy, "queued")
        ask(connection, asked)
        found = candidates.periodic(connection, "nps", NOW - timedelta(days=30), NOW - timedelta(days=90), 100, 20)
        owners = select(identity.c.customer_id).where(identity.c.id.in_(found))
        assert list(connection.execute(owners).scalars()) == [right]
        return found

    assert len(await database.write(work)) == 1


async def test_history_tells_closing_questions_from_others(database: Database) -> None:
    def work(connection: Connection) -> list[tuple[str, bool]]:
        questionnaires.keep_survey(connection, NPS, NOW)
        of = add_customer(connection)
        ask(connection, of, "csi", conversation_id=add_conversation(connection, of))
        ask(connection, of)
        return sorted((one.survey, one.is_closing) for one in candidates.history(connection, of))

    assert await database.write(work) == [("csi", True), ("nps", False)]


async def test_follow_up_from_opening_to_outcome(database: Database) -> None:
    def open_(connection: Connection) -> tuple[int, int | None, int | None]:
        anna = add_operator(connection, "anna", Role.SUPERVISOR, NOW)
        number = ask(connection, add_customer(connection, name="Иван"))
        due = NOW + timedelta(days=1)
        first = follow_ups.open_follow_up(connection, number, "detractor", due, NOW)
        again = follow_ups.open_follow_up(connection, number, "detractor", due, NOW)
        return anna, first, again

    anna, number, again = await database.write(open_)
    assert again is None
    assert number is not None
    await database.write(lambda connection: follow_ups.take_follow_up(connection, number, anna))
    (found,) = await database.read(follow_ups.list_follow_ups)
    assert (found.owner, found.customer_name, found.due_at) == ("anna", "Иван", NOW + timedelta(days=1))
    settled = follow_ups.Outcome.SETTLED
    await database.write(lambda connection: follow_ups.end_follow_up(connection, number, settled, " созвонились ", NOW))
    assert await database.read(follow_ups.list_follow_ups) == []
    (ended,) = await database.read(lambda connection: follow_ups.list_follow_ups(connection, follow_ups.Wanted(None)))
    assert (ended.outcome, ended.words) == (settled, "созвонились")
    with pytest.raises(Conflict):
        await database.write(lambda connection: follow_ups.take_follow_up(connection, number, anna))
    with pytest.raises(NotFound):
        await database.write(lambda connection: follow_ups.take_follow_up(connection, number + 1, anna))


async def test_reviews_are_drawn_once_and_not_of_ones_own_work(database: Database) -> None:
    monday = datetime(2025, 3, 10, 9, 0, tzinfo=UTC)

    def conversations(connection: Connection) -> tuple[int, int]:
        anna = add_operator(connection, "anna", Role.OPERATOR, monday)
        vera = add_operator(connection, "vera", Role.SUPERVISOR, monday)
        for _ in range(5):
            number = add_conversation(connection, add_customer(connection))
            values = {
                "queued_at": monday, "assigned_at": monday, "first_response_at": monday, "closed_at": monday,
                "closed_by": "operator", "closed_by_operator_id": anna, "touched_at": monday,
            }  # fmt: skip
            connection.execute(update(conversation).where(conversation.c.id == number).values(**values))
        return anna, vera

    anna, vera = await database.write(conversations)
    await database.write(lambda connection: step(connection, monday + timedelta(hours=1), UTC))

    def draw(connection: Connection) -> int:
        return reviews.draw_sample(connection, monday.date() + timedelta(days=3), 3, USUAL, monday)

    assert [await database.write(draw), await database.write(draw)] == [3, 0]
    first = (await database.read(reviews.list_reviews))[0]
    assert (first.operator, first.week) == ("anna", "2025-W11")
    marks = {"right": 2, "kind": 1}
    with pytest.raises(Conflict):
        await database.write(lambda c: reviews.mark_review(c, first.id, anna, marks, "", monday))
    worth = await database.write(lambda c: reviews.mark_review(c, first.id, vera, marks, "Хорошо", monday))
    assert worth == 80
    found = await database.read(lambda c: reviews.worth_by_operator(c, monday, monday + timedelta(days=1)))
    assert found == {anna: (80, 1)}
    assert len(await database.read(reviews.list_reviews)) == 2


async def test_improvement_is_for_those_who_complained_before_it(database: Database) -> None:
    """Slow before the change: told once. Slow after it, rude, no news wanted, in the middle of something: not."""

    def work(connection: Connection) -> tuple[list[int], list[int]]:
        people = [add_customer(connection, **values) for values in ({}, {}, {}, {"no_news_at": NOW}, {})]
        reasons = ("slow", "slow", "rude", "slow", "slow")
        for one, reason in zip(people, reasons, strict=True):
            add_conversation(connection, one)
            number = ask(connection, one, "csi")
            at = NOW + timedelta(days=2) if one == people[1] else NOW
            values = {"reason": reason, "sent_at": at}
            connection.execute(update(invitation).where(invitation.c.id == number).values(**values))
        add_conversation(connection, people[4], "queued")
        changed = NOW + timedelta(days=1)
        improvements.add_improvement(connection, "slow", {"ru": "Отвечаем быстрее", "en": ""}, changed)
        (about,) = improvements.list_improvements(connection)
        owner = select(identity.c.customer_id).where(identity.c.id.in_(improvements.to_be_told(connection, about, 20)))
        found = list(connection.execute(owner).scalars())
        assert improvements.note_told(connection, about.id, found[0], NOW)
        assert not improvements.note_told(connection, about.id, found[0], NOW)
        assert improvements.to_be_told(connection, about, 20) == []
        return found, people

    found, people = await database.write(work)
    assert found == people[:1]


async def test_candidates_by_tag(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[int], int]:
        numbers = [add_conversation(connection, add_customer(connection)) for _ in range(2)]
        closed = {"closed_at": NOW, "closed_by": "operator"}
        connection.execute(update(conversation).values(**closed))
        connection.execute(insert(conversation_tag).values(conversation_id=numbers[1], tag="hard"))
        day = timedelta(days=1)
        tagged = candidates.closed(connection, "hard", NOW - day, NOW, 20)
        every = candidates.closed(connection, "", NOW - day, NOW, 20)
        assert len(every) == 2
        return [number for _, number in tagged], numbers[1]

    found, wanted = await database.write(work)
    assert found == [wanted]
