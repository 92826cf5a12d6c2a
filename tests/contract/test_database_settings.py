"""Business settings in both databases, and how other processes notice a change."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from bot.board import Board
from bot.settings.desk import CAPACITY
from bot.storage.database import Database
from bot.storage.service.settings import change_setting, list_settings, load_settings, reset_setting
from bot.storage.service.tables import setting
from core.clock import FakeClock
from core.errors import InvalidInput, NotFound


async def put(database: Database, clock: FakeClock, key: str, raw: object, who: str = "anna") -> object:
    return await database.write(lambda connection: change_setting(connection, key, raw, who, clock.now()))


async def test_changed_setting_is_stored_with_who_and_when(database: Database, clock: FakeClock) -> None:
    assert await put(database, clock, "undo.console", "90s") == "1m30s"
    await put(database, clock, "operators.capacity", 6, "boris")
    listed = {one.key: one for one in await database.read(list_settings)}
    assert (listed["operators.capacity"].value, listed["operators.capacity"].changed_by) == (6, "boris")
    assert listed["operators.capacity"].changed_at == clock.now()
    assert listed["undo.telegram"].is_default
    assert (await database.read(load_settings))[CAPACITY] == 6
    await database.write(lambda connection: reset_setting(connection, "operators.capacity"))
    assert (await database.read(load_settings))[CAPACITY] == 4


async def test_week_is_shown_from_monday_on(database: Database, clock: FakeClock) -> None:
    """As JSON keys PostgreSQL would begin it with Friday."""
    await put(database, clock, "hours", {"week": {"mon-fri": ["09:00-18:00"]}})
    shown = next(one.value for one in await database.read(list_settings) if one.key == "hours")
    assert list(shown["week"]) == ["mon", "tue", "wed", "thu", "fri"]


async def test_refused_value_changes_nothing(database: Database, clock: FakeClock) -> None:
    await put(database, clock, "operators.capacity", 6)
    with pytest.raises(InvalidInput):
        await put(database, clock, "operators.capacity", "many")
    with pytest.raises(NotFound):
        await put(database, clock, "operators.capacities", 5)
    assert (await database.read(load_settings))[CAPACITY] == 6


async def test_process_notices_what_another_changed(database: Database, clock: FakeClock) -> None:
    board = Board(database)
    assert not await board.refresh()
    assert board.settings[CAPACITY] == 4
    await put(database, clock, "operators.capacity", 6)
    before = board.settings
    assert await board.refresh()
    assert (before[CAPACITY], board.settings[CAPACITY]) == (4, 6)
    assert not await board.refresh()


async def test_value_that_no_longer_fits_has_its_default(database: Database, clock: FakeClock) -> None:
    """A later program may know a setting differently: nothing falls over, and the log says so."""
    board = Board(database)
    await put(database, clock, "operators.capacity", 6)
    await database.write(lambda connection: connection.execute(update(setting).values(value={"strange": 1})))
    await database.write(lambda connection: connection.execute(insert(setting).values(key="of a newer one", value=1)))
    await board.refresh()
    assert board.settings[CAPACITY] == 4
