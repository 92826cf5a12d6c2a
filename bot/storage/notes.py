"""Small facts that channels must remember beyond the process."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, bindparam, delete, select

from bot.storage.tables import insert_into, notebook

_NOTE = select(notebook.c.value).where(notebook.c.key == bindparam("name"))


def read_note(connection: Connection, key: str) -> str | None:
    return connection.execute(_NOTE, {"name": key[:64]}).scalar_one_or_none()


def write_note(connection: Connection, key: str, value: str) -> None:
    """Another process may write the same one at the same moment, as two that are started together do."""
    new = insert_into(connection, notebook).values(key=key[:64], value=value)
    connection.execute(new.on_conflict_do_update(index_elements=["key"], set_={"value": new.excluded.value}))


def keep_note(connection: Connection, key: str, value: str) -> bool:
    """Write it unless there is one already, whoever wrote that; whether it was written."""
    new = insert_into(connection, notebook).values(key=key[:64], value=value)
    kept = new.on_conflict_do_nothing(index_elements=["key"]).returning(notebook.c.key)
    return connection.execute(kept).first() is not None


def secret_note(connection: Connection, key: str) -> str:
    """32 bytes in hexadecimal digits, made by whoever asks first; the same for everybody afterwards."""
    if read_note(connection, key) is None:
        keep_note(connection, key, secrets.token_hex(32))
    return read_note(connection, key) or ""


def drop_note(connection: Connection, key: str) -> None:
    connection.execute(delete(notebook).where(notebook.c.key == key[:64]))
