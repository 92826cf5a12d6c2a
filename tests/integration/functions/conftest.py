"""A house that runs, and customers of either platform."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import FakeVk
from tests.integration.functions.house import House, Person, TelegramPerson, VkPerson

PEOPLE = {"telegram": TelegramPerson, "vk": VkPerson}


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with FakeTelegram() as tg, FakeVk() as page:
        made = House(tg, page, sqlite_url, tmp_path)
        await made.start()
        yield made
        await made.app.stop()
        # the schema has no type for albums that mix photos and videos, though the text beside it allows them
        assert [one for one in tg.problems if one["method"] != "sendMediaGroup"] == []
        assert page.problems == []


@pytest.fixture(params=PEOPLE)
def person(request: pytest.FixtureRequest, house: House) -> Person:
    return PEOPLE[request.param](house, "Мария Иванова")
