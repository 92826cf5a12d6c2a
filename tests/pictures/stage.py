"""Runs a house in a thread of its own, so that a browser can be driven beside it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine

from bot.storage.database import open_engine, read_url
from bot.storage.migrate import migrate_up
from faq.entry import Entry
from handoff.operators import Role
from tests.integration.console.house import ENTRIES, House

T = TypeVar("T")
PEOPLE = {"anna": Role.OPERATOR, "boris": Role.OPERATOR, "vera": Role.SUPERVISOR, "admin": Role.ADMIN}


class Stage:
    """A house over its own SQLite database, which `prepare` may fill; `run` waits for something that happens there."""

    def __init__(
        self,
        folder: Path,
        people: Mapping[str, Role] | None = None,
        entries: tuple[Entry, ...] = ENTRIES,
        database_url: str = "",
        port: int = 0,
        prepare: Callable[[Engine], None] | None = None,
        **options: Any,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        url = database_url or f"sqlite:///{folder / 'otklik.db'}"
        engine = open_engine(read_url(url))
        migrate_up(engine)
        if prepare is not None:
            prepare(engine)
        engine.dispose()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="house", daemon=True)
        self._thread.start()
        self.house = House(url, folder, port=port, **options)
        self.run(self.house.start(PEOPLE if people is None else people, entries))

    @property
    def url(self) -> str:
        return self.house.url

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def says(self, text: str, address: str = "1001", channel: str = "telegram", **fields: Any) -> None:
        self.run(self.house.says(text, address, channel, **fields))

    def close(self) -> None:
        self.run(self.house.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
