"""The engine and the writer: everything waiting runs in one transaction, acknowledged after its commit.

Database work is plain synchronous functions that take a Connection and touch nothing else, so that a function
may run again when its transaction was lost. One writer thread serves one database; group commit makes it fast
and safe at once (see docs/decisions).
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from bot.storage.live import events
from bot.storage.sqlite.connection import begin_immediate, prepare_connection, write_json
from core.errors import InvalidInput

T = TypeVar("T")
Work = Callable[[Connection], T]

log = logging.getLogger(__name__)

_READERS = 6  # threads; with the writer they fit into the engine's pool
_BATCH = 64  # callers that share one transaction
_RECONNECT_WAIT = 0.5  # seconds between tries to reach a database that went away


def read_url(text: str) -> URL:
    """The database address; raises InvalidInput with the remedy."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise InvalidInput(
            "OTKLIK_DATABASE_URL is not an address: use sqlite:///path or postgresql://user:password@host/db"
        ) from None
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite":
        return url
    raise InvalidInput(f"OTKLIK_DATABASE_URL: {url.drivername} is not supported; use sqlite or postgresql")


def open_engine(url: URL) -> Engine:
    """An engine with the durability Otklik promises: WAL and synchronous=FULL on SQLite."""
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_size=4, max_overflow=4, query_cache_size=1000, hide_parameters=True)
        events.follow(engine)
        return engine
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=4,
        query_cache_size=1000,
        hide_parameters=True,  # errors are logged, customers' texts are not
        json_serializer=write_json,
        connect_args={"check_same_thread": False, "timeout": 15},
    )
    event.listen(engine, "connect", prepare_connection)
    event.listen(engine, "begin", begin_immediate)
    events.follow(engine)
    return engine


@dataclass(slots=True)
class _Job:
    """A piece of work and who waits for it: a task of a loop, or a thread."""

    work: Work[Any]
    waiter: asyncio.Future[Any] | Future[Any]
    loop: asyncio.AbstractEventLoop | None


_WAKE = object()  # says that urgent work is there


