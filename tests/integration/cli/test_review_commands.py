"""`review`: marks that leave something out, or take the place of others, say so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Table, insert

from bot.storage.database import Database
from bot.storage.operators import add_operator
from bot.storage.surveys.reviews import find_review
from bot.storage.surveys.tables import review
from bot.storage.tables import conversation, customer, identity
from handoff.operators import Role
from surveys.quality import USUAL, write_scorecard
from tests.integration.cli.conftest import Otklik

MONDAY = datetime(2025, 3, 10, 9, 0, tzinfo=UTC)
ALL = [f"{one.key}=2" for one in USUAL]


def add(connection: Connection, table: Table, **values: object) -> int:
    return int(connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


@pytest.fixture
async def drawn(on_database: str, database: Database) -> int:
    """The number of a review of anna's; vera may mark it."""

    def work(connection: Connection) -> int:
        anna = add_operator(connection, "anna", Role.OPERATOR, MONDAY)
        add_operator(connection, "vera", Role.SUPERVISOR, MONDAY)
        who = add(connection, customer, created_at=MONDAY)
        place = {"channel": "telegram", "account": "1", "address": "7"}
        at = add(connection, identity, customer_id=who, created_at=MONDAY, **place)
        moments = {"opened_at": MONDAY, "touched_at": MONDAY}
        values = {"customer_id": who, "identity_id": at, "channel": "telegram", "status": "closed", "dialogue": {}}
        number = add(connection, conversation, **values, **moments)
        drawn = {"conversation_id": number, "operator_id": int(anna), "week": "2025-W11", "drawn_at": MONDAY}
        return add(connection, review, scorecard=write_scorecard(USUAL), **drawn)

    return await database.write(work)


def test_what_was_left_out_is_named(otklik: Otklik, drawn: int) -> None:
    said = otklik("review", "mark", str(drawn), "vera", "right=2", "kind=1")
    assert said.out == f"{drawn} · 80 %\n"
    assert "2 of 6 criteria marked" in said.complaint
    assert said.complaint.endswith("greeting, understood, clear, finished")


async def test_what_is_replaced_is_told(otklik: Otklik, drawn: int, database: Database) -> None:
    assert otklik("review", "mark", str(drawn), "vera", *ALL, "--note", "Хорошо").err == ""
    said = otklik("review", "mark", str(drawn), "vera", "right=1", *ALL[3:], *ALL[:2])
    assert said.complaint.endswith("this replaces an earlier 100 % of 6 of 6 criteria and its note")
    kept = await database.read(lambda connection: find_review(connection, drawn))
    assert (round(kept.percent or 0), kept.words) == (88, "")


def test_a_refused_mark_replaces_nothing(otklik: Otklik, drawn: int) -> None:
    for given in (["right=3"], ["nothing=1"]):
        assert otklik("review", "mark", str(drawn), "vera", *given).code == 1
    assert otklik("review", "mark", "999", "vera", "right=2").code == 1
    assert otklik("review", "mark", str(drawn), "vera", *ALL).err == ""
