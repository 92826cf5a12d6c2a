"""Every conversation of the YAML files, played through the channels in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock import FakeClock
from faq.entry import Entry
from faq.files import read_entries
from tests.dialogs.memory_stage import MemoryStage
from tests.dialogs.player import Player
from tests.dialogs.scenario import HERE, Scenario, load_scenarios
from tests.dialogs.stage import POLICIES
from tests.dialogs.table import Table
from tests.dialogs.team import hire

SCENARIOS = load_scenarios()


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return list(read_entries(HERE / "faq" / "shop.yaml").entries)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
async def test_dialog(
    scenario: Scenario, sqlite_url: str, clock: FakeClock, tmp_path: Path, entries: list[Entry]
) -> None:
    table = Table(sqlite_url, clock, tmp_path, policy=POLICIES[scenario.faq])
    await table.database.write(lambda connection: hire(connection, scenario.team, clock.now()))
    await table.start(entries)
    try:
        await Player(MemoryStage(table, scenario.customer), scenario).play()
    finally:
        await table.close()


def test_names_are_unique() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(names) == len(set(names)) >= 45


def test_enough_for_the_real_channels() -> None:
    for channel in ("telegram", "vk"):
        assert sum(channel in scenario.also for scenario in SCENARIOS) >= 7
