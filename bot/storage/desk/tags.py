"""Tags of conversations."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from bot.storage.desk.tables import conversation_tag
from core.conversation import ConversationId


def add_tag(connection: Connection, number: ConversationId, tag: str) -> None:
    if tag not in tags_of(connection, number):
        connection.execute(insert(conversation_tag).values(conversation_id=number, tag=tag))


def drop_tag(connection: Connection, number: ConversationId, tag: str) -> None:
    connection.execute(
        delete(conversation_tag).where(conversation_tag.c.conversation_id == number, conversation_tag.c.tag == tag)
    )


def tags_of(connection: Connection, number: ConversationId) -> tuple[str, ...]:
    query = select(conversation_tag.c.tag).where(conversation_tag.c.conversation_id == number)
    return tuple(connection.execute(query.order_by(conversation_tag.c.tag)).scalars())
