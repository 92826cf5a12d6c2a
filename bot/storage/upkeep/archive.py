"""Backup and restore: all tables as JSON lines in one zip file, the same from and to either kind of database."""

from __future__ import annotations

import base64
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError

from bot.storage.knowledge.tables import faq_vector
from bot.storage.migrate import known_versions, locked, move_tables, version
from bot.storage.tables import JsonValue, Moment, metadata
from core.errors import Conflict, InvalidInput

_MANIFEST = "otklik.json"
_FORMAT = 1
_BATCH = 500  # rows written at once
_LINE_LIMIT = 64 * 1024 * 1024  # characters of one row
_JSON_OR_NULL = JsonValue(none_as_null=True)

Progress = Callable[[int], None]


def count_rows(connection: Connection) -> int:
    """How many rows a backup will hold, for showing progress."""
    return sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in _tables())


def write_backup(
    engine: Engine,
    path: Path,
    now: datetime,
    progress: Progress = lambda rows: None,
    when_written: Callable[[], None] = lambda: None,
) -> int:
    """Write everything to `path`, as it stood at one moment, while the bot may go on; returns the number of rows.

    The file is readable for its owner only (it holds what customers wrote), and replaced only when it is whole:
    `when_written` is called before that, and when it raises nothing is replaced.
    """
    part = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, _snapshot(engine) as connection:
            total = _write_zip(connection, file, now, progress)
            file.flush()
            os.fsync(file.fileno())
        when_written()
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return total


def restore_backup(
    engine: Engine,
    path: Path,
    progress: Progress = lambda rows: None,
    in_the_end: Callable[[Connection], None] = lambda connection: None,
) -> int:
    """Read a backup into a migrated database without rows, all or nothing; returns the number of rows.

    One of an earlier version is put into the tables of that version, which are then migrated like any other;
    `in_the_end` is part of the transaction. Raises Conflict when the database is not empty or the backup is of a newer
    version, InvalidInput for a file that is no backup or is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            made_by, counts = _manifest(archive)
            is_newest = made_by == known_versions()[-1]
            with locked(engine) as connection:  # under which nobody's rows can go with the tables
                if count_rows(connection):
                    raise Conflict("the database is not empty; restore into a new one: set OTKLIK_DATABASE_URL")
                if not is_newest:
                    move_tables(connection, made_by)
                tables = _tables() if is_newest else tables_of(connection)
                total = sum(_restore_table(connection, archive, table, counts, progress) for table in tables)
                _check_references(connection)
                if not is_newest:
                    move_tables(connection, "head")
                in_the_end(connection)
            return total
    except (zipfile.BadZipFile, KeyError, EOFError, UnicodeDecodeError, NotImplementedError, IntegrityError) as error:
        raise InvalidInput(f"{path.name} is no backup of Otklik, or is damaged ({type(error).__name__})") from None


def _tables() -> list[Table]:
    """Every table but what can be worked out again, what is referred to before what refers to it."""
    return [table for table in metadata.sorted_tables if table is not faq_vector]


def _snapshot(engine: Engine) -> Connection:
    options: dict[str, Any] = {"read_only": True}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return engine.connect().execution_options(**options)


# --- writing


def _write_zip(connection: Connection, file: Any, now: datetime, progress: Progress) -> int:
    counts: dict[str, int] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for table in _tables():
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as stream:
                counts[table.name] = _write_table(connection, table, stream, progress)
        manifest = {
            "format": _FORMAT,
            "version": version(connection),
            "made_at": now.isoformat(),
            "tables": counts,
        }
        archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
    return sum(counts.values())


def _write_table(connection: Connection, table: Table, stream: Any, progress: Progress) -> int:
    total = 0
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_BATCH)
    for partition in connection.execute(query).mappings().partitions():
        lines = [json.dumps(dict(row), ensure_ascii=False, default=_encode) + "\n" for row in partition]
        stream.write("".join(lines).encode("utf-8", "surrogatepass"))
        total += len(lines)
        progress(len(lines))
    return total


def _encode(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot be kept in a backup")


# --- reading


def tables_of(connection: Connection) -> list[Table]:
    """The tables as they are in this database, of whatever version it is, in the order of `_tables`."""
    found = MetaData()
    found.reflect(connection)
    for table in found.tables.values():
        known = metadata.tables.get(table.name)
        for column in table.columns:
            same = known.columns.get(column.name) if known is not None else None
            column.type = same.type if same is not None else _our_type(column.type)
    return [table for table in found.sorted_tables if table.name not in (faq_vector.name, "alembic_version")]


def _check_references(connection: Connection) -> None:
    """Where foreign keys were off; PostgreSQL never turns them off."""
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise zipfile.BadZipFile("rows refer to what is not there")


def _our_type(reflected: Any) -> Any:
    if isinstance(reflected, JSON):
        return JsonValue()
    return Moment() if isinstance(reflected, DateTime) else reflected


def _manifest(archive: zipfile.ZipFile) -> tuple[str, dict[str, int]]:
    """The version that made it, and how many rows it has of each table."""
    try:
        manifest = json.loads(archive.read(_MANIFEST))
        found, version_, counts = manifest["format"], manifest["version"], dict(manifest["tables"])
    except (ValueError, TypeError) as error:
        raise zipfile.BadZipFile(str(error)) from None
    if found != _FORMAT or version_ not in known_versions():
        raise Conflict(
            f"the backup is of version {version_}, which this program (of {known_versions()[-1]}) does not know: "
            "restore it with the Otklik that made it, or a newer one"
        )
    return str(version_), counts


def _restore_table(
    connection: Connection, archive: zipfile.ZipFile, table: Table, counts: dict[str, int], progress: Progress
) -> int:
    rows, total = _read_rows(archive, table), 0
    statement = insert(table).values({column.name: _bound(column) for column in table.columns})
    while batch := list(islice(rows, _BATCH)):
        connection.execute(statement, batch)
        total += len(batch)
        progress(len(batch))
    if total != counts.get(table.name):
        raise zipfile.BadZipFile("rows are missing")
    if total and connection.dialect.name == "postgresql" and "id" in table.columns:
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
            {"name": table.name, "last": connection.execute(select(func.max(table.c.id))).scalar_one()},
        )
    return total


def _bound(column: Any) -> Any:
    """A missing JSON value is NULL again, not the word null."""
    is_json = isinstance(column.type, JsonValue) and column.nullable
    return bindparam(column.name, type_=_JSON_OR_NULL if is_json else column.type)


def _read_rows(archive: zipfile.ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    names = {column.name for column in table.columns}
    moments = [column.name for column in table.columns if isinstance(column.type, Moment)]
    binaries = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
    with archive.open(f"{table.name}.jsonl") as raw, io.TextIOWrapper(raw, "utf-8", "surrogatepass") as stream:
        while line := stream.readline(_LINE_LIMIT):
            try:
                row = json.loads(line)
                if row.keys() != names:
                    raise ValueError
                for name in binaries:
                    row[name] = base64.b64decode(row[name], validate=True)
                yield row | {name: datetime.fromisoformat(row[name]) for name in moments if row[name] is not None}
            except (ValueError, TypeError, AttributeError, RecursionError):
                raise zipfile.BadZipFile(f"a row of {table.name} cannot be read") from None
