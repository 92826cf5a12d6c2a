"""What the database knows in the end."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from bot.storage.database import open_engine, read_url
from bot.storage.surveys.tables import invitation
from bot.storage.tables import conversation, inbox, message, outbox, topic
from core.conversation import Status

_TOKEN = re.compile(r"#[a-z]\d{5}")
_OPEN = ("pending", "sending", "uncertain")


@dataclass(slots=True)
class Stored:
    """`times`: how often a token stands among customers' messages; `home`: in which conversation.

    `noted`: the platform's ids of everything noted as sent, by channel and address; `random_ids`: those of the
    deliveries to VK, with the address; `repeated`: texts of deliveries that may have been sent more than once.
    """

    times: Counter[str] = field(default_factory=Counter)
    home: dict[str, int] = field(default_factory=dict)
    statuses: dict[int, str] = field(default_factory=dict)
    unlawful: list[str] = field(default_factory=list)
    open_arrivals: list[str] = field(default_factory=list)
    open_deliveries: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    scores: list[int | None] = field(default_factory=list)
    topics: dict[int, int | None] = field(default_factory=dict)
    noted: set[tuple[str, int, int]] = field(default_factory=set)
    random_ids: set[tuple[int, int]] = field(default_factory=set)
    repeated: set[str] = field(default_factory=set)


def read_stored(url: str) -> Stored:
    engine = open_engine(read_url(url)).execution_options(read_only=True)
    stored = Stored()
    with engine.connect() as connection:
        _read_messages(connection, stored)
        _read_conversations(connection, stored)
        _read_inbox(connection, stored)
        _read_outbox(connection, stored)
    engine.dispose()
    return stored


def _read_messages(connection: Connection, stored: Stored) -> None:
    query = select(message.c.text, message.c.conversation_id).where(message.c.author == "customer")
    for row in connection.execute(query):
        for token in _TOKEN.findall(row.text):
            stored.times[token] += 1
            stored.home[token] = row.conversation_id


def _read_conversations(connection: Connection, stored: Stored) -> None:
    for row in connection.execute(select(conversation)):
        stored.statuses[row.id] = row.status
        is_held = row.status == Status.ASSIGNED.value
        is_closed = row.status == Status.CLOSED.value
        if row.status not in set(Status) or is_held != bool(row.operator_id) or is_closed != bool(row.closed_at):
            stored.unlawful.append(f"{row.id} is {row.status}, operator {row.operator_id}, closed {row.closed_at}")
    for row in connection.execute(select(topic)):
        stored.topics[row.conversation_id] = int(row.topic) if row.topic else None
    stored.scores = list(connection.execute(select(invitation.c.score)).scalars())


def _read_inbox(connection: Connection, stored: Stored) -> None:
    for row in connection.execute(select(inbox).where(inbox.c.handled_at.is_(None))):
        state = f"set aside, {row.error}" if row.set_aside_at else "open"
        stored.open_arrivals.append(f"{row.channel} {row.key}: {state}")


def _read_outbox(connection: Connection, stored: Stored) -> None:
    for row in connection.execute(select(outbox)):
        if row.state in _OPEN:
            stored.open_deliveries.append(f"{row.id} to {row.lane}: {row.state}, {row.error}")
        elif row.state != "sent":
            stored.refused.append(int(row.address))
        if row.channel == "vk":
            stored.random_ids.add((int(row.address), row.random_id))
        for platform_id in row.platform_ids or ():
            stored.noted.add((row.channel, int(row.address), int(platform_id)))
        if row.is_repeat:
            stored.repeated.add(row.content.get("text", ""))
