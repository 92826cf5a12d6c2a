"""Business settings, what is to happen at a moment, countdowns of targets, and rules."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from bot.storage.tables import Id, Json, Moment, metadata, new_key, only, refer

setting = Table(  # business settings that were ever changed; the others have their defaults
    "setting",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Json, nullable=False),
    Column("changed_at", Moment),
    Column("changed_by", String(64)),  # an operator's login, or who else it was
)

wording = Table(  # sentences of the bot in this installation's words; every change a row, the last one holds
    "wording",
    metadata,
    new_key(),
    Column("key", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("forms", Json),  # the sentence, or its plural forms; NULL: as shipped
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Index("ix_wording_key_language", "key", "language"),
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

countdown = Table(  # one counting of a target; times in seconds of working time
    "countdown",
    metadata,
    new_key(),
    refer("conversation_id", "conversation", nullable=False, index=True),
    Column("target", String(16), nullable=False),  # first_response, next_response, resolution
    Column("level", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    refer("operator_id", "operator"),  # who ended it
    Column("started_at", Moment, nullable=False),
    Column("running_since", Moment),  # NULL: it stands still, or is over
    Column("spent_s", Float, nullable=False, server_default=text("0")),  # before running_since; in the end: in all
    Column("limit_s", Float),  # NULL: nothing was promised
    Column("due_at", Moment),
    Column("warned_at", Moment),
    Column("breached_at", Moment),
    Column("ended_at", Moment, index=True),
    Column("outcome", String(16)),  # met, missed, dropped
    Index(
        "ix_countdown_open",
        "conversation_id",
        **only("ended_at IS NULL"),
    ),
)

snooze = Table(  # when conversations rested until a promised moment
    "snooze",
    metadata,
    new_key(),
    refer("conversation_id", "conversation", nullable=False, index=True),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

rule = Table(  # an if-then rule: its conditions and acts as data
    "rule",
    metadata,
    new_key(),
    Column("name", String(100), nullable=False, unique=True),
    Column("position", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("body", Json, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", String(64), nullable=False, server_default=""),
)

rule_step = Table(  # what a rule did in a conversation; each step once
    "rule_step",
    metadata,
    Column("rule_id", Id, ForeignKey("rule.id"), primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), primary_key=True),
    Column("step", String(32), primary_key=True),
    Column("done_at", Moment, nullable=False),
)
