"""When the facts are brought up to date, and with which hours and promises."""

from __future__ import annotations

from datetime import datetime, tzinfo

from sqlalchemy import Connection, Engine

from bot.storage.measures.refresh import Place, Rules, refresh
from surveys.episode import Reckoning


def read_rules(connection: Connection, now: datetime, zone: tzinfo) -> Rules:
    """The hours and promises that hold now."""
    return Rules(Reckoning(now), zone)


def step(connection: Connection, now: datetime, zone: tzinfo, after: Place | None = None) -> Place | None:
    """One transaction's worth; returns where to go on, None when all is done."""
    return refresh(connection, read_rules(connection, now, zone), after)


def bring_up_to_date(engine: Engine, now: datetime, zone: tzinfo) -> None:
    """All of it, in short transactions, so that nobody waits long for the database."""
    after: Place | None = None
    while True:
        with engine.begin() as connection:
            after = step(connection, now, zone, after)
        if after is None:
            return
