"""A customer with a row in every table that can hold something of theirs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, String, Table, Text, func, insert, select, update

from bot.storage.announcements.tables import announcement
from bot.storage.knowledge.tables import faq_suggestion
from bot.storage.people import add_customer
from bot.storage.privacy.fates import FATES
from bot.storage.surveys.tables import improvement
from bot.storage.tables import (
    JsonValue,
    conversation,
    identity,
    inbox,
    message,
    metadata,
    outbox,
    placement,
    topic,
)
from bot.storage.website.tables import visitor
from core.customer import Sender

NOW = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)
WORD = "Мандрагора"  # everything the customer leaves has it
OTHER = "Подорожник"  # and everything of somebody else this
HOLDS_WORDS = (String, Text, JsonValue, LargeBinary)
DESK = ("telegram_desk", "9", "-100")


def can_hold_words(column: Column[Any]) -> bool:
    kind = column.type
    return isinstance(kind, HOLDS_WORDS) and type(kind).__name__ != "Moment"


def fill(connection: Connection, table: Table, rows: dict[str, int], word: str, kept: frozenset[str]) -> None:
    """A row that hangs on the customer's rows and has the word in every column that may be blanked."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name in ("id",) or (column.nullable and not column.foreign_keys and not can_hold_words(column)):
            continue
        target = next((key.column.table.name for key in column.foreign_keys), "")
        if target in rows and column.name != "reply_to_id":
            values[column.name] = rows[target]
        elif column.foreign_keys:
            continue
        elif can_hold_words(column) and column.name not in kept:
            values[column.name] = content(column, word)
        elif can_hold_words(column):
            values[column.name] = f"{table.name}-{column.name}"[: getattr(column.type, "length", None) or 50]
        elif column.server_default is None:
            values[column.name] = NOW if type(column.type).__name__ == "Moment" else 1
    connection.execute(insert(table).values(values))


def content(column: Column[Any], word: str) -> Any:
    if isinstance(column.type, LargeBinary):
        return word.encode()
    if isinstance(column.type, JsonValue):
        return {"word": word}
    return f"{word} о {column.name}"[: getattr(column.type, "length", None) or 100]


def settle(connection: Connection, word: str, source: str = "ref_x") -> dict[str, int]:
    """A customer with two addresses and a conversation with people, one with the desk; returns the rows' numbers."""
    sender = Sender("telegram", "9", f"tg-{word}", word, f"@{word}")
    found = add_customer(connection, sender, "ru", NOW, f"{source}{word}")
    number = int(found.customer.id)
    site = {"channel": "website", "account": "website", "address": f"site-{word}", "name": word}
    connection.execute(insert(identity).values(customer_id=number, username=word, created_at=NOW, **site))
    talk = {
        "customer_id": number,
        "identity_id": int(found.identity.id),
        "channel": "telegram",
        "status": "queued",
        "opened_at": NOW,
        "touched_at": NOW,
        "queued_at": NOW,
        "dialogue": {"question": word},
    }
    conversation_id = connection.execute(insert(conversation).values(talk).returning(conversation.c.id)).scalar_one()
    said = {
        "conversation_id": conversation_id,
        "identity_id": int(found.identity.id),
        "author": "customer",
        "kind": "text",
        "text": f"{word}: где мой заказ?",
        "attachments": [{"kind": "photo", "channel": "telegram", "ref": f"photo-{word}", "name": f"{word}.jpg"}],
        "buttons": [[word, "menu", ""]],
        "markup": word,
        "origin_id": f"11{ord(word[0])}",
        "created_at": NOW,
    }
    message_id = connection.execute(insert(message).values(said).returning(message.c.id)).scalar_one()
    return {
        "customer": number,
        "identity": int(found.identity.id),
        "conversation": conversation_id,
        "message": message_id,
    }


