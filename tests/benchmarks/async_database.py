"""The rival: the same database functions over SQLAlchemy async + aiosqlite, a transaction for each caller."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.database import Database

T = TypeVar("T")


class AsyncDatabase:
    """As tutorials do it, with the durability Otklik promises (WAL, synchronous=FULL)."""

    is_sqlite = True

    def __init__(self, database: Database) -> None:
        self._writer = database
        url = database.engine.url.set(drivername="sqlite+aiosqlite")
        self.engine = create_async_engine(
            url, connect_args={"timeout": 60}, pool_size=10, max_overflow=0, pool_timeout=120
        )

        @event.listens_for(self.engine.sync_engine, "connect")
        def _prepare(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            cursor = connection.cursor()
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=60000"):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(self.engine.sync_engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    async def write(self, work: Callable[[Connection], T], *, is_urgent: bool = False) -> T:
        async with self.engine.begin() as connection:
            return await connection.run_sync(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self.write(work)

    def read_now(self, work: Callable[[Connection], T]) -> T:
        """For what runs in threads of its own, beside what is measured."""
        return self._writer.read_now(work)

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        return self._writer.submit(work)

    def close(self) -> None:
        self._writer.close()
