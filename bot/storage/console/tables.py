"""The console's own tables."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text, text

from bot.storage.tables import Id, Json, Moment, metadata


def _key() -> Column[int]:
    return Column("id", Id, primary_key=True)


session = Table(  # one login; the cookie itself is not kept, only its SHA-256
    "session",
    metadata,
    _key(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("operator_id", Id, ForeignKey("operator.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("address", String(64), nullable=False, server_default=""),
    Column("agent", Text, nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

login_failure = Table(  # wrong passwords of the last day, against guessing
    "login_failure",
    metadata,
    _key(),
    Column("login", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("failed_at", Moment, nullable=False),
    Index("ix_login_failure_address_failed_at", "address", "failed_at"),
)

preference = Table(  # how an operator likes the console
    "preference",
    metadata,
    Column("operator_id", Id, ForeignKey("operator.id"), primary_key=True),
    Column("value", Json, nullable=False),
)

read_mark = Table(  # up to which message an operator has read a conversation
    "read_mark",
    metadata,
    Column("operator_id", Id, ForeignKey("operator.id"), primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), primary_key=True),
    Column("message_id", Id, nullable=False),
)

draft = Table(  # what an operator has begun to write
    "draft",
    metadata,
    Column("operator_id", Id, ForeignKey("operator.id"), primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("is_note", Boolean, nullable=False, server_default=text("false")),
    Column("attachments", Json),  # files of canned replies and of the FAQ; uploads are kept when they are sent
    Column("changed_at", Moment, nullable=False),
)
