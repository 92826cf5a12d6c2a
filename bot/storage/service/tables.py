"""Business settings, and what is to happen at a moment."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, UniqueConstraint

from bot.storage.tables import Json, Moment, metadata, new_key, refer

setting = Table(  # business settings that were ever changed; the others have their defaults
    "setting",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Json, nullable=False),
    Column("changed_at", Moment),
    Column("changed_by", String(64)),  # an operator's login, or who else it was
)

timer = Table(  # what is to happen at a moment; gone when it has happened
    "timer",
    metadata,
    new_key(),
    Column("kind", String(32), nullable=False),
    Column("key", String(64), nullable=False),  # what it is about; one of a kind for each
    refer("conversation_id", "conversation", index=True),
    Column("due_at", Moment, nullable=False, index=True),
    Column("payload", Json, nullable=False),
    UniqueConstraint("kind", "key"),
)
