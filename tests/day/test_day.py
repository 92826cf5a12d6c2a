"""The simulated day in small: nobody is forgotten, and the report tells the same as the rows."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.storage.measures.keeping import bring_up_to_date
from tests.day.figures import read_figures
from tests.day.simulation import MIDNIGHT, Day


@pytest.mark.slow
async def test_day_in_small(sqlite_url: str, tmp_path: Path) -> None:
    day = Day(sqlite_url, tmp_path, count=90, team=2, seed=3)
    try:
        await day.play()
        database = day.table.database
        bring_up_to_date(database.engine, day.clock.now(), ZoneInfo("UTC"))
        figures = database.read_now(lambda connection: read_figures(connection, day.loads, MIDNIGHT.date()))
    finally:
        await day.table.close()
    assert figures.conversations == 90
    assert figures.forgotten == 0
    for name, own in figures.own.items():
        assert figures.reported[name] == pytest.approx(own, abs=0.2), name
