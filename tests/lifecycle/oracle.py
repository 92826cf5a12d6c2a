"""What must hold about a desk, read from its tables alone: nothing here asks the code that is being judged.

The one exception is the name of things: tables, and the words of statuses, acts and presence.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text

from bot.storage.desk.tables import audit, operator_skill
from bot.storage.service.tables import snooze
from bot.storage.tables import conversation, identity, message, operator, outbox

# as docs/architecture.md tells it
LAWFUL = {
    "active": {"queued", "assigned", "closed"},
    "queued": {"assigned", "active", "closed"},
    "assigned": {"queued", "closed"},
    "closed": {"queued", "assigned"},
}
AWAY = {"offline", "lost"}
UNSAID = {"note", "held", "dropped"}

# every change of status and holder, as the database sees it; a transaction that is rolled back leaves no trace
TRAIL = (
    "CREATE TABLE trail (id INTEGER PRIMARY KEY, conversation, was, became, held_was, held_became)",
    "CREATE TRIGGER trailing AFTER UPDATE ON conversation "
    "WHEN old.status IS NOT new.status OR old.operator_id IS NOT new.operator_id "
    "BEGIN INSERT INTO trail (conversation, was, became, held_was, held_became) "
    "VALUES (new.id, old.status, new.status, old.operator_id, new.operator_id); END",
)

# asked after every step, so put together once
_MARK = text("SELECT (SELECT coalesce(max(id), 0) FROM trail), (SELECT coalesce(max(id), 0) FROM audit)")
_TRAIL_SINCE = text("SELECT * FROM trail WHERE id > :since ORDER BY id")
_CONVERSATIONS = select(conversation)
_RESTS = select(snooze.c.conversation_id).where(snooze.c.ended_at.is_(None))
_LIVE = select(conversation.c.identity_id).where(conversation.c.status != "closed")
_LOGINS = select(operator.c.id, operator.c.login)
_OWN = identity.alias("own")
_LEAVING = (
    select(outbox.c.address, outbox.c.content, message.c.kind, _OWN.c.address.label("own"))
    .join(message, message.c.id == outbox.c.message_id)
    .join(conversation, conversation.c.id == message.c.conversation_id)
    .join(_OWN, _OWN.c.id == conversation.c.identity_id)
)
_ADDRESSES = select(conversation.c.id, identity.c.address).join(identity, identity.c.id == conversation.c.identity_id)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the trail and the audit log had got."""

    trail: int = 0
    audit: int = 0


def mark(connection: Connection) -> Mark:
    return Mark(*connection.execute(_MARK).one())


def _trail(connection: Connection, since: Mark) -> list[Any]:
    return list(connection.execute(_TRAIL_SINCE, {"since": since.trail}))


def _acts(connection: Connection, since: Mark, act: str) -> list[Any]:
    query = select(audit).where(audit.c.id > since.audit, audit.c.act == act, audit.c.outcome == "done")
    return list(connection.execute(query))


def check_changes(connection: Connection, since: Mark) -> None:
    """Every step between statuses stands in the table, and from hand to hand a conversation goes by transfer only."""
    logins = dict(connection.execute(_LOGINS).all())  # type: ignore[arg-type]
    transfers = {(one.conversation_id, one.detail["to"]) for one in _acts(connection, since, "transfer")}
    for row in _trail(connection, since):
        assert row.became == row.was or row.became in LAWFUL[row.was], f"unlawful: {row}"
        if row.held_was is not None and row.held_became is not None:
            assert (row.conversation, logins[row.held_became]) in transfers, f"taken from a holder: {row}"


def check_tick(connection: Connection, since: Mark) -> None:
    """The clock gives out what waits and nothing else, and takes from nobody who is there."""
    presence = dict(connection.execute(select(operator.c.id, operator.c.presence)).all())  # type: ignore[arg-type]
    for row in _trail(connection, since):
        if row.held_became is not None:
            assert row.was == "queued", f"given though it did not wait: {row}"
        if row.held_was is not None:
            assert presence[row.held_was] in AWAY, f"taken from who is there: {row}"


def check_nobody_forgotten(connection: Connection) -> None:
    """Nothing waits while somebody who fits has room, and nothing lies with who is away."""
    team = list(connection.execute(select(operator).where(operator.c.is_active)))
    skills: dict[int, set[str]] = {one.id: set() for one in team}
    for row in connection.execute(select(operator_skill)):
        skills[row.operator_id].add(row.category)
    held = Counter[int]()
    for row in connection.execute(select(conversation).where(conversation.c.status == "assigned")):
        if row.snoozed_until is None:
            held[row.operator_id] += 1
            away = [one.login for one in team if one.id == row.operator_id and one.presence in AWAY]
            assert not away, f"#{row.id} lies with {away}"
    for row in connection.execute(select(conversation).where(conversation.c.status == "queued")):
        near = sorted((abs(one.level - row.level), -one.level) for one in team)
        mates = [one for one in team if one.level == -near[0][1]]
        able = [one for one in mates if not skills[one.id] or not row.category or row.category in skills[one.id]]
        free = [one for one in able or mates if one.presence == "online" and held[one.id] < one.capacity]
        names = [one.login for one in free if one.id != row.returned_by_id]
        assert not names, f"#{row.id} waits though {names} have room"


def check_capacity(connection: Connection, since: Mark) -> None:
    """Whoever the clock gave something holds no more than their capacity after it."""
    given = {row.held_became for row in _trail(connection, since)} - {None}
    for row in connection.execute(select(operator).where(operator.c.id.in_(given))):
        held = conversation.c.operator_id == row.id, conversation.c.snoozed_until.is_(None)
        load = len(connection.execute(select(conversation.c.id).where(*held)).all())
        assert load <= row.capacity, f"{row.login} was given up to {load}, above {row.capacity}"


def check_holders(connection: Connection) -> None:
    """One holder while in work and none otherwise; only what is held rests, and its rest is noted once."""
    resting = []
    for row in connection.execute(_CONVERSATIONS):
        assert (row.operator_id is not None) is (row.status == "assigned"), row
        if row.snoozed_until is not None:
            assert row.status == "assigned", row
            resting.append(row.id)
    noted = connection.execute(_RESTS).scalars()
    assert sorted(noted) == sorted(resting)


def check_one_live(connection: Connection) -> None:
    live = Counter(connection.execute(_LIVE).scalars())
    assert all(count == 1 for count in live.values()), live


def check_addresses(connection: Connection) -> None:
    """What leaves for a customer goes to the address of the conversation it belongs to, and is no private matter."""
    for row in connection.execute(_LEAVING):
        if "desk" not in row.content:
            assert row.address == row.own, f"to {row.address} instead of {row.own}"
            assert row.kind not in UNSAID, row


def check_nothing_rests_at(connection: Connection, address: str) -> None:
    """Who has just written does not have to wait for a promised time."""
    query = select(conversation).join(identity, identity.c.id == conversation.c.identity_id)
    for row in connection.execute(query.where(identity.c.address == address, conversation.c.status != "closed")):
        assert row.snoozed_until is None, f"#{row.id} rests though its customer wrote"


def addresses(connection: Connection) -> dict[int, str]:
    """Conversation -> where its customer is."""
    return dict(connection.execute(_ADDRESSES).all())  # type: ignore[arg-type]
