"""Announcements as they stand: written, scheduled, sent, stopped; every change heeds the state it finds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.storage.announcements.tables import announcement, announcement_told
from bot.storage.database import add_row
from bot.storage.tables import operator
from core.conversation import OperatorId
from core.errors import Conflict, NotFound
from handoff.announcement import SENDABLE, STOPPABLE, Announcement, Audience, State, read_audience, write_audience

_ROWS = select(announcement, operator.c.name.label("operator_name"), operator.c.login).outerjoin(
    operator, operator.c.id == announcement.c.operator_id
)
_SAID = 50  # of those that were ever said first, the newest are looked at
_SAID_ROWS = _ROWS.where(announcement.c.said_until.is_not(None)).order_by(announcement.c.id.desc()).limit(_SAID)
_OPEN = announcement.c.state.in_((State.WAITING.value, State.SENDING.value))
_OPEN_ROWS = _ROWS.where(_OPEN).order_by(announcement.c.id)
_HAS_OPEN = select(announcement.c.id).where(_OPEN).limit(1)


def add_announcement(
    connection: Connection,
    words: Mapping[str, str],
    audience: Audience,
    author: OperatorId | None,
    now: datetime,
    *,
    is_urgent: bool = False,
) -> int:
    """A draft; nobody is told of it yet."""
    values = {
        "words": dict(words),
        "audience": write_audience(audience),
        "state": State.DRAFT.value,
        "is_urgent": is_urgent,
        "operator_id": author,
        "created_at": now,
        "changed_at": now,
    }
    return add_row(connection, insert(announcement), values)


def change_announcement(
    connection: Connection, number: int, words: Mapping[str, str], audience: Audience, now: datetime, *, is_urgent: bool
) -> None:
    """Only while nobody was told. Raises NotFound, Conflict."""
    found = find_announcement(connection, number)
    if found.state is not State.DRAFT or was_told(connection, number):
        raise Conflict("somebody was told of this announcement already")
    values = {"words": dict(words), "audience": write_audience(audience), "is_urgent": is_urgent, "changed_at": now}
    connection.execute(update(announcement).where(announcement.c.id == number).values(values))


def remove_announcement(connection: Connection, number: int) -> None:
    """One that nobody was told of. Raises NotFound, Conflict."""
    found = find_announcement(connection, number)
    if found.state not in (State.DRAFT, State.WAITING) or was_told(connection, number):
        raise Conflict("somebody was told of this announcement already")
    connection.execute(delete(announcement).where(announcement.c.id == number))


def find_announcement(connection: Connection, number: int) -> Announcement:
    """Raises NotFound."""
    row = connection.execute(_ROWS.where(announcement.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"there is no announcement {number}")
    return _read(row)


def list_announcements(connection: Connection, most: int = 100) -> list[Announcement]:
    """The newest first."""
    return [_read(row) for row in connection.execute(_ROWS.order_by(announcement.c.id.desc()).limit(most))]


def said_announcements(connection: Connection) -> tuple[Announcement, ...]:
    """Those that are, or were, said first to whoever writes; the oldest first."""
    return tuple(_read(row) for row in reversed(connection.execute(_SAID_ROWS).all()))


def has_open(connection: Connection) -> bool:
    """Whether there is any to be sent, now or later; as a rule not."""
    return connection.execute(_HAS_OPEN).first() is not None


def open_announcements(connection: Connection) -> list[Announcement]:
    """Those to be sent, now or later; the oldest first."""
    return [_read(row) for row in connection.execute(_OPEN_ROWS)]


def was_told(connection: Connection, number: int) -> bool:
    query = select(announcement_told.c.id).where(announcement_told.c.announcement_id == number).limit(1)
    return connection.execute(query).first() is not None


# --- on its way


def schedule(connection: Connection, number: int, at: datetime, now: datetime) -> None:
    """To be sent from that moment on; one that was stopped goes on where it was. Raises NotFound, Conflict."""
    _move(connection, number, SENDABLE, State.WAITING, now, send_at=max(at, now), ended_at=None)


def stop(connection: Connection, number: int, now: datetime) -> None:
    """Nobody more is told. Raises NotFound, Conflict."""
    found = find_announcement(connection, number)
    is_begun = found.started_at is not None
    _move(connection, number, STOPPABLE, State.STOPPED if is_begun else State.DRAFT, now, send_at=None)


def begin(connection: Connection, number: int, now: datetime) -> None:
    _move(connection, number, {State.WAITING}, State.SENDING, now, started_at=now)


def end(connection: Connection, number: int, now: datetime) -> None:
    _move(connection, number, {State.SENDING}, State.SENT, now, ended_at=now)


def note_reached(connection: Connection, number: int, customer_id: int) -> None:
    """How far the customers were gone through; told ones are known besides, so going back a little harms nobody."""
    own = (announcement.c.id == number) & (announcement.c.reached_id < customer_id)
    connection.execute(update(announcement).where(own).values(reached_id=customer_id))


def say_until(connection: Connection, number: int, until: datetime, now: datetime) -> None:
    """From now until then whoever writes is told first; a moment that has passed ends it. Raises NotFound."""
    find_announcement(connection, number)
    values = {"said_until": until, "changed_at": now}
    connection.execute(update(announcement).where(announcement.c.id == number).values(values))


def _move(
    connection: Connection, number: int, allowed: Collection[State], to: State, now: datetime, **values: Any
) -> None:
    """Two people, or a person and the clock, may decide at once: the second finds it moved."""
    where = (announcement.c.id == number, announcement.c.state.in_([one.value for one in allowed]))
    moved = connection.execute(update(announcement).where(*where).values(state=to.value, changed_at=now, **values))
    if not moved.rowcount:
        find_announcement(connection, number)
        raise Conflict("the announcement is in another state already")


def _read(row: Row[Any]) -> Announcement:
    return Announcement(
        row.id,
        row.words,
        read_audience(row.audience),
        State(row.state),
        row.created_at,
        row.is_urgent,
        row.said_until,
        row.send_at,
        row.started_at,
        row.ended_at,
        row.reached_id,
        row.operator_name or row.login or "",
        row.changed_at,
    )
