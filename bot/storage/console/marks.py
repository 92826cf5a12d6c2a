"""What each operator has for himself: preferences, how far he read, what he began to write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select

from bot.storage.console.tables import draft, preference, read_mark
from bot.storage.messages import read_attachments, write_attachments
from bot.storage.tables import insert_into
from core.conversation import ConversationId, OperatorId
from core.message import Attachment

_DRAFT_LIMIT = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Draft:
    text: str
    is_note: bool
    attachments: tuple[Attachment, ...] = ()


def read_preferences(connection: Connection, operator_id: OperatorId) -> dict[str, Any]:
    query = select(preference.c.value).where(preference.c.operator_id == operator_id)
    return dict(connection.execute(query).scalar_one_or_none() or {})


def change_preferences(connection: Connection, operator_id: OperatorId, **changes: Any) -> None:
    value = {**read_preferences(connection, operator_id), **changes}
    _put(connection, preference, ["operator_id"], operator_id=operator_id, value=value)


def mark_read(connection: Connection, operator_id: OperatorId, conversation_id: ConversationId, message: int) -> None:
    """A mark never goes back."""
    statement = insert_into(connection, read_mark).values(
        operator_id=operator_id, conversation_id=conversation_id, message_id=message
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["operator_id", "conversation_id"],
            set_={"message_id": statement.excluded.message_id},
            where=read_mark.c.message_id < statement.excluded.message_id,
        )
    )


def mark_unread(connection: Connection, operator_id: OperatorId, conversation_id: ConversationId, message: int) -> None:
    """From this message on it is unread again."""
    _put(
        connection,
        read_mark,
        ["operator_id", "conversation_id"],
        operator_id=operator_id,
        conversation_id=conversation_id,
        message_id=message - 1,
    )


def keep_draft(
    connection: Connection,
    operator_id: OperatorId,
    conversation_id: ConversationId,
    text: str,
    now: datetime,
    attachments: Sequence[Attachment] = (),
    *,
    is_note: bool,
) -> None:
    """An empty one is dropped."""
    if not text.strip() and not attachments:
        drop_draft(connection, operator_id, conversation_id)
        return
    _put(
        connection,
        draft,
        ["operator_id", "conversation_id"],
        operator_id=operator_id,
        conversation_id=conversation_id,
        text=text[:_DRAFT_LIMIT].replace("\x00", ""),
        is_note=is_note,
        attachments=write_attachments(attachments) or None,
        changed_at=now,
    )


def drop_draft(connection: Connection, operator_id: OperatorId, conversation_id: ConversationId) -> None:
    own = (draft.c.operator_id == operator_id) & (draft.c.conversation_id == conversation_id)
    connection.execute(delete(draft).where(own))


def find_draft(connection: Connection, operator_id: OperatorId, conversation_id: ConversationId) -> Draft | None:
    query = select(draft.c.text, draft.c.is_note, draft.c.attachments).where(
        draft.c.operator_id == operator_id, draft.c.conversation_id == conversation_id
    )
    row = connection.execute(query).one_or_none()
    return Draft(row.text, bool(row.is_note), read_attachments(row.attachments)) if row is not None else None


def list_drafts(connection: Connection, operator_id: OperatorId) -> dict[int, str]:
    """The first words of each draft by conversation; of one without words the names of its files."""
    begun = func.substr(draft.c.text, 1, 120).label("begun")
    query = select(draft.c.conversation_id, begun, draft.c.attachments).where(draft.c.operator_id == operator_id)
    return {
        row.conversation_id: row.begun or ", ".join(one.name for one in read_attachments(row.attachments))[:120]
        for row in connection.execute(query)
    }


def _put(connection: Connection, table: Any, key: list[str], **values: Any) -> None:
    statement = insert_into(connection, table).values(**values)
    changes = {name: statement.excluded[name] for name in values if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changes))