class Database:
    """Runs work on the database: writes through the writer thread, reads beside it.

    `write` returns after the commit. A failing piece of work is undone alone; its neighbours go on. When the
    database itself goes away, waiting work waits and is run again.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._jobs: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._urgent: deque[_Job] = deque()
        self._reader = engine.execution_options(read_only=True)
        self._readers = ThreadPoolExecutor(_READERS, "otklik-reader")
        self._closing = False
        self.on_events: Callable[[], None] | None = None  # called by the writer after events were committed
        self._thread = threading.Thread(target=self._run, name="otklik-writer", daemon=True)
        self._thread.start()

    async def write(self, work: Work[T], *, is_urgent: bool = False) -> T:
        """Run the work in a transaction shared with whatever else is waiting; returns after its commit.

        Urgent work goes ahead: what a platform has taken is noted before anything new is begun.
        """
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[T] = loop.create_future()
        job = _Job(work, waiter, loop)
        if is_urgent:
            self._urgent.append(job)
            self._put(_WAKE)
        else:
            self._put(job)
        return await waiter

    def submit(self, work: Work[T]) -> Future[T]:
        """The same for callers without a loop."""
        waiter: Future[T] = Future()
        self._put(_Job(work, waiter, None))
        return waiter

    def _put(self, job: object) -> None:
        if self._closing:
            raise RuntimeError("the database is closing")
        self._jobs.put(job)

    async def read(self, work: Work[T]) -> T:
        """Run reading work on a connection of its own; it sees what is committed."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, work)

    def read_now(self, work: Work[T]) -> T:
        with self._reader.connect() as connection:
            return work(connection)

    def close(self) -> None:
        """Finish what is waiting and what is being read, then stop."""
        self._closing = True
        self._jobs.put(None)
        self._thread.join()
        self._readers.shutdown()  # what comes back to the engine after this would stay open
        self.engine.dispose()

    def _run(self) -> None:
        connection: Connection | None = None
        while True:
            batch, is_last = self._next_batch()
            if batch:
                connection = self._run_until_done(connection, batch)
            if is_last:
                if connection is not None:
                    connection.close()
                return

    def _next_batch(self) -> tuple[list[_Job], bool]:
        """What shares the next transaction, urgent work first; whether it is the last one."""
        batch: list[_Job] = []
        job = self._jobs.get()
        while True:
            while self._urgent:
                batch.append(self._urgent.popleft())
            if job is None:
                return batch, True
            if isinstance(job, _Job):
                batch.append(job)
            if len(batch) >= _BATCH:
                return batch, False
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch, False

    def _run_until_done(self, connection: Connection | None, batch: list[_Job]) -> Connection | None:
        """Run the batch, reconnecting for as long as the database is away; nothing is given up."""
        told = False
        while True:
            try:
                if connection is None:
                    connection = self.engine.connect()
                self._run_batch(connection, batch)
            except Exception as error:
                _drop(connection)
                connection = None
                if self._closing or not _is_passing(error):
                    _tell([(job, None, error) for job in batch])
                    return None
                if not told:
                    log.error("database unreachable, waiting: %s", type(error).__name__)
                    told = True
                time.sleep(_RECONNECT_WAIT)
            else:
                if events.take_written(connection) and self.on_events is not None:
                    self.on_events()
                return connection

    def _run_batch(self, connection: Connection, batch: Sequence[_Job]) -> None:
        """All in one transaction; if a piece fails, all again with a savepoint each."""
        try:
            with connection.begin():
                results = [job.work(connection) for job in batch]
        except Exception as error:
            if len(batch) == 1 and not _is_passing(error):
                _tell([(batch[0], None, error)])
                return
            if _is_disconnect(error):
                raise
            self._run_singly(connection, batch)
            return
        _tell([(job, result, None) for job, result in zip(batch, results, strict=True)])

    def _run_singly(self, connection: Connection, batch: Sequence[_Job]) -> None:
        outcomes: list[Outcome] = []
        with connection.begin():
            for job in batch:
                try:
                    with connection.begin_nested():
                        outcomes.append((job, job.work(connection), None))
                except Exception as error:
                    if _is_passing(error):
                        raise
                    outcomes.append((job, None, error))
        _tell(outcomes)


Outcome = tuple[_Job, Any, Exception | None]


def _tell(outcomes: Sequence[Outcome]) -> None:
    """Whoever waits learns the outcome; each loop is woken once for all of its tasks."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Outcome]] = {}
    for outcome in outcomes:
        loop = outcome[0].loop
        if loop is None:
            _settle([outcome])
        else:
            by_loop.setdefault(loop, []).append(outcome)
    for loop, theirs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, theirs)
        except RuntimeError:
            log.debug("nobody waits for %d pieces of work any more: their loop is closed", len(theirs))


def _settle(outcomes: Sequence[Outcome]) -> None:
    for job, result, error in outcomes:
        if job.waiter.done():  # nobody waits any more
            continue
        if error is None:
            job.waiter.set_result(result)
        else:
            job.waiter.set_exception(error)


def _drop(connection: Connection | None) -> None:
    if connection is None:
        return
    try:
        connection.invalidate()
        connection.close()
    except Exception:
        log.debug("a broken connection could not be closed", exc_info=True)


def _is_disconnect(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and bool(error.connection_invalidated)


def _is_passing(error: BaseException) -> bool:
    """Whether the trouble is the database's and may be over soon (gone away, locked, full, a deadlock)."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, sqlite3.OperationalError)
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None and isinstance(error, OperationalError) and not isinstance(error.orig, sqlite3.Error):
        return True  # no connection was made
    if state is not None:
        return state[:2] in {"08", "40", "53", "57"}
    text = str(error.orig)
    return any(word in text for word in ("locked", "disk is full", "disk I/O", "connection failed", "refused"))


def add_row(connection: Connection, insert: Any, values: Mapping[str, Any]) -> int:
    """Insert one row and return its id."""
    key = connection.execute(insert, values).inserted_primary_key
    assert key is not None
    return int(key[0])
