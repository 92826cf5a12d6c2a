"""The writer over both databases: grouped commits, failures undone alone, nothing lost when the database goes away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest
from sqlalchemy import Connection, event, func, insert, select, text

from bot.storage.database import Database, open_engine, read_url
from bot.storage.service.tables import setting
from core.errors import Conflict, InvalidInput
from tests.postgres import PostgresServer


def put(key: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.execute(insert(setting).values(key=key, value=key))
        return key

    return work


def keys(connection: Connection) -> list[str]:
    return list(connection.execute(select(setting.c.key).order_by(setting.c.key)).scalars())


class Gate:
    """Holds the writer in the middle of a piece of work, so that others come to wait behind it."""

    def __init__(self, database: Database) -> None:
        self._open = threading.Event()
        reached = threading.Event()

        def work(_connection: Connection) -> None:
            reached.set()
            self._open.wait(10)

        self.future = database.submit(work)
        assert reached.wait(10)

    def open(self) -> None:
        self._open.set()
        self.future.result(10)


@pytest.fixture
def commits(database: Database) -> Iterator[list[int]]:
    """Grows by one with each commit."""
    counted: list[int] = []

    def count(_connection: Connection) -> None:
        counted.append(1)

    event.listen(database.engine, "commit", count)
    yield counted
    event.remove(database.engine, "commit", count)


async def test_written_is_seen_by_readers(database: Database) -> None:
    assert await database.write(put("a")) == "a"
    assert await database.read(keys) == ["a"]


async def test_what_waits_shares_one_commit(database: Database, commits: list[int]) -> None:
    gate = Gate(database)
    waiting = [database.submit(put(f"{number:02}")) for number in range(20)]
    gate.open()
    assert [future.result(10) for future in waiting] == [f"{number:02}" for number in range(20)]
    assert len(commits) == 2  # the gate's own, and one for all the others
    assert len(await database.read(keys)) == 20


async def test_failing_piece_is_undone_alone(database: Database) -> None:
    def fail(connection: Connection) -> None:
        put("half")(connection)
        raise Conflict("no")

    gate = Gate(database)
    futures: list[Future[str] | Future[None]] = [
        database.submit(put("a")),
        database.submit(fail),
        database.submit(put("b")),
    ]
    gate.open()
    assert futures[0].result(10) == "a"
    with pytest.raises(Conflict):
        futures[1].result(10)
    assert futures[2].result(10) == "b"
    assert await database.read(keys) == ["a", "b"]


async def test_failing_statement_is_undone_alone(database: Database) -> None:
    await database.write(put("a"))
    gate = Gate(database)
    futures = [database.submit(put(key)) for key in ("b", "a", "c")]
    gate.open()
    assert futures[0].result(10) == "b"
    with pytest.raises(Exception, match=r"(?i)unique"):
        futures[1].result(10)
    assert futures[2].result(10) == "c"
    assert await database.read(keys) == ["a", "b", "c"]


async def test_single_failing_piece(database: Database) -> None:
    await database.write(put("a"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await database.write(put("a"))
    await database.write(put("b"))
    assert await database.read(keys) == ["a", "b"]


async def test_work_is_done_in_the_order_it_came(database: Database) -> None:
    done: list[int] = []

    def note(number: int) -> Callable[[Connection], None]:
        return lambda _connection: done.append(number)

    gate = Gate(database)
    futures = [database.submit(note(number)) for number in range(200)]
    gate.open()
    for future in futures:
        future.result(10)
    assert done == list(range(200))


async def test_two_writers_on_one_database(database: Database, database_url: str) -> None:
    def count_up(connection: Connection) -> None:
        value = connection.execute(select(setting.c.value).where(setting.c.key == "n").with_for_update()).scalar_one()
        connection.execute(setting.update().where(setting.c.key == "n").values(value=value + 1))

    await database.write(lambda connection: connection.execute(insert(setting).values(key="n", value=0)))
    other = Database(open_engine(read_url(database_url)))
    try:
        await asyncio.gather(*[one.write(count_up) for _ in range(50) for one in (database, other)])
    finally:
        other.close()
    value = await database.read(lambda connection: connection.execute(select(setting.c.value)).scalar_one())
    assert value == 100


async def test_reading_beside_a_write_that_lasts(database: Database) -> None:
    await database.write(put("a"))
    gate = Gate(database)
    assert await database.read(keys) == ["a"]
    gate.open()


async def test_closing_finishes_what_waits(database_url: str) -> None:
    database = Database(open_engine(read_url(database_url)))
    gate = Gate(database)
    waiting = [database.submit(put(str(number))) for number in range(10)]
    closer = threading.Thread(target=database.close)
    closer.start()
    gate.open()
    closer.join(10)
    assert [future.result(0) for future in waiting] == [str(number) for number in range(10)]
    with pytest.raises(RuntimeError):
        database.submit(put("late"))


async def test_sqlite_promises_durability(sqlite_url: str) -> None:
    database = Database(open_engine(read_url(sqlite_url)))
    try:
        for pragma, expected in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            found = await database.write(
                lambda connection, name=pragma: connection.exec_driver_sql(f"PRAGMA {name}").scalar()  # type: ignore[misc]
            )
            assert found == expected
    finally:
        database.close()


class TestServerGoesAway:
    """PostgreSQL only: SQLite has no server."""

    @pytest.fixture
    def database_kind(self) -> str:
        return "postgresql"

    async def test_writes_go_on_after_a_restart(self, database: Database, postgres_server: PostgresServer) -> None:
        await database.write(put("before"))
        await asyncio.to_thread(postgres_server.restart)
        assert await asyncio.wait_for(database.write(put("after")), 20) == "after"
        assert await database.read(keys) == ["after", "before"]

    async def test_nothing_is_lost_while_the_server_is_away(
        self, database: Database, postgres_server: PostgresServer
    ) -> None:
        await database.write(put("before"))
        await asyncio.to_thread(postgres_server.stop)
        waiting = [database.submit(put(f"{number:02}")) for number in range(30)]
        await asyncio.to_thread(postgres_server.start)
        results = await asyncio.wait_for(asyncio.gather(*map(asyncio.wrap_future, waiting)), 20)
        assert results == [f"{number:02}" for number in range(30)]
        assert len(await database.read(keys)) == 31

    async def test_connection_broken_in_the_middle_of_a_batch(self, database: Database) -> None:
        """The whole batch is run again, and each piece has its effect once."""
        tries: list[int] = []

        def break_once(connection: Connection) -> None:
            tries.append(1)
            put("middle")(connection)
            if len(tries) == 1:
                connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

        gate = Gate(database)
        futures: list[Future[str] | Future[None]] = [
            database.submit(put("first")),
            database.submit(break_once),
            database.submit(put("last")),
        ]
        gate.open()
        for future in futures:
            await asyncio.wait_for(asyncio.wrap_future(future), 20)
        assert len(tries) == 2
        assert await database.read(keys) == ["first", "last", "middle"]


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://host/db", "http://x"])
def test_address_that_is_no_database(address: str) -> None:
    with pytest.raises(InvalidInput, match="OTKLIK_DATABASE_URL"):
        read_url(address)


@pytest.mark.parametrize("address", ["postgresql://me@host/db", "postgres://me@host/db"])
def test_usual_names_of_postgresql(address: str) -> None:
    assert read_url(address).drivername == "postgresql+psycopg"


async def test_counting(database: Database) -> None:
    await asyncio.gather(*[database.write(put(str(number))) for number in range(300)])
    total = await database.read(
        lambda connection: connection.execute(select(func.count()).select_from(setting)).scalar()
    )
    assert total == 300
