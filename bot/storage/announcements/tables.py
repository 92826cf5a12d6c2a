"""The tables of announcements."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Table, UniqueConstraint, text

from bot.storage.tables import Id, Json, Moment, metadata, new_key, refer

announcement = Table(
    "announcement",
    metadata,
    new_key(),
    Column("words", Json, nullable=False),  # by language
    Column("audience", Json, nullable=False),  # handoff.announcement.Audience
    Column("state", String(16), nullable=False, index=True),  # draft, waiting, sending, sent, stopped
    Column("is_urgent", Boolean, nullable=False, server_default=text("false")),  # goes in quiet hours, too
    Column("said_until", Moment),  # until then it is said first to everybody who writes
    Column("send_at", Moment),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("reached_id", Id, nullable=False, server_default=text("0")),  # the last customer that was looked at
    refer("operator_id", "operator"),  # who wrote it
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

announcement_told = Table(  # a customer is told of an announcement once, whichever way
    "announcement_told",
    metadata,
    new_key(),
    refer("announcement_id", "announcement", nullable=False),
    refer("customer_id", "customer", nullable=False, index=True),
    refer("message_id", "message"),
    Column("how", String(8), nullable=False),  # sent: by us; said: when they wrote
    Column("told_at", Moment, nullable=False),
    UniqueConstraint("announcement_id", "customer_id"),
)
