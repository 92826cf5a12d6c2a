"""A console over a fresh database, and browsers that are logged in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.console.access.passwords import Passwords
from handoff.operators import Role
from tests.integration.console.house import PASSWORD, Browser, House

PEOPLE = {"anna": Role.OPERATOR, "boris": Role.OPERATOR, "vera": Role.SUPERVISOR, "admin": Role.ADMIN}


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hashed once: it is slow on purpose."""
    return asyncio.run(Passwords().hash(PASSWORD))


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path, password_hash: str) -> AsyncIterator[House]:
    house = House(sqlite_url, tmp_path, hash=password_hash)
    await house.start(PEOPLE)
    yield house
    await house.stop()


@pytest.fixture
async def browser(house: House) -> AsyncIterator[Callable[[str], Awaitable[Browser]]]:
    """Opens a browser and logs somebody in; "" for nobody."""
    opened: list[Browser] = []

    async def open_browser(login: str = "") -> Browser:
        one = Browser(house)
        opened.append(one)
        if login:
            assert await one.log_in(login) == 303
        return one

    yield open_browser
    for one in opened:
        await one.close()
