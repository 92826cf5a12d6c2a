"""Meaning vectors kept by content: what was encoded once is not encoded again, in this process or the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from bot.storage.knowledge.tables import faq_vector
from bot.storage.tables import insert_into

KEEP = timedelta(days=30)
"""How long a vector is kept that no build of the index asked for; an entry may be rolled back."""
_TOUCH_AFTER = timedelta(days=1)
PIECE = 500
"""Vectors that are read or written at once: a dozen milliseconds, which others' writing waits."""


def read_vectors(connection: Connection, keys: Sequence[str]) -> dict[str, bytes]:
    """Those that are there."""
    found: dict[str, bytes] = {}
    for start in range(0, len(keys), PIECE):
        query = select(faq_vector.c.key, faq_vector.c.vector).where(faq_vector.c.key.in_(keys[start : start + PIECE]))
        found.update((row.key, bytes(row.vector)) for row in connection.execute(query))
    return found


def write_vectors(connection: Connection, vectors: Mapping[str, bytes], now: datetime) -> None:
    """Keep vectors; those that another process wrote meanwhile stay, for the same key means the same vector."""
    known = read_vectors(connection, list(vectors))
    rows = [{"key": key, "vector": vector, "used_at": now} for key, vector in vectors.items() if key not in known]
    if rows:
        connection.execute(insert_into(connection, faq_vector).on_conflict_do_nothing(index_elements=["key"]), rows)


def find_unnoted(connection: Connection, keys: Sequence[str], now: datetime) -> list[str]:
    """Those of at most PIECE keys whose use was not noted for a day: it is noted no oftener."""
    query = select(faq_vector.c.key).where(faq_vector.c.key.in_(keys), faq_vector.c.used_at < now - _TOUCH_AFTER)
    return list(connection.execute(query).scalars())


def note_use(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    """These, at most PIECE of them, are in use."""
    connection.execute(update(faq_vector).where(faq_vector.c.key.in_(keys)).values(used_at=now))


def drop_unused(connection: Connection, now: datetime) -> int:
    """Forget some of what nobody asked for in a long time; returns how many, 0 when there is no more."""
    oldest = select(faq_vector.c.key).where(faq_vector.c.used_at < now - KEEP).limit(PIECE)
    return connection.execute(delete(faq_vector).where(faq_vector.c.key.in_(oldest))).rowcount
