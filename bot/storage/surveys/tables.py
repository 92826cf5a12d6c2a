"""The tables of surveys, of what follows from them, and of the facts that measures are reckoned from."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint, text

from bot.storage.tables import Json, Moment, metadata, new_key, only, refer
from surveys.figures.tally import Tally

survey = Table(  # a version of a questionnaire; one with answers is never changed, a new version starts
    "survey",
    metadata,
    new_key(),
    Column("key", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("definition", Json, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("key", "version"),
)

invitation = Table(  # one asking of a survey, or that somebody was left unasked on purpose
    "invitation",
    metadata,
    new_key(),
    Column("survey", String(32), nullable=False),  # its key; with the version, one questionnaire
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("state", String(16), nullable=False, server_default="asked"),  # asked, done, skipped, expired, held_out
    Column("step", Integer, nullable=False, server_default=text("0")),  # which question is asked now
    refer("conversation_id", "conversation", index=True),
    refer("customer_id", "customer", nullable=False),
    refer("identity_id", "identity"),
    refer("operator_id", "operator"),  # who held the conversation when it was closed
    Column("channel", String(32), nullable=False, server_default=""),
    Column("level", Integer),
    Column("category", Text, nullable=False, server_default=""),
    Column("sent_day", Integer, nullable=False, server_default=text("0")),  # 20250310, the company's
    Column("sent_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("ended_at", Moment),
    Column("score", Integer),  # of the main question; of ACSI the three together
    Column("scored_at", Moment),
    Column("changed_at", Moment),
    Column("reason", String(32)),
    Column("comment", Text),
    Index("ix_invitation_customer_id_sent_at", "customer_id", "sent_at"),
    Index(
        "ix_invitation_sent_day",
        *("sent_day", "survey", "version", "state", "score", "channel", "operator_id", "level", "category"),
    ),
    Index("ix_invitation_reason", "sent_day", "category", "reason", **only("reason IS NOT NULL")),
    Index("ix_invitation_expires_at", "expires_at"),
)

survey_answer = Table(  # the answer to one question of an invitation; the last one given counts
    "survey_answer",
    metadata,
    new_key(),
    refer("invitation_id", "invitation", nullable=False),
    Column("question", String(32), nullable=False),
    Column("score", Integer),
    Column("choice", String(64)),
    Column("words", Text),
    Column("answered_at", Moment, nullable=False),
    UniqueConstraint("invitation_id", "question"),
)

follow_up = Table(  # somebody was dissatisfied: who gets back to them, until when, and what came of it
    "follow_up",
    metadata,
    new_key(),
    refer("invitation_id", "invitation", nullable=False, unique=True),
    refer("customer_id", "customer", nullable=False, index=True),
    refer("conversation_id", "conversation"),
    refer("operator_id", "operator"),  # its owner
    Column("reason", String(32), nullable=False),  # low_score, detractor
    Column("opened_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", String(16)),  # settled, reached, unreachable, needless
    Column("words", Text),
    Index("ix_follow_up_ended_at_due_at", "ended_at", "due_at"),
)

improvement = Table(  # what was changed, to be told to those who complained about it
    "improvement",
    metadata,
    new_key(),
    Column("reason", String(32), nullable=False),  # of the complaints
    Column("words", Json, nullable=False),  # {language: text}
    Column("created_at", Moment, nullable=False),
)

improvement_told = Table(
    "improvement_told",
    metadata,
    new_key(),
    refer("improvement_id", "improvement", nullable=False),
    refer("customer_id", "customer", nullable=False, index=True),
    Column("told_at", Moment, nullable=False),
    UniqueConstraint("improvement_id", "customer_id"),
)

review = Table(  # a conversation looked at by a supervisor
    "review",
    metadata,
    new_key(),
    refer("conversation_id", "conversation", nullable=False, unique=True),
    refer("operator_id", "operator", nullable=False),  # whose work it is
    refer("reviewer_id", "operator"),
    Column("week", String(8), nullable=False),  # 2025-W10
    Column("scorecard", Json, nullable=False),  # as it was when it was drawn
    Column("marks", Json),
    Column("percent", Float),
    Column("words", Text),
    Column("drawn_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_review_week_operator_id", "week", "operator_id"),
)

# What a conversation counts as; derived, brought up to date before every report, and can be made anew at any time.
# Days are numbers like 20250310 in the company's time zone; times are milliseconds of working time.
_PARTS = ("channel", "operator_id", "level", "category")  # what reports are narrowed to
conversation_fact = Table(
    "conversation_fact",
    metadata,
    refer("conversation_id", "conversation", primary_key=True, autoincrement=False),
    Column("channel", String(32), nullable=False),
    Column("operator_id", BigInteger),  # who holds it, or held it at the closing
    Column("level", Integer),
    Column("category", Text, nullable=False),  # "" where the subject is unknown
    Column("opened_day", Integer, nullable=False),
    Column("opened_hour", Integer, nullable=False),
    Column("handed_day", Integer),
    Column("closed_day", Integer),
    Column("response_ms", BigInteger),
    Column("waiting_ms", BigInteger),
    Column("is_quick", Integer, nullable=False),  # taken within the service level's time
    Column("is_undecided", Integer, nullable=False),  # waits for less than that still
    Column("handling_ms", BigInteger),
    Column("resolution_ms", BigInteger),
    Column("first_within", Integer),
    Column("resolution_within", Integer),
    Column("next_decided", Integer, nullable=False),
    Column("next_within", Integer, nullable=False),
    Column("is_contained", Integer, nullable=False),
    Column("is_abandoned", Integer, nullable=False),
    Column("is_returned", Integer, nullable=False),
    Index("ix_conversation_fact_opened_day", "opened_day", "opened_hour", *_PARTS),
    Index("ix_conversation_fact_handed_day", "handed_day", "response_ms", *_PARTS),
    Index("ix_conversation_fact_closed_day", "closed_day"),
)

# The facts added up by day (20250310) and by month (202503), in grains: by channel; by channel, operator and level;
# by channel and category; by all of them.
day_tally = Table(
    "day_tally",
    metadata,
    new_key(),
    Column("grain", String(8), nullable=False),  # channel, people, subject, all
    Column("day", Integer, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("operator_id", BigInteger),
    Column("level", Integer),
    Column("category", Text),
    *(Column(one.name, BigInteger, nullable=False) for one in fields(Tally)),
    Index("ix_day_tally_grain_day", "grain", "day"),
)
