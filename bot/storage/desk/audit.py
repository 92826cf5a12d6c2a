"""The audit log: every act, what became of it, and what its author is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from bot.storage.desk.tables import audit
from core.conversation import ConversationId, OperatorId
from core.message import MessageId
from core.text import Text

CONSOLE = "console"
SHELL = "shell"


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever changes something. `operator_id` None and an empty login: somebody at the command line without a name."""

    operator_id: OperatorId | None = None
    login: str = ""
    desk: str = SHELL


@dataclass(frozen=True, slots=True)
class NewAct:
    """`operator_id` None: Otklik itself did it (`desk` "otklik"), or somebody at the command line ("shell")."""

    operator_id: OperatorId | None
    conversation_id: ConversationId | None
    desk: str
    act: str
    outcome: str
    answer: Text | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    message_id: MessageId | None = None
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an act: `outcome` is done, refused or held; `text` is what its author is told, if anything."""

    outcome: str
    text: Text | None
    message_id: MessageId | None


_NEW = insert(audit)
_ANSWER = (
    select(audit.c.outcome, audit.c.answer, audit.c.message_id)
    .where(audit.c.operator_id == bindparam("operator"), audit.c.nonce == bindparam("nonce"))
    .order_by(audit.c.id)
    .limit(1)
)


def add_act(connection: Connection, new: NewAct, now: datetime) -> None:
    values = {
        "at": now,
        "operator_id": new.operator_id,
        "conversation_id": new.conversation_id,
        "desk": new.desk,
        "act": new.act,
        "outcome": new.outcome,
        "answer": _write_text(new.answer),
        "detail": {key: value for key, value in new.detail.items() if value not in ("", None)} or None,
        "message_id": new.message_id,
        "nonce": new.nonce or None,
    }
    connection.execute(_NEW, values)


def record_change(
    connection: Connection,
    who: Who,
    act: str,
    now: datetime,
    conversation_id: ConversationId | None = None,
    /,
    **detail: object,
) -> None:
    """A line about what somebody has just changed, in the transaction of the change.

    The detail says what was changed, never what customers wrote, and nothing that is secret.
    """
    add_act(connection, NewAct(who.operator_id, conversation_id, who.desk, act, "done", detail=detail), now)


def find_answer(connection: Connection, operator_id: OperatorId, nonce: str) -> Answer | None:
    """What the operator is told about the act with this nonce; None while it is not handled."""
    row = connection.execute(_ANSWER, {"operator": operator_id, "nonce": nonce}).one_or_none()
    return Answer(row.outcome, read_text(row.answer), row.message_id) if row is not None else None


def acts_of(connection: Connection, conversation_id: ConversationId) -> list[Any]:
    """The rows about a conversation, oldest first."""
    query = select(audit).where(audit.c.conversation_id == conversation_id).order_by(audit.c.id)
    return list(connection.execute(query))


def _write_text(text: Text | None) -> list[Any] | None:
    if text is None:
        return None
    params = {key: _write_text(value) if isinstance(value, Text) else str(value) for key, value in text.params.items()}
    return [text.key, params, text.count]


def read_text(raw: Any) -> Text | None:
    """The stored sentence; parameters that are sentences themselves are read as such."""
    if raw is None:
        return None
    key, params, count = raw
    read = {name: read_text(value) if isinstance(value, list) else value for name, value in params.items()}
    return Text(key, read, count)
