"""A customer is erased: their words, names, addresses and files go, the figures stay."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from bot.storage.conversations import change_conversation, find_conversation, move_values
from bot.storage.desk.audit import NewAct, add_act
from bot.storage.desk.tables import canned_reply
from bot.storage.knowledge.files import CHANNEL as FAQ_FILES
from bot.storage.live.events import note_event
from bot.storage.notes import drop_note, write_note
from bot.storage.privacy import traces as left
from bot.storage.privacy.fates import FATES
from bot.storage.privacy.person import Person, find_person, lock_person, name_of_file
from bot.storage.service.tables import countdown, snooze
from bot.storage.surveys.tables import follow_up, invitation
from bot.storage.tables import customer, identity, message, notebook
from core.conversation import OperatorId, Status

_FILES = "erased files:"


@dataclass(frozen=True, slots=True)
class Erased:
    """`entries`: keys of FAQ entries that people made with this customer's words; they are the company's now."""

    number: int
    conversations: int
    messages: int
    withdrawn: int
    topics: int
    files: int
    entries: tuple[str, ...] = ()


def erase_customer(
    connection: Connection, number: int, now: datetime, operator_id: OperatorId | None = None, desk: str = "otklik"
) -> Erased:
    """All of it in the caller's transaction; raises as `find_person` does. Files go later: `files_to_remove`."""
    person = find_person(connection, number)
    lock_person(connection, person)
    _zero_what_is_freed(connection, is_on=True)
    traces = left.find_traces(connection, person)
    _close(connection, person, now)
    files = _note_files(connection, person)
    entries = left.blank_proposals(connection, person)
    left.blank_arrivals(connection, traces, now)
    withdrawn = left.blank_deliveries(connection, person, traces, now)
    topics = left.drop_topics(connection, traces, now)
    counts = {fate.table.name: _carry_out(connection, fate, person) for fate in FATES}
    own = customer.c.id.in_((number, *person.former))
    since = func.coalesce(customer.c.no_news_at, now)  # when they asked for no news themselves is a figure, and stays
    values = {"erased_at": now, "no_surveys_at": now, "no_news_at": since, "is_vip": False}
    connection.execute(update(customer).where(own).values(values))
    connection.execute(update(identity).where(identity.c.customer_id == number).values(unreachable_at=now))
    add_act(connection, NewAct(operator_id, None, desk, "erase", "done", detail={"customer": number}), now)
    for one in traces.conversations:
        note_event(connection, "conversation.updated", one)
    note_event(connection, "customer.updated", customer=number)
    _zero_what_is_freed(connection, is_on=False)
    return Erased(number, counts["conversation"], counts["message"], withdrawn, topics, files, tuple(entries))


def _carry_out(connection: Connection, fate: Any, person: Person) -> int:
    where = fate.where(person)
    if fate.blank is None:
        return connection.execute(delete(fate.table).where(where)).rowcount
    if not fate.blank:
        return 0
    return connection.execute(update(fate.table).where(where).values(fate.blank)).rowcount


def _zero_what_is_freed(connection: Connection, *, is_on: bool) -> None:
    """SQLite leaves what is overwritten in the file's free places, unless told to write zeros there."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA secure_delete={'ON' if is_on else 'FAST'}")


def _close(connection: Connection, person: Person, now: datetime) -> None:
    """Nothing is left to be said: what is open is closed by the customer, and nobody waits for it any more."""
    for number in left.live_conversations(connection, person):
        there = find_conversation(connection, number)
        if there is None:
            continue
        values = move_values(there, Status.CLOSED, None, "customer", "", now)
        if there.status is Status.QUEUED and there.first_response_at is None:
            values["abandoned_at"] = now
        change_conversation(connection, number, **values, touched_at=now)
    running = countdown.c.conversation_id.in_(person.conversations) & countdown.c.ended_at.is_(None)
    over = {"ended_at": now, "outcome": "dropped", "running_since": None, "due_at": None}
    connection.execute(update(countdown).where(running).values(over))
    rests = snooze.c.conversation_id.in_(person.conversations) & snooze.c.ended_at.is_(None)
    connection.execute(update(snooze).where(rests).values(ended_at=now))
    asked = invitation.c.id.in_(person.invitations) & (invitation.c.state == "asked")
    connection.execute(update(invitation).where(asked).values(state="expired", ended_at=now))
    owed = (follow_up.c.customer_id == person.number) & follow_up.c.ended_at.is_(None)
    connection.execute(update(follow_up).where(owed).values(ended_at=now, outcome="needless"))


# --- files on disk


def _note_files(connection: Connection, person: Person) -> int:
    """Write down which files nobody else needs; they are removed after the commit, whatever happens in between."""
    own = message.c.id.in_(person.messages)
    has_files = message.c.attachments.is_not(None)
    names = set(_names(connection, select(message.c.attachments).where(own, has_files)))
    if names:
        names -= set(_names(connection, select(message.c.attachments).where(~own, has_files)))
        names -= set(_names(connection, select(canned_reply.c.attachments)))
    if names:
        write_note(connection, f"{_FILES}{person.number}", json.dumps(sorted(names)))
    return len(names)


def _names(connection: Connection, query: Any) -> Iterable[str]:
    for attachments in connection.execute(query).scalars():
        for one in attachments or ():
            if one.get("ref") and one.get("channel") != FAQ_FILES:  # those are the company's
                yield name_of_file(str(one.get("channel", "")), str(one["ref"]))


def files_to_remove(connection: Connection) -> dict[str, list[str]]:
    """Names of files on disk that erased customers left, by the note that says so."""
    query = select(notebook.c.key, notebook.c.value).where(notebook.c.key.startswith(_FILES))
    return {row.key: json.loads(row.value) for row in connection.execute(query)}


def files_removed(connection: Connection, notes: Iterable[str]) -> None:
    for note in notes:
        drop_note(connection, note)
