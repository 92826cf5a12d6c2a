"""Statements are compiled once in a process, as in the program itself, and not once in each test's engine.

An engine keeps what it compiled for its own dialect; so the engines of all tests have one dialect of each kind and one
cache. Everything else (pool, settings, listeners) stays their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, create_engine, event

_teachers: dict[str, Engine] = {}


@contextmanager
def compiled_once() -> Iterator[None]:
    """Meanwhile every engine of the program's knows what an earlier one has learned."""
    with patch("bot.storage.database.create_engine", _create):
        yield


def _create(*given: Any, **options: Any) -> Engine:
    engine = create_engine(*given, **options)
    teacher = _teachers.get(engine.dialect.name)
    if teacher is None:
        # only a dialect that has met its database knows what that can do
        event.listen(engine, "engine_connect", lambda connection: _teachers.setdefault(engine.dialect.name, engine))
        return engine
    engine.dialect = engine.pool._dialect = teacher.dialect
    engine._compiled_cache = teacher._compiled_cache
    return engine
