"""An operator who types in the console is seen by the visitor, and the visitor by the operators."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.app import typing as bridge
from bot.console import Ground, open_console
from tests.integration.website.shop import Browser, Shop
from tests.integration.website.test_talk import assigned

Open = Callable[[Shop], Browser]


async def nothing() -> list[Any]:
    return []


async def test_typing_goes_both_ways(either_shop: Shop, browser: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_SHOWN", 0.2)
    shop, one = either_shop, browser(either_shop)
    app = shop.app
    ground = Ground(
        shop.database,
        shop.clock,
        app.library,
        app.acts,
        app.supervisor,
        shop.website.shelf,
        "ru",
        ZoneInfo("Europe/Moscow"),
        None,
        nothing,
    )
    console = open_console(ground)
    console.hub.start(app.supervisor)
    bridge.TypingBridge(console, shop.chats, shop.hub, app.supervisor)
    await asyncio.sleep(0.3)  # the listener of PostgreSQL
    await one.open(shop.sign("42", "Ольга"))
    await assigned(shop, one)
    async with one.stream() as stream:
        await stream.until("state")
        await console.hub.look_at(1, 1, "Анна", is_typing=False, is_leaving=False)
        await console.hub.look_at(1, 1, "Анна", is_typing=True, is_leaving=False)
        assert await stream.until("typing") == {"name": "Анна"}
    await one.ask("POST", "typing", {})
    async with asyncio.timeout(5):
        while not any(viewer["name"] == "Ольга" and viewer["typing"] for viewer in console.hub.viewers.people(1)):
            await asyncio.sleep(0.02)
        while any(viewer["name"] == "Ольга" for viewer in console.hub.viewers.people(1)):
            await asyncio.sleep(0.02)
    console.hub.close()
