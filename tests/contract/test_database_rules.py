"""Rules in both databases: kept, switched, brought along once, and each step done once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from bot.board import Board
from bot.storage import conversations, people
from bot.storage.database import Database
from bot.storage.service.countdowns import start_countdown
from bot.storage.service.rules import (
    WAIT,
    active_rules,
    list_rules,
    note_steps,
    put_in_starter,
    remove_rule,
    save_rule,
    steps_done,
    switch_rule,
)
from bot.storage.service.timers import find_timer
from core.clock import FakeClock
from core.conversation import Conversation
from core.customer import Sender
from core.errors import InvalidInput, NotFound
from handoff.service.targets import Countdown, Target

STARTER = Path(__file__).parents[2] / "handoff" / "service" / "starter_rules.yaml"
VIP = {"name": "vip", "when": {"vip": True}, "then": [{"priority": "high"}]}


@pytest.fixture
async def waiting(database: Database, clock: FakeClock) -> Conversation:
    """Somebody who waits for an answer."""

    def work(connection: object) -> Conversation:
        now = clock.now()
        found = people.add_customer(connection, Sender("vk", "1", "7"), "ru", now)  # type: ignore[arg-type]
        numbers = (found.customer.id, found.identity.id)
        opened = conversations.open_conversation(connection, *numbers, "vk", "ru", now)  # type: ignore[arg-type]
        start_countdown(connection, opened, Countdown(Target.FIRST_RESPONSE, now), None, now)  # type: ignore[arg-type]
        return opened

    return await database.write(work)


async def test_rule_is_kept_changed_switched_and_removed(database: Database, clock: FakeClock) -> None:
    board = Board(database)
    first = await database.write(lambda c: save_rule(c, VIP, "anna", clock.now()))
    assert await board.refresh()
    assert [one.rule.name for one in board.rules] == ["vip"]
    again = await database.write(lambda c: save_rule(c, {**VIP, "then": [{"tag": "x"}]}, "boris", clock.now()))
    assert again.id == first.id
    await database.write(lambda c: switch_rule(c, "vip", "anna", clock.now(), is_active=False))
    assert await database.read(active_rules) == ()
    assert [one.is_active for one in await database.read(list_rules)] == [False]
    assert await board.refresh()
    assert board.rules == ()
    await database.write(lambda c: remove_rule(c, "vip"))
    with pytest.raises(NotFound, match="rule list"):
        await database.write(lambda c: remove_rule(c, "vip"))
    with pytest.raises(InvalidInput, match="when"):
        await database.write(lambda c: save_rule(c, {"name": "x"}, "anna", clock.now()))


async def test_what_otklik_brings_goes_in_once(database: Database, clock: FakeClock) -> None:
    raws = yaml.safe_load(STARTER.read_text("utf-8"))
    assert await database.write(lambda c: put_in_starter(c, raws, clock.now()))
    (apology,) = await database.read(active_rules)
    assert [span.total_seconds() for span in apology.rule.when.waiting] == [600, 1800, 3600]
    await database.write(lambda c: remove_rule(c, apology.rule.name))
    assert not await database.write(lambda c: put_in_starter(c, raws, clock.now()))
    assert await database.read(active_rules) == ()


async def test_who_waits_is_looked_at_under_a_new_rule(
    database: Database, clock: FakeClock, waiting: Conversation
) -> None:
    rule = {"name": "soon", "when": {"waiting_longer_than": "10m"}, "then": [{"tag": "x"}]}
    await database.write(lambda c: save_rule(c, rule, "anna", clock.now()))
    found = await database.read(lambda c: find_timer(c, WAIT, str(waiting.id)))
    assert found is not None
    assert found.due_at <= clock.now() + timedelta(seconds=10)


async def test_steps_are_remembered(database: Database, clock: FakeClock, waiting: Conversation) -> None:
    saved = await database.write(lambda c: save_rule(c, VIP, "anna", clock.now()))
    await database.write(lambda c: note_steps(c, saved.id, waiting.id, ("queued", "said"), clock.now()))
    assert await database.read(lambda c: steps_done(c, waiting.id)) == {saved.id: {"queued", "said"}}
    await database.write(lambda c: remove_rule(c, "vip"))
    assert await database.read(lambda c: steps_done(c, waiting.id)) == {}
