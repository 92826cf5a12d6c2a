"""The number a new row was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection


def add_row(connection: Connection, insert: Any, values: Mapping[str, Any]) -> int:
    """Insert one row and return its id."""
    key = connection.execute(insert, values).inserted_primary_key
    assert key is not None
    return int(key[0])
