"""Operators and their links in both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.operators import (
    add_operator,
    change_operator,
    find_operator,
    find_operator_by_login,
    find_operator_by_telegram,
    list_operators,
    make_link,
    set_presence,
    use_link,
)
from bot.storage.tables import operator_link
from core.clock import FakeClock
from core.conversation import OperatorId
from core.errors import Conflict, InvalidInput, NotFound
from handoff.operators import Presence, Role


async def add(database: Database, clock: FakeClock, login: str, **values: Any) -> OperatorId:
    return await database.write(
        lambda connection: add_operator(connection, login, Role.OPERATOR, clock.now(), **values)
    )


async def test_operator_is_found_by_login_and_telegram(database: Database, clock: FakeClock) -> None:
    anna = await add(database, clock, " Anna ", name="Анна", telegram_id="77", level=2, capacity=0)
    for found in (
        await database.read(lambda connection: find_operator_by_login(connection, "ANNA")),
        await database.read(lambda connection: find_operator_by_telegram(connection, "77")),
        await database.read(lambda connection: find_operator(connection, anna)),
    ):
        assert found is not None
        assert (found.id, found.login, found.name, found.role) == (anna, "anna", "Анна", Role.OPERATOR)
        assert found.presence is Presence.MANUAL
    (profile,) = await database.read(list_operators)
    assert (profile.level, profile.capacity, profile.telegram_id, profile.is_active) == (2, 0, "77", True)
    assert await database.read(lambda connection: find_operator_by_telegram(connection, "78")) is None


@pytest.mark.parametrize(
    ("login", "values"),
    [
        ("", {}),
        ("анна", {}),
        ("a b", {}),
        ("x" * 65, {}),
        ("anna", {"level": 4}),
        ("anna", {"capacity": -1}),
        ("anna", {"telegram_id": "@anna"}),
        ("anna", {"telegram_id": "-5"}),
        ("anna", {"name": "x" * 201}),
    ],
)
async def test_faulty_values(database: Database, clock: FakeClock, login: str, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        await add(database, clock, login, **values)
    assert await database.read(list_operators) == []


async def test_login_or_telegram_id_already_taken(database: Database, clock: FakeClock) -> None:
    await add(database, clock, "anna", telegram_id="77")
    await add(database, clock, "boris")
    with pytest.raises(Conflict, match="operator set"):
        await add(database, clock, "Anna")
    with pytest.raises(Conflict, match="anna"):
        await add(database, clock, "vera", telegram_id="77")
    with pytest.raises(Conflict, match="anna"):
        await database.write(lambda connection: change_operator(connection, "boris", telegram_id="77"))


async def test_change(database: Database, clock: FakeClock) -> None:
    await add(database, clock, "anna", telegram_id="77")
    profile = await database.write(
        lambda connection: change_operator(connection, "anna", role=Role.ADMIN, level=3, telegram_id="77")
    )
    assert (profile.operator.role, profile.level, profile.telegram_id) == (Role.ADMIN, 3, "77")
    with pytest.raises(NotFound):
        await database.write(lambda connection: change_operator(connection, "boris", level=1))


async def test_former_operator_cannot_act_but_keeps_the_name(database: Database, clock: FakeClock) -> None:
    anna = await add(database, clock, "anna", telegram_id="77")
    await database.write(lambda connection: change_operator(connection, "anna", is_active=False))
    assert await database.read(lambda connection: find_operator_by_login(connection, "anna")) is None
    assert await database.read(lambda connection: find_operator_by_telegram(connection, "77")) is None
    assert await database.read(lambda connection: find_operator(connection, anna)) is not None


async def test_presence(database: Database, clock: FakeClock) -> None:
    anna = await add(database, clock, "anna")
    await database.write(lambda connection: set_presence(connection, anna, Presence.BREAK, clock.now()))
    found = await database.read(lambda connection: find_operator(connection, anna))
    assert found is not None
    assert found.presence is Presence.BREAK


async def test_link_works_once(database: Database, clock: FakeClock) -> None:
    anna = await add(database, clock, "anna")
    token = await database.write(lambda connection: make_link(connection, anna, clock.now()))
    used = await database.write(lambda connection: use_link(connection, token, clock.now()))
    assert used.id == anna
    with pytest.raises(NotFound):
        await database.write(lambda connection: use_link(connection, token, clock.now()))


async def test_link_older_than_a_day(database: Database, clock: FakeClock) -> None:
    anna = await add(database, clock, "anna")
    token = await database.write(lambda connection: make_link(connection, anna, clock.now()))
    clock.advance(timedelta(hours=24))
    with pytest.raises(NotFound):
        await database.write(lambda connection: use_link(connection, token, clock.now()))


async def test_newer_link_replaces_the_older(database: Database, clock: FakeClock) -> None:
    anna = await add(database, clock, "anna")
    first = await database.write(lambda connection: make_link(connection, anna, clock.now()))
    second = await database.write(lambda connection: make_link(connection, anna, clock.now()))
    with pytest.raises(NotFound):
        await database.write(lambda connection: use_link(connection, first, clock.now()))
    assert (await database.write(lambda connection: use_link(connection, second, clock.now()))).id == anna


async def test_token_itself_is_not_stored(database: Database, clock: FakeClock) -> None:
    anna = await add(database, clock, "anna")
    token = await database.write(lambda connection: make_link(connection, anna, clock.now()))
    stored = await database.read(lambda connection: connection.execute(select(operator_link.c.token_hash)).scalar_one())
    assert token not in stored
    assert len(stored) == 64
