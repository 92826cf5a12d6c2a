"""SQLite as Otklik wants it: durable, one writer at a time, and able to compare letters of any alphabet."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection


def prepare_connection(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin and commit ourselves
    connection.create_function("casefold", 1, _casefold, deterministic=True)  # its own lower() knows but ASCII
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _casefold(text: str | None) -> str | None:
    return text.casefold() if text is not None else None


def begin_immediate(connection: Connection) -> None:
    if not connection.get_execution_options().get("read_only"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")
