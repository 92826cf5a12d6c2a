"""Small facts kept in `setting`: business rules, and what channels must remember."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.storage.tables import setting


def read_setting(connection: Connection, key: str) -> Any:
    """The value as stored (JSON), or None."""
    return connection.execute(select(setting.c.value).where(setting.c.key == key)).scalar_one_or_none()


def write_setting(connection: Connection, key: str, value: Any) -> None:
    if not connection.execute(update(setting).where(setting.c.key == key).values(value=value)).rowcount:
        connection.execute(insert(setting).values(key=key, value=value))


def read_note(connection: Connection, key: str) -> str | None:
    found = read_setting(connection, f"note:{key}"[:64])
    return str(found) if found is not None else None


def write_note(connection: Connection, key: str, value: str) -> None:
    write_setting(connection, f"note:{key}"[:64], value)
