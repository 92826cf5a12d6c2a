"""Small facts that channels must remember beyond the process."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.storage.tables import notebook

_NOTE = select(notebook.c.value).where(notebook.c.key == bindparam("name"))


def read_note(connection: Connection, key: str) -> str | None:
    return connection.execute(_NOTE, {"name": key[:64]}).scalar_one_or_none()


def write_note(connection: Connection, key: str, value: str) -> None:
    if not connection.execute(update(notebook).where(notebook.c.key == key[:64]).values(value=value)).rowcount:
        connection.execute(insert(notebook).values(key=key[:64], value=value))


def drop_note(connection: Connection, key: str) -> None:
    connection.execute(delete(notebook).where(notebook.c.key == key[:64]))
