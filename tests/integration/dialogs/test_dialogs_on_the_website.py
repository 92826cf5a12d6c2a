"""The same conversations through the website chat: HTTP, tokens and all; only what a browser cannot do is left out."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from core.clock import FakeClock
from core.fit import clean, is_visible
from faq.files import read_entries
from tests.dialogs.player import Player
from tests.dialogs.scenario import HERE, Scenario, as_list, load_scenarios
from tests.dialogs.stage import POLICIES
from tests.dialogs.team import hire
from tests.integration.dialogs.website_stage import _FILES, SiteTable, WebsiteStage

_NOT_HERE = {"press forged", "customer blocks", "customer returns", "community answers", "customer long"}


def can_be_played(scenario: Scenario) -> bool:
    """A visitor cannot block a site nor send nothing, has buttons, and sends files a browser can pick."""
    if scenario.customer.get("has_buttons") is False:
        return False
    words = [str(one) for step in scenario.steps if step.act.startswith("customer") for one in as_list(step.value)]
    if not all(is_visible(clean(one)) for one in words):
        return False
    kinds = {kind for step in scenario.steps if step.act == "customer sends" for kind in as_list(step.value)}
    return kinds <= _FILES.keys() and not {step.act for step in scenario.steps} & _NOT_HERE


SCENARIOS = [scenario for scenario in load_scenarios() if can_be_played(scenario)]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
async def test_dialog(scenario: Scenario, sqlite_url: str, clock: FakeClock, tmp_path: Path) -> None:
    table = SiteTable(sqlite_url, clock, tmp_path, policy=POLICIES[scenario.faq])
    await table.database.write(lambda connection: hire(connection, scenario.team, clock.now()))
    await table.start(list(read_entries(HERE / "faq" / "shop.yaml").entries))
    server = await table.serve()
    try:
        async with aiohttp.ClientSession() as http:
            stage = WebsiteStage(table, scenario.customer, http, f"http://127.0.0.1:{server.port}")
            await stage.open()
            await Player(stage, scenario).play()
    finally:
        await server.stop()
        await table.close()


def test_most_can_be_played() -> None:
    assert len(SCENARIOS) >= 60
