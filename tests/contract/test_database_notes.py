"""Two processes that are started together write the same notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bot.storage.database import Database, open_engine, read_url
from bot.storage.notes import keep_note, read_note, write_note


async def both(url: str, work: Callable[[Any, str], Any]) -> list[Any]:
    """What each of two processes, between whose reading and writing the other one wrote, comes to."""
    databases = [Database(open_engine(read_url(url))) for _ in range(2)]
    try:
        return list(
            await asyncio.gather(
                *(one.write(lambda connection, at=at: work(connection, f"{at}")) for at, one in enumerate(databases))
            )
        )
    finally:
        for one in databases:
            await asyncio.to_thread(one.close)


async def test_the_same_note_written_by_two_is_no_fault(database_url: str) -> None:
    await both(database_url, lambda connection, value: write_note(connection, "note", value))
    found = await both(database_url, lambda connection, _: read_note(connection, "note"))
    assert found[0] == found[1]
    assert found[0] in ("0", "1")


async def test_of_what_is_made_once_the_first_one_stays(database_url: str) -> None:
    made = await both(database_url, lambda connection, value: (keep_note(connection, "key", value), value))
    (first,) = [value for was_written, value in made if was_written]
    found = await both(
        database_url, lambda connection, value: (keep_note(connection, "key", value), read_note(connection, "key"))
    )
    assert found == [(False, first)] * 2
