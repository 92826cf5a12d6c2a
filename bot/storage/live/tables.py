"""The log's table."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from bot.storage.tables import Id, Json, Moment, metadata

ui_event = Table(  # what open pages are told, in the order of commits; kept for a day
    "ui_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("conversation_id", Id),
    Column("message_id", Id),
    Column("payload", Json),
    Column("created_at", Moment, nullable=False),
    Index("ix_ui_event_created_at", "created_at"),
)
