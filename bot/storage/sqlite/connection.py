"""SQLite as Otklik wants it: durable, one writer at a time, and able to compare letters of any alphabet."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Engine


def prepare_connection(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin and commit ourselves
    connection.create_function("casefold", 1, _casefold, deterministic=True)  # its own lower() knows but ASCII
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "secure_delete=FAST",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _casefold(text: str | None) -> str | None:
    return text.casefold() if text is not None else None


def begin_immediate(connection: Connection) -> None:
    if not connection.get_execution_options().get("read_only"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")


def write_json(value: Any) -> str:
    """As ever; only that half of what is written as JSON is nothing, and that is quick."""
    return "null" if value is None else json.dumps(value)


def fold_journal(engine: Engine) -> None:
    """Write the journal into the file and empty it, as far as readers let: nothing overwritten is left there."""
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        raw.close()
