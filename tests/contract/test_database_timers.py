"""Durable timers in both databases: each fires once, with its effect, and follows when it is moved."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.apply.handle import Job, handle
from bot.apply.work import Setup
from bot.decide.service import timers as deciding
from bot.decide.situation import Knowledge
from bot.decide.steps import Say
from bot.decide.steps.clock import SetTimer
from bot.storage import conversations, people
from bot.storage.database import Database, open_engine, read_url
from bot.storage.service.timers import drop_timer, due_timers, find_timer, postpone_timer, set_timer
from core.channel import Capabilities
from core.clock import FakeClock
from core.conversation import ConversationId
from core.customer import Sender
from core.event import TimerDue
from core.text import Text
from faq.index import Index

SETUP = Setup("ru", {"memory": Capabilities()})
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(event: TimerDue, situation: deciding.TimerSituation, now: object) -> list[object]:
        raise RuntimeError("broken")

    kinds = {
        "thank": lambda event, situation, now: [Say(Text("smalltalk.thanks"))],
        "again": lambda event, situation, now: [Say(Text("smalltalk.thanks")), SetTimer("again", now + HOUR)],
        "fail": fail,
    }
    monkeypatch.setattr(deciding, "KINDS", kinds)


@pytest.fixture
async def conversation_id(database: Database, clock: FakeClock) -> ConversationId:
    def work(connection: object) -> ConversationId:
        found = people.add_customer(connection, Sender("memory", "memory", "1"), "ru", clock.now())  # type: ignore[arg-type]
        return conversations.open_conversation(
            connection,  # type: ignore[arg-type]
            found.customer.id,
            found.identity.id,
            "memory",
            "ru",
            clock.now(),
        ).id

    return await database.write(work)


async def put(database: Database, clock: FakeClock, kind: str, after: timedelta, number: ConversationId) -> None:
    due_at = clock.now() + after
    await database.write(lambda connection: set_timer(connection, kind, str(number), due_at, number, {"n": 1}))


async def due(database: Database, clock: FakeClock) -> list[TimerDue]:
    return await database.read(lambda connection: due_timers(connection, clock.now()))


async def fire(database: Database, clock: FakeClock, event: TimerDue) -> int:
    """How many messages to the customer came of it."""
    job = Job((), (event,), Knowledge(Index.build(())))
    handled = await database.write(lambda connection: handle(connection, job, SETUP, clock.now()))
    return len(handled.deliveries)


async def test_timer_is_due_at_its_moment_and_fires_once(
    database: Database, clock: FakeClock, conversation_id: ConversationId
) -> None:
    await put(database, clock, "thank", HOUR, conversation_id)
    assert await due(database, clock) == []
    clock.advance(HOUR)
    (event,) = await due(database, clock)
    assert (event.kind, event.conversation_id, event.payload) == ("thank", conversation_id, {"n": 1})
    assert await fire(database, clock, event) == 1
    assert await fire(database, clock, event) == 0
    assert await due(database, clock) == []


async def test_timer_that_was_moved_or_dropped_does_not_fire(
    database: Database, clock: FakeClock, conversation_id: ConversationId
) -> None:
    await put(database, clock, "thank", timedelta(0), conversation_id)
    (event,) = await due(database, clock)
    await put(database, clock, "thank", HOUR, conversation_id)
    assert await fire(database, clock, event) == 0
    clock.advance(HOUR)
    (event,) = await due(database, clock)
    assert await database.write(lambda connection: drop_timer(connection, "thank", str(conversation_id)))
    assert await fire(database, clock, event) == 0


async def test_timer_may_set_itself_again(
    database: Database, clock: FakeClock, conversation_id: ConversationId
) -> None:
    await put(database, clock, "again", timedelta(0), conversation_id)
    (event,) = await due(database, clock)
    assert await fire(database, clock, event) == 1
    found = await database.read(lambda connection: find_timer(connection, "again", str(conversation_id)))
    assert found is not None
    assert found.due_at == clock.now() + HOUR


async def test_effect_that_fails_leaves_the_timer(
    database: Database, clock: FakeClock, conversation_id: ConversationId
) -> None:
    await put(database, clock, "fail", timedelta(0), conversation_id)
    (event,) = await due(database, clock)
    with pytest.raises(RuntimeError, match="broken"):
        await fire(database, clock, event)
    assert await due(database, clock) == [event]
    until = clock.now() + timedelta(minutes=1)
    await database.write(lambda connection: postpone_timer(connection, event, until))
    assert await due(database, clock) == []


async def test_timer_of_a_newer_program_goes_quietly(
    database: Database, clock: FakeClock, conversation_id: ConversationId
) -> None:
    await put(database, clock, "unheard of", timedelta(0), conversation_id)
    (event,) = await due(database, clock)
    assert await fire(database, clock, event) == 0
    assert await due(database, clock) == []


async def test_two_processes_fire_it_once(
    database: Database, database_url: str, clock: FakeClock, conversation_id: ConversationId
) -> None:
    other = Database(open_engine(read_url(database_url)))
    try:
        for _ in range(8):
            await put(database, clock, "thank", timedelta(0), conversation_id)
            (event,) = await due(database, clock)
            said = await asyncio.gather(*(fire(one, clock, event) for one in (database, other, database, other)))
            assert sorted(said) == [0, 0, 0, 1]
    finally:
        other.close()
