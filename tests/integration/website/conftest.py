"""A shop with the chat on its site, over either database, and visitors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

from tests.integration.website.shop import Browser, Shop, open_shop


@pytest.fixture
async def shop(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(sqlite_url, tmp_path) as shop:
        yield shop


@pytest.fixture
async def either_shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """On SQLite and on PostgreSQL."""
    async with open_shop(database_url, tmp_path) as shop:
        yield shop


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def browser(http: aiohttp.ClientSession) -> Callable[[Shop], Browser]:
    return lambda shop: Browser(shop, http)
