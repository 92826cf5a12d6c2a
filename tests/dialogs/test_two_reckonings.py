"""What a countdown counts as missed while people wait is what the report counts as missed afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.storage.measures.keeping import bring_up_to_date
from bot.storage.service.settings import change_setting
from bot.storage.service.tables import countdown
from bot.storage.surveys.tables import conversation_fact as fact
from core.clock import FakeClock
from core.conversation import ConversationId, OperatorId
from core.event import Act, OperatorActed
from tests.dialogs.table import Table

ANNA, FIRST = OperatorId(1), ConversationId(1)
TARGETS = [{"first_response": "10m", "next_response": "10m", "resolution": "1h"}]
ASKS, ANSWERS, CLOSES = "А когда привезут?", "!answers", "!closes"
LEAVES = "!Выйти из очереди"
COURSES = {
    # a further question, closed without an answer
    "left late": [ANSWERS, ASKS, 11, CLOSES],
    "left in time": [ANSWERS, ASKS, 9, CLOSES],
    "answered late, then left late": [ANSWERS, ASKS, 12, ANSWERS, ASKS, 30, CLOSES],
    "a late thank you": [ANSWERS, 5, "спасибо", 30, CLOSES],
    "still awaited": [ANSWERS, ASKS, 30],
    # the first one
    "never answered": [11, CLOSES],
    "closed at once": [9, CLOSES],
    "the customer leaves late": [11, LEAVES],
    "the customer leaves in time": [9, LEAVES, 60],
    "comes back and is answered late": [11, ANSWERS, ASKS, 5, ANSWERS, CLOSES],
}
WANTED = {
    "left late": {"next_response": 1},
    "answered late, then left late": {"next_response": 2},
    "still awaited": {"next_response": 1},
    "never answered": {"first_response": 1},
    "the customer leaves late": {"first_response": 1},
    "comes back and is answered late": {"first_response": 1},
}


@pytest.fixture
async def table(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Table]:
    table = Table(sqlite_url, clock, tmp_path)
    await table.add_operator("anna", "7001", "Анна")
    await table.database.write(lambda c: change_setting(c, "targets", TARGETS, "tests", clock.now()))
    await table.start()
    yield table
    await table.close()


async def happens(table: Table, what: str | int, number: int) -> None:
    """So many minutes pass; a button is pressed or an act done; or the customer says it."""
    if isinstance(what, int):
        await table.advance(60 * what)
        await table.app.timers.tick()
    elif what in {ANSWERS, CLOSES}:
        act = Act.REPLY if what == ANSWERS else Act.CLOSE
        words = "Смотрю" if what == ANSWERS else ""
        await table.app.acts.act(OperatorActed(ANNA, act, f"act{number}", FIRST, words))
    elif what.startswith("!"):
        await table.channel.presses("1", what[1:])
    else:
        await table.channel.says("1", what)
    await table.settle()


def missed(connection: Connection) -> dict[str, int]:
    """By target, those of the countdowns."""
    query = select(countdown.c.target, func.count()).where(countdown.c.breached_at.is_not(None))
    return {row[0]: row[1] for row in connection.execute(query.group_by(countdown.c.target))}


def reported(connection: Connection) -> dict[str, int]:
    row = connection.execute(select(fact)).one()
    found = {
        "first_response": int(row.first_within == 0),
        "next_response": row.next_decided - row.next_within,
        "resolution": int(row.resolution_within == 0),
    }
    return {target: count for target, count in found.items() if count}


@pytest.mark.parametrize("name", COURSES)
async def test_countdowns_and_report_agree(table: Table, name: str) -> None:
    await table.channel.says("1", "оператор")
    await table.settle()
    for number, what in enumerate(COURSES[name]):
        await happens(table, what, number)
    bring_up_to_date(table.database.engine, table.clock.now(), table.app.zone)
    counted = await table.database.read(missed)
    assert counted == await table.database.read(reported) == WANTED.get(name, {})
