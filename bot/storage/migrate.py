"""Brings a database's tables to the version this program knows, or one version back.

Everything happens in one transaction under a lock, so that processes that start together do it once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from bot.storage.tables import metadata
from core.errors import Conflict, InvalidInput

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x6F746B6C696B  # "otklik", for pg_advisory_xact_lock


def known_versions() -> list[str]:
    """The versions this program can bring a database to, oldest first."""
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return sorted(match.group() for file in files if (match := re.match(r"\d{4}", file.name)))


def version(connection: Connection) -> str | None:
    """The database's present version; None for one that was never migrated, or migrated back to nothing."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def is_current(connection: Connection) -> bool:
    return version(connection) == known_versions()[-1]


def migrate_up(engine: Engine) -> str:
    """Bring the database to the newest version and return that; does nothing where it is there already.

    Raises Conflict when the database was made by a newer program, InvalidInput when it holds foreign tables.
    """
    newest = known_versions()[-1]
    with engine.connect() as connection:  # the usual case needs no lock, and not the half second to load Alembic
        if version(connection) == newest:
            return newest
    with locked(engine) as connection:
        before = version(connection)
        _check_known(before)
        if before is None:
            _check_empty(connection)
        if before != newest:
            from alembic import command

            command.upgrade(alembic_config(connection), "head")
    return newest


def migrate_down(engine: Engine) -> str | None:
    """Undo the last version and return the one before it (None: no tables are left).

    Raises Conflict when there is nothing to undo or the database was made by a newer program.
    """
    with locked(engine) as connection:
        before = version(connection)
        if before is None:
            raise Conflict("the database has no tables of Otklik: there is nothing to undo")
        _check_known(before)
        from alembic import command

        command.downgrade(alembic_config(connection), "-1")
        return version(connection)


def move_tables(connection: Connection, wanted: str) -> None:
    """Bring a database without rows to another version, within a transaction of `locked`; "head" is the newest."""
    from alembic import command

    if wanted == "head":
        command.upgrade(alembic_config(connection), wanted)
    else:
        command.downgrade(alembic_config(connection), wanted)


@contextmanager
def locked(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other process migrates beside; foreign keys are off on SQLite, which rebuilds tables."""
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        driver: Any = connection.connection.driver_connection
        if is_sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")  # has no effect inside a transaction
        try:
            with connection.begin():  # BEGIN IMMEDIATE on SQLite
                if not is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
                yield connection
        finally:
            if is_sqlite:
                driver.execute("PRAGMA foreign_keys=ON")


def _check_known(found: str | None) -> None:
    if found is not None and found not in known_versions():
        raise Conflict(
            f"the database has version {found}, newer than {known_versions()[-1]}, the newest this program knows: "
            "install the newer Otklik again, or restore a backup made before its upgrade"
        )


def _check_empty(connection: Connection) -> None:
    ours = sorted(set(metadata.tables) & set(inspect(connection).get_table_names()))
    if ours:
        raise InvalidInput(
            f"the database already has a table {ours[0]!r} that Otklik did not make: "
            "give Otklik a database of its own in OTKLIK_DATABASE_URL"
        )


def alembic_config(connection: Connection) -> Any:
    """What Alembic needs to know; there is no alembic.ini."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
