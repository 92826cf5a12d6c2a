"""The tables. Moments are stored as aware UTC; on SQLite as ISO text, so that they sort and can be read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import DateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware moment: timestamptz on PostgreSQL, fixed-width ISO text in UTC on SQLite."""

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(value)


# SQLite numbers rows itself only for INTEGER keys
Id = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(postgresql.JSONB(), "postgresql")


def _key() -> Column[int]:
    return Column("id", Id, primary_key=True)


def _ref(name: str, table: str, **options: Any) -> Column[int]:
    return Column(name, Id, ForeignKey(f"{table}.id"), **options)


customer = Table(
    "customer",
    metadata,
    _key(),
    Column("name", Text, nullable=False, server_default=""),
    Column("language", String(8), nullable=False, server_default=""),
    Column("has_chosen_language", Boolean, nullable=False, server_default=text("false")),
    Column("is_vip", Boolean, nullable=False, server_default=text("false")),
    Column("banned_at", Moment),
    Column("created_at", Moment, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    _key(),
    _ref("customer_id", "customer", nullable=False, index=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("username", Text, nullable=False, server_default=""),
    Column("has_buttons", Boolean, nullable=False, server_default=text("true")),
    Column("unreachable_at", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("channel", "account", "address"),
)

operator = Table(
    "operator",
    metadata,
    _key(),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("role", String(16), nullable=False),
    Column("level", Integer, nullable=False, server_default=text("1")),
    Column("capacity", Integer, nullable=False, server_default=text("4")),
    Column("telegram_id", String(32), unique=True),
    Column("presence", String(16), nullable=False, server_default="manual"),
    Column("password_hash", Text),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Moment, nullable=False),
)

operator_link = Table(  # one-time links to set a password
    "operator_link",
    metadata,
    _key(),
    _ref("operator_id", "operator", nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

conversation = Table(
    "conversation",
    metadata,
    _key(),
    _ref("customer_id", "customer", nullable=False),
    _ref("identity_id", "identity", nullable=False),
    Column("channel", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    _ref("operator_id", "operator"),
    Column("opened_at", Moment, nullable=False),
    Column("touched_at", Moment, nullable=False),  # the last word of anybody
    Column("queued_at", Moment),  # the first time it was handed over
    Column("assigned_at", Moment),
    Column("first_response_at", Moment),
    Column("closed_at", Moment),
    Column("closed_by", String(16)),  # operator, customer, idle
    _ref("closed_by_operator_id", "operator"),  # who held it then; the score is theirs
    Column("handoff_trigger", String(32)),
    Column("language", String(8), nullable=False, server_default=""),
    Column("dialogue", Json, nullable=False),
    Index("ix_conversation_identity_id_id", "identity_id", "id"),
    Index("ix_conversation_customer_id_id", "customer_id", "id"),
    Index("ix_conversation_status_touched_at", "status", "touched_at"),
    Index("ix_conversation_opened_at", "opened_at"),
    Index("ix_conversation_closed_at", "closed_at"),
)

message = Table(
    "message",
    metadata,
    _key(),
    _ref("conversation_id", "conversation", nullable=False, index=True),
    _ref("identity_id", "identity", nullable=False),
    Column("author", String(16), nullable=False),  # customer, bot, operator, outside
    Column("kind", String(16), nullable=False),  # text, note, held, answer, clarify, survey, system …
    _ref("operator_id", "operator"),
    Column("text", Text, nullable=False),
    Column("attachments", Json),
    Column("markup", Text),
    Column("buttons", Json),  # [[label, act, argument], …] in the order of their tokens
    Column("origin_id", String(64)),  # its id in the customer's chat, known at once or when sent
    _ref("reply_to_id", "message"),
    Column("created_at", Moment, nullable=False),
    Column("edited_at", Moment),
    Index("ix_message_identity_id_origin_id", "identity_id", "origin_id"),
)

placement = Table(  # where a message stands on the operators' desk
    "placement",
    metadata,
    _key(),
    _ref("message_id", "message", nullable=False, index=True),
    Column("desk", String(64), nullable=False),
    Column("platform_id", String(64), nullable=False),
    Column("is_shared", Boolean, nullable=False, server_default=text("false")),  # merged with others
    Index("ix_placement_desk_platform_id", "desk", "platform_id"),
)

topic = Table(  # the desk's topic of a conversation
    "topic",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversation.id"), primary_key=True),
    Column("desk", String(64), nullable=False),
    Column("topic", String(64)),
    Column("tried_at", Moment),  # a making was begun
    Column("card_id", String(64)),  # the card's message on the desk
    Column("is_closed", Boolean, nullable=False, server_default=text("false")),
    Index("ix_topic_desk_topic", "desk", "topic"),
)

inbox = Table(
    "inbox",
    metadata,
    _key(),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("key", String(128), nullable=False),
    Column("lane", String(128), nullable=False),
    Column("payload", Text, nullable=False),  # the raw event; kept as it came
    Column("received_at", Moment, nullable=False),
    Column("handled_at", Moment),
    Column("set_aside_at", Moment),  # could not be read or handled; reported
    Column("error", Text),
    UniqueConstraint("channel", "account", "key"),
    Index(
        "ix_inbox_open",
        "id",
        sqlite_where=text("handled_at IS NULL AND set_aside_at IS NULL"),
        postgresql_where=text("handled_at IS NULL AND set_aside_at IS NULL"),
    ),
)

outbox = Table(
    "outbox",
    metadata,
    _key(),
    Column("rank", Float),  # overrides the id in the order of the lane
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("lane", String(128), nullable=False),
    _ref("conversation_id", "conversation", index=True),
    _ref("message_id", "message", index=True),
    Column("content", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("random_id", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("is_repeat", Boolean, nullable=False, server_default=text("false")),
    Column("not_before", Moment),
    Column("platform_ids", Json),
    Column("error", Text),
    Column("reason", String(16)),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index(
        "ix_outbox_open",
        "id",
        sqlite_where=text("state IN ('pending', 'sending', 'uncertain')"),
        postgresql_where=text("state IN ('pending', 'sending', 'uncertain')"),
    ),
)

invitation = Table(  # one asking of a survey
    "invitation",
    metadata,
    _key(),
    Column("survey", String(16), nullable=False),  # csi
    _ref("conversation_id", "conversation", nullable=False, index=True),
    _ref("customer_id", "customer", nullable=False, index=True),
    _ref("operator_id", "operator"),  # who held the conversation when it was closed
    Column("sent_at", Moment, nullable=False),
    Column("score", Integer),
    Column("scored_at", Moment),
    Column("changed_at", Moment),
    Column("reason", String(32)),
    Column("comment", Text),
    Index("ix_invitation_sent_at", "sent_at"),
)

faq_entry = Table(
    "faq_entry",
    metadata,
    _key(),
    Column("key", String(200), nullable=False, unique=True),  # the entry's id in files
    Column("position", Integer, nullable=False),
    Column("category", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("phrasings", Json, nullable=False),
    Column("language", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("valid_until", String(10)),  # a date
    Column("updated_at", Moment, nullable=False),
)

faq_answer = Table(  # what the bot made of a question, and what came of it
    "faq_answer",
    metadata,
    _key(),
    _ref("conversation_id", "conversation", nullable=False, index=True),
    _ref("message_id", "message"),  # the bot's answer
    Column("question", Text, nullable=False),
    Column("decision", String(16), nullable=False),  # answer, clarify, none, chosen, browse
    Column("entry_key", String(200)),
    Column("score", Float),
    Column("matches", Json),
    Column("outcome", String(16)),  # helped, refused
    Column("created_at", Moment, nullable=False),
    Index("ix_faq_answer_created_at", "created_at"),
)

faq_revision = Table(  # how an entry was after each change; never changed itself
    "faq_revision",
    metadata,
    _key(),
    Column("entry_key", String(200), nullable=False),
    Column("act", String(16), nullable=False),  # faq.editor.acts
    Column("author", String(64), nullable=False, server_default=""),  # a login; empty: the program or an admin's shell
    Column("source", Text, nullable=False, server_default=""),  # a file, a suggestion, the revision gone back to
    Column("content", Json, nullable=False),
    Column("made_at", Moment, nullable=False),
    Index("ix_faq_revision_entry_key_id", "entry_key", "id"),
)

faq_suggestion = Table(  # a change of the FAQ proposed by what was learned; approved or rejected by a person
    "faq_suggestion",
    metadata,
    _key(),
    Column("signature", String(64), nullable=False, unique=True),  # of kind, entry and words: proposed once
    Column("kind", String(16), nullable=False),  # phrasing, exception, entry
    Column("entry_key", String(200)),
    Column("text", Text, nullable=False),
    Column("answer", Text),  # of an entry to be
    Column("conversations", Integer, nullable=False),  # that speak for it
    Column("evidence", Json, nullable=False),  # numbers of the rows of faq_answer it rests on
    Column("state", String(16), nullable=False, index=True),  # open, approved, rejected
    Column("decided_by", String(64), nullable=False, server_default=""),
    Column("decided_at", Moment),
    _ref("revision_id", "faq_revision"),  # what approving it made
    _ref("exception_id", "faq_exception"),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

faq_exception = Table(  # words that must not be answered: with one entry, or (entry_key NULL) at all
    "faq_exception",
    metadata,
    _key(),
    Column("entry_key", String(200)),
    Column("text", Text, nullable=False),
    Column("author", String(64), nullable=False, server_default=""),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),  # taken back
)

faq_calibration = Table(  # corrections of the confidence learned here; the newest that has not ended is in use
    "faq_calibration",
    metadata,
    _key(),
    Column("slope", Float, nullable=False),
    Column("shift", Float, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("figures", Json, nullable=False),  # of the cross-validation
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),  # taken back
)

faq_vector = Table(  # meaning vectors by content; a cache, left out of backups
    "faq_vector",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column("used_at", Moment, nullable=False, index=True),
)

cursor = Table(
    "cursor",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

audit = Table(  # what operators, rules and the clock did
    "audit",
    metadata,
    _key(),
    Column("at", Moment, nullable=False),
    _ref("operator_id", "operator"),  # None: Otklik itself
    _ref("conversation_id", "conversation", index=True),
    Column("desk", String(16), nullable=False),  # telegram, console, otklik
    Column("act", String(32), nullable=False),
    Column("outcome", String(16), nullable=False),  # done, refused, held
    Column("answer", Json),  # [key, params]: what the operator is told
    Column("detail", Json),  # whom, until when, why
    _ref("message_id", "message"),
    Column("nonce", String(64)),
    Index("ix_audit_operator_id_nonce", "operator_id", "nonce"),
    Index("ix_audit_at", "at"),
)

setting = Table(  # business rules edited at run time, and small facts to remember
    "setting",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Json, nullable=False),
)

problem = Table(  # trouble an admin should know of; shown by doctor
    "problem",
    metadata,
    _key(),
    Column("subject", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("count", Integer, nullable=False, server_default=text("1")),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    UniqueConstraint("subject", "text"),
)
