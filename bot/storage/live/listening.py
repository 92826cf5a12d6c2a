"""Follows NOTIFY on PostgreSQL: how one process learns at once what another has committed."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from bot.storage.live.events import CHANNEL


async def listen(engine: Engine, on_notice: Callable[[str], None]) -> None:
    """Until cancelled; a lost connection raises, and the supervisor begins again.

    `on_notice` gets the payload: empty for "the log has grown", else something fleeting.
    """
    import psycopg  # 8 MB that only PostgreSQL needs

    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await psycopg.AsyncConnection.connect(address, autocommit=True)
    async with connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        on_notice("")  # what came before the listening began
        async for notice in connection.notifies():
            on_notice(notice.payload)
