"""Two processes over one PostgreSQL want the same conversations at the same time.

Each lock was taken out once: without the customer's, or without reading again under it, both operators take the same
conversation; without the operator's, two processes that share out different halves of the queue exceed the capacity.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.storage.database import Database, open_engine, read_url
from bot.storage.desk.tables import audit
from bot.storage.operators import add_operator, set_presence
from bot.storage.people import add_customer
from bot.storage.tables import conversation
from core.customer import Sender
from handoff.operators import Role
from tests.lifecycle.racer import NOW
from tests.postgres import PostgresServer
from tests.test_house import ROOT

WAITING = 40


@pytest.fixture
def url(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.migrated() as url:
        yield url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(open_engine(read_url(url)))
    database.submit(fill).result(30)
    yield database
    database.close()


def fill(connection: Connection) -> None:
    """Two operators, and customers who wait."""
    for number, login in enumerate(("anna", "boris"), 1):
        add_operator(connection, login, Role.OPERATOR, NOW, capacity=7, telegram_id=str(number))
    for number in range(WAITING):
        found = add_customer(connection, Sender("memory", "memory", str(number)), "ru", NOW)
        connection.execute(
            insert(conversation).values(
                customer_id=found.customer.id,
                identity_id=found.identity.id,
                channel="memory",
                status="queued",
                opened_at=NOW,
                touched_at=NOW,
                queued_at=NOW - timedelta(minutes=number),
                dialogue={},
            )
        )


def race(url: str, *runners: tuple[str, ...]) -> None:
    """All at once, until every one is done."""
    command = [sys.executable, "-m", "tests.lifecycle.racer", url]
    started = [
        subprocess.Popen([*command, *runner], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for runner in runners
    ]
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in started:
        said, _ = one.communicate(timeout=90)
        assert (one.returncode, said) == (0, "done\n")


@pytest.mark.slow
def test_two_operators_take_the_same_conversations(url: str, database: Database) -> None:
    race(url, ("take", "1"), ("take", "2"))
    rows = database.read_now(lambda connection: connection.execute(select(conversation)).all())
    assert all(row.status == "assigned" and row.operator_id in {1, 2} for row in rows)
    acts = database.read_now(lambda connection: connection.execute(select(audit)).all())
    outcomes = Counter((row.conversation_id, row.outcome) for row in acts)
    assert all(outcomes[row.id, "done"] == outcomes[row.id, "refused"] == 1 for row in rows)
    holders = {row.id: row.operator_id for row in rows}
    assert all(holders[row.conversation_id] == row.operator_id for row in acts if row.outcome == "done")


@pytest.mark.slow
@pytest.mark.parametrize("parts", [((), ()), (("0",), ("1",))], ids=["the same queue", "halves of it"])
def test_two_processes_share_out_within_capacity(
    url: str, database: Database, parts: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    database.submit(lambda connection: [set_presence(connection, one, "online", NOW) for one in (1, 2)]).result(30)  # type: ignore[arg-type]
    race(url, *[("share", *part) for part in parts])
    rows = database.read_now(lambda connection: connection.execute(select(conversation)).all())
    held = Counter(row.operator_id for row in rows if row.status == "assigned")
    assert held == {1: 7, 2: 7}
    acts = database.read_now(lambda connection: connection.execute(select(audit).where(audit.c.act == "assign")).all())
    assert len({row.conversation_id for row in acts}) == len(acts) == 14


@pytest.mark.slow
def test_take_and_share_at_once(url: str, database: Database) -> None:
    """By hand one may take more than there is room for; nothing is given beyond it, and nothing has two holders."""
    database.submit(lambda connection: set_presence(connection, 1, "online", NOW)).result(30)  # type: ignore[arg-type]
    race(url, ("take", "2"), ("share",))
    rows = database.read_now(lambda connection: connection.execute(select(conversation)).all())
    held = Counter(row.operator_id for row in rows)
    assert held[1] + held[2] == WAITING
    assert held[1] <= 7
    database.submit(lambda connection: connection.execute(update(conversation).values(status="closed"))).result(30)
