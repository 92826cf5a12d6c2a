"""A shop with the chat, and its own site elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.storage.website.sites import change_site
from tests.browser.website.places import Stand, foreign_site, standing


@pytest.fixture
def stand(sqlite_url: str, tmp_path: Path) -> Iterator[Stand]:
    with standing(sqlite_url, tmp_path) as stand:
        yield stand


@pytest.fixture
def site(stand: Stand) -> Iterator[str]:
    """The address of a page on the shop's own site, where the chat is allowed."""
    with foreign_site(stand.shop.base, stand.shop.site.key) as address:
        allow(stand, address)
        yield address


def allow(stand: Stand, *origins: str) -> None:
    stand.run(stand.shop.database.write(lambda c: change_site(c, stand.shop.site.key, origins=origins)))
