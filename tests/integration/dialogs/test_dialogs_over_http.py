"""The conversations marked so, from the same files, through the real channels against the fake platforms."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.app import App
from bot.apply.work import DeskPlace
from bot.inbox import Windows
from bot.ports import DeskTopics, FileShelf, StoredNotebook
from bot.storage.database import Database, open_engine, read_url
from bot.storage.entries import import_entries
from bot.storage.tables import customer
from channels import telegram, vk
from core.channel import Channel
from faq.files import read_entries
from tests.dialogs.player import Player
from tests.dialogs.scenario import HERE, Scenario, load_scenarios
from tests.dialogs.stage import MEMBERS, OPERATORS, POLICIES
from tests.dialogs.team import hire
from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import FakeVk
from tests.integration.dialogs.platforms import TelegramStage, VkStage
from tests.integration.dialogs.stage import CUSTOMER, LaterClock

SCENARIOS = load_scenarios()
WINDOWS = Windows(burst=0.08, album=0.08)


def marked(channel: str) -> list[Scenario]:
    return [scenario for scenario in SCENARIOS if channel in scenario.also]


@pytest.fixture
async def tg() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server
    assert [one for one in server.problems if one["method"] != "sendMediaGroup"] == []


@pytest.fixture
async def community() -> AsyncIterator[FakeVk]:
    async with FakeVk() as server:
        yield server
    assert server.problems == []


def enter(tg: FakeTelegram) -> int:
    for number, name in MEMBERS.values():
        tg.add_user(int(number), first_name=name)
    # in a closed topic only administrators of the group write
    admins = [int(MEMBERS[login][0]) for login in OPERATORS]
    return tg.add_forum(members=[int(number) for number, _ in MEMBERS.values()], admins=admins)


def write_down(connection: Connection, clock: LaterClock, scenario: Scenario) -> None:
    now = clock.now()
    import_entries(connection, read_entries(HERE / "faq" / "shop.yaml").entries, now)
    hire(connection, scenario.team, now)


@asynccontextmanager
async def running(
    url: str, folder: Path, tg: FakeTelegram, community: FakeVk | None, scenario: Scenario
) -> AsyncIterator[tuple[App, int, LaterClock]]:
    """One App with Telegram and its desk, and with VK where there is a community."""
    forum, clock = enter(tg), LaterClock()
    database, shelf = Database(open_engine(read_url(url))), FileShelf(folder / "files")
    settings = telegram.Settings(token=tg.token, api_url=tg.base, desk_chat=forum)
    topics = DeskTopics(database, clock, str(forum))
    channels: Sequence[Channel] = telegram.open_channels(
        settings, files=shelf, topics=topics, notebook=StoredNotebook(database)
    )
    desk = DeskPlace("telegram_desk", channels[0].account, str(forum))
    if community is not None:
        own = vk.Settings(token=community.token, group_id=community.group_id, api_url=community.base)
        channels = [*channels, vk.open_channel(own, files=shelf)]
    await database.write(lambda connection: write_down(connection, clock, scenario))
    app = App(database, channels, desk=desk, clock=clock, windows=WINDOWS, shelf=shelf)
    app.library._policy = POLICIES[scenario.faq]
    await app.start()
    await tg.wait_for_calls("getUpdates")
    if community is not None:
        await community.wait_for_calls("longpoll")
    try:
        yield app, forum, clock
    finally:
        await app.stop()


@pytest.mark.parametrize("scenario", marked("telegram"), ids=lambda scenario: scenario.id)
async def test_telegram(scenario: Scenario, sqlite_url: str, tmp_path: Path, tg: FakeTelegram) -> None:
    async with running(sqlite_url, tmp_path, tg, None, scenario) as (app, forum, clock):
        await Player(TelegramStage(app, tg, forum, clock, dict(scenario.customer)), scenario).play()


@pytest.mark.parametrize("scenario", marked("vk"), ids=lambda scenario: scenario.id)
async def test_vk(scenario: Scenario, sqlite_url: str, tmp_path: Path, tg: FakeTelegram, community: FakeVk) -> None:
    async with running(sqlite_url, tmp_path, tg, community, scenario) as (app, forum, clock):
        await Player(VkStage(app, community, tg, forum, clock, dict(scenario.customer)), scenario).play()


async def test_vk_link_counts_without_the_start_button(
    sqlite_url: str, tmp_path: Path, tg: FakeTelegram, community: FakeVk
) -> None:
    scenario = next(one for one in SCENARIOS if one.file == "beginning")
    async with running(sqlite_url, tmp_path, tg, community, scenario) as (app, forum, clock):
        stage = VkStage(app, community, tg, forum, clock, dict(scenario.customer))
        community.customer_says(CUSTOMER, "Где взять чек?", ref="ref_anna")
        await stage.settle()
        community.customer_says(CUSTOMER, "А мой заказ?", ref="ref_boris")
        await stage.settle()
        found = await app.database.read(
            lambda connection: connection.execute(select(customer.c.source)).scalars().all()
        )
    assert list(found) == ["ref_anna"]  # by whom they came first
