"""One worker per database: two would both poll the platforms and send the same messages."""

from __future__ import annotations

import asyncio
import fcntl
import logging
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine, text

from core.errors import Conflict

log = logging.getLogger(__name__)

_KEY = 0x07_11_0C  # the advisory lock of the worker on PostgreSQL; any number, always the same
_LOOK_AGAIN = 2.0  # seconds


class WorkerLock:
    """Held until closed, or until the process ends, however it ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._file: IO[str] | None = None
        self._connection: Connection | None = None

    async def take(self) -> None:
        """On SQLite at once or Conflict; on PostgreSQL wait as a standby until the other worker is gone."""
        if self._engine.dialect.name == "sqlite":
            self._take_file()
            return
        told = False
        while not await asyncio.to_thread(self._try_advisory):
            if not told:
                log.info("another worker is active; standing by to take over")
                told = True
            await asyncio.sleep(_LOOK_AGAIN)

    def _take_file(self) -> None:
        database = self._engine.url.database
        if not database or database == ":memory:":
            return
        file = Path(f"{database}.lock").open("w")  # noqa: SIM115 - held until close
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise Conflict(
                f"Otklik already runs on {database}: end that one first, or give this one another OTKLIK_DATABASE_URL"
            ) from None
        self._file = file

    def _try_advisory(self) -> bool:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        return bool(self._connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}).scalar())

    async def lost(self) -> None:
        """Returns when the lock is held no longer (the server went away); never on SQLite."""
        while self._connection is not None:
            await asyncio.sleep(_LOOK_AGAIN)
            try:
                await asyncio.to_thread(self._connection.execute, text("SELECT 1"))
            except Exception:
                return
        await asyncio.Event().wait()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        if self._connection is not None:
            self._connection.close()
