"""What operators did."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from bot.storage.tables import Json, Moment, metadata, new_key, refer

audit = Table(  # what operators, rules and the clock did
    "audit",
    metadata,
    new_key(),
    Column("at", Moment, nullable=False),
    refer("operator_id", "operator"),  # None: Otklik itself
    refer("conversation_id", "conversation", index=True),
    Column("desk", String(16), nullable=False),  # telegram, console, otklik
    Column("act", String(32), nullable=False),
    Column("outcome", String(16), nullable=False),  # done, refused, held
    Column("answer", Json),  # [key, params]: what the operator is told
    Column("detail", Json),  # whom, until when, why
    refer("message_id", "message"),
    Column("nonce", String(64)),
    Index("ix_audit_operator_id_nonce", "operator_id", "nonce"),
    Index("ix_audit_at", "at"),
)
