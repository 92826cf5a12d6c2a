"""Arrivals: written down before anybody is told, opened in order, ended once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from bot.storage.tables import cursor, inbox, insert_into, problem
from core.channel import Arrival, Cursor

_OPEN = inbox.c.handled_at.is_(None) & inbox.c.set_aside_at.is_(None)


@dataclass(frozen=True, slots=True)
class StoredArrival:
    """A row of the inbox that is still open."""

    id: int
    arrival: Arrival
    received_at: datetime


_inserts: dict[str, Any] = {}


def _insert_new(connection: Connection) -> Any:
    """Made once for each kind of database: every arrival goes through it."""
    name = connection.dialect.name
    if name not in _inserts:
        _inserts[name] = insert_into(connection, inbox).on_conflict_do_nothing().returning(inbox.c.id)
    return _inserts[name]


def store_arrivals(
    connection: Connection, arrivals: Sequence[Arrival], position: Cursor | None, now: datetime
) -> list[StoredArrival]:
    """Write the arrivals down, and how far the channel has read; returns the new ones, repeated ones are left out."""
    statement = _insert_new(connection)
    stored: list[StoredArrival] = []
    for arrival in arrivals:
        values = {
            "channel": arrival.channel,
            "account": arrival.account,
            "key": arrival.key,
            "lane": arrival.lane,
            "payload": json.dumps(arrival.payload, ensure_ascii=True, separators=(",", ":")),
            "received_at": now,
        }
        number = connection.execute(statement, values).scalar_one_or_none()
        if number is not None:
            stored.append(StoredArrival(number, arrival, now))
    if position is not None:
        write_cursor(connection, position)
    return stored


def write_cursor(connection: Connection, position: Cursor) -> None:
    statement = insert_into(connection, cursor).values(
        channel=position.channel, account=position.account, value=position.value
    )
    connection.execute(
        statement.on_conflict_do_update(index_elements=["channel", "account"], set_={"value": position.value})
    )


def read_cursor(connection: Connection, channel: str, account: str) -> str | None:
    query = select(cursor.c.value).where(cursor.c.channel == channel, cursor.c.account == account)
    return connection.execute(query).scalar_one_or_none()


_OPEN_BEHIND = (
    select(inbox)
    .where(_OPEN, inbox.c.id > bindparam("after"), inbox.c.channel.in_(bindparam("channels", expanding=True)))
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
)


def open_arrivals(
    connection: Connection, channels: Sequence[str], after: int = 0, most: int = 500
) -> list[StoredArrival]:
    """What is not handled yet, oldest first, behind the row `after`."""
    wanted = {"channels": list(channels), "after": after, "most": most}
    return [
        StoredArrival(
            row.id, Arrival(row.channel, row.account, row.key, row.lane, json.loads(row.payload)), row.received_at
        )
        for row in connection.execute(_OPEN_BEHIND, wanted)
    ]


_END = (
    update(inbox)
    .where(inbox.c.id == bindparam("number"), _OPEN)
    .values(handled_at=bindparam("now"))
    .execution_options(synchronize_session=False)
)


def end_arrivals(connection: Connection, numbers: Sequence[int], now: datetime) -> bool:
    """Mark the arrivals handled; False when another hand was quicker, and nothing may be done about them."""
    ended = 0
    for number in numbers:
        ended += connection.execute(_END, {"number": number, "now": now}).rowcount
    return ended == len(numbers)


def set_aside(connection: Connection, numbers: Sequence[int], error: str, now: datetime) -> None:
    """Put arrivals that cannot be read or handled out of the way; doctor shows them."""
    connection.execute(update(inbox).where(inbox.c.id.in_(numbers), _OPEN).values(set_aside_at=now, error=error[:500]))


def count_open(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(inbox).where(_OPEN)).scalar_one()


def has_open_in(connection: Connection, lane: str) -> bool:
    """Whether something in this lane waits to be decided on."""
    return connection.execute(select(inbox.c.id).where(_OPEN, inbox.c.lane == lane).limit(1)).first() is not None


def note_problem(connection: Connection, subject: str, text: str, now: datetime) -> None:
    """Remember trouble for doctor; the same words count up."""
    statement = insert_into(connection, problem).values(
        subject=subject[:64], text=text[:1000], count=1, first_at=now, last_at=now
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["subject", "text"], set_={"count": problem.c.count + 1, "last_at": now}
        )
    )