def live(connection: Connection, word: str, operator: int) -> dict[str, int]:
    """Everything there can be of a customer, besides what `settle` makes."""
    rows = settle(connection, word) | {"operator": operator}
    connection.execute(
        insert(placement).values(message_id=rows["message"], desk="-100", platform_id=f"77{ord(word[0])}")
    )
    place = f"5{rows['conversation']}"
    connection.execute(insert(topic).values(conversation_id=rows["conversation"], desk="-100", topic=place))
    made = insert(improvement).values(reason="wait", words={}, created_at=NOW).returning(improvement.c.id)
    rows["improvement"] = connection.execute(made).scalar_one()
    values = {"words": {}, "audience": {}, "state": "sent", "created_at": NOW, "changed_at": NOW}
    news = insert(announcement).values(values).returning(announcement.c.id)
    rows["announcement"] = connection.execute(news).scalar_one()
    known = {"customer", "identity", "conversation", "message", "placement", "topic", "rule_step"}
    for fate in reversed(FATES):
        if fate.table.name in known:
            continue
        site = {"address": f"site-{word}"} if fate.table.name in {"upload", "chat_line", "visitor"} else {}
        fill(connection, fate.table, rows, word, fate.kept)
        if "id" in fate.table.columns:
            rows[fate.table.name] = connection.execute(select(func.max(fate.table.c.id))).scalar_one()
        if site:
            here = fate.table.c.id == rows[fate.table.name]
            connection.execute(update(fate.table).where(here).values(site))
    connection.execute(update(visitor).where(visitor.c.address == f"site-{word}").values(merged_into=None))
    guest = {"address": f"guest-{word}", "site": "s", "user_id": word, "merged_into": f"site-{word}"}
    connection.execute(insert(visitor).values(created_at=NOW, active_at=NOW, **guest))
    travel(connection, word, rows, place)
    return rows


def travel(connection: Connection, word: str, rows: dict[str, int], place: str) -> None:
    """What came in and what is on its way."""
    for step_, (channel, lane, handled) in enumerate(
        (
            ("telegram", f"telegram:tg-{word}", NOW),
            ("telegram", f"telegram:tg-{word}", None),
            ("website", f"website:guest-{word}", NOW),
            ("console", f"console:{rows['conversation']}", NOW),
            ("telegram_desk", f"telegram_desk:{place}", NOW),
            ("telegram_desk", "telegram_desk:0", NOW),
        )
    ):
        key = f"{word}-{step_}" if channel == "website" else f"{rows['customer']}-{step_}"
        payload = {"text": word, "message": {"reply_to_message": {"message_id": int(f"77{ord(word[0])}")}}}
        values = {"payload": json.dumps(payload, ensure_ascii=False), "error": word, "handled_at": handled}
        connection.execute(
            insert(inbox).values(channel=channel, account="9", key=key, lane=lane, received_at=NOW, **values)
        )
    said = {"text": word, "message": 1}
    posted = {"text": f"{word} #{rows['conversation']}", "desk": 1, "act": "post"}
    talk = rows["conversation"]
    for channel, account, address, lane, number, state, what in (
        ("telegram", "9", f"tg-{word}", f"telegram:9:tg-{word}", talk, "sent", said),
        ("telegram", "9", f"tg-{word}", f"telegram:9:tg-{word}", talk, "pending", said),
        ("telegram", "9", f"tg-{word}", f"telegram:9:tg-{word}", None, "uncertain", said),
        (*DESK, f"desk:{talk}", talk, "pending", posted),
        (*DESK, "desk:at:", None, "sent", posted),
    ):
        values = {"channel": channel, "account": account, "address": address, "lane": lane, "state": state}
        connection.execute(
            insert(outbox).values(
                **values, conversation_id=number, content=what, random_id=1, error=word, created_at=NOW
            )
        )
    for state in ("open", "rejected"):
        connection.execute(
            insert(faq_suggestion).values(
                signature=f"{state}{rows['customer']}",
                kind="phrasing",
                text=f"{word}: где мой заказ?",
                conversations=1,
                evidence=[rows["faq_answer"]],
                state=state,
                created_at=NOW,
                updated_at=NOW,
            )
        )


def dump(connection: Connection) -> str:
    return "\n".join(
        json.dumps(dict(row), ensure_ascii=False, default=_readable)
        for table in metadata.sorted_tables
        for row in connection.execute(select(table)).mappings()
    )


def _readable(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
