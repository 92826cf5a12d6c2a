"""Two processes that are started together write the same notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from bot.storage.database import open_engine, read_url
from bot.storage.notes import keep_note, read_note, secret_note, write_note
from tests.postgres import PostgresServer

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def engine(postgres_server: PostgresServer) -> Iterator[Engine]:
    """SQLite lets one write after the other; only here two can be at the same note."""
    with postgres_server.migrated() as url:
        engine = open_engine(read_url(url))
        yield engine
        engine.dispose()


async def after_each_other(
    engine: Engine, first: Callable[[Connection], Any], second: Callable[[Connection], Any]
) -> Any:
    """What the second comes to, who began before the first had ended and therefore saw nothing of it."""

    def later() -> Any:
        with engine.begin() as connection:
            return second(connection)

    with engine.connect() as one, engine.connect() as watching:
        first(one)
        other = asyncio.ensure_future(asyncio.to_thread(later))
        async with asyncio.timeout(30):
            while not other.done() and not watching.execute(_WAITING).scalar_one():
                watching.rollback()
                await asyncio.sleep(0.01)
        one.commit()
        return await other


async def test_the_same_note_written_by_two_is_no_fault(engine: Engine) -> None:
    await after_each_other(engine, lambda one: write_note(one, "note", "1"), lambda two: write_note(two, "note", "2"))
    with engine.connect() as connection:
        assert read_note(connection, "note") == "2"


async def test_of_what_is_made_once_the_first_one_stays(engine: Engine) -> None:
    assert not await after_each_other(
        engine, lambda one: keep_note(one, "key", "1"), lambda two: keep_note(two, "key", "2")
    )
    with engine.connect() as connection:
        assert read_note(connection, "key") == "1"


async def test_both_have_the_same_secret(engine: Engine) -> None:
    made: list[str] = []
    told = await after_each_other(
        engine, lambda one: made.append(secret_note(one, "secret")), lambda two: secret_note(two, "secret")
    )
    assert [told] == made
    assert len(bytes.fromhex(told)) == 32
