"""The tables. Moments are stored as aware UTC; on SQLite as ISO text, so that they sort and can be read.

All of them on one page whatever the ceiling: what refers to what is seen at once.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
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


class JsonValue(TypeDecorator[Any]):
    """A JSON value: jsonb on PostgreSQL, text on SQLite; `none_as_null` as sqlalchemy.JSON has it."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        own: Any = self.impl_instance
        if dialect.name == "postgresql":
            # Only here, and so in `insert_into`: the dialect takes 6 MB that a bot on SQLite does without.
            from sqlalchemy.dialects.postgresql import JSONB

            return dialect.type_descriptor(JSONB(none_as_null=own.none_as_null))
        return dialect.type_descriptor(own)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """A key asked for is a key, not JSON."""
        return self.impl_instance.coerce_compared_value(op, value)


def insert_into(connection: Connection, table: Table) -> Any:
    """An INSERT with ON CONFLICT, which each database words in its own way."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert

        return insert(table)
    from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite

    return insert_into_sqlite(table)


_ONLY = "only"
# SQLite numbers rows itself only for INTEGER keys
Id = BigInteger().with_variant(Integer, "sqlite")
Json = JsonValue()


def only(condition: str) -> dict[str, Any]:
    """An index of these rows alone; revisions get the words for PostgreSQL by `complete_indexes`."""
    return {"sqlite_where": text(condition), "info": {_ONLY: condition}}


def complete_indexes() -> None:
    """Say it to PostgreSQL too, for a revision to be written; not at once, because that loads its dialect."""
    for index in (index for table in metadata.tables.values() for index in table.indexes):
        if _ONLY in index.info:
            index.dialect_kwargs["postgresql_where"] = text(index.info[_ONLY])


def new_key() -> Column[int]:
    return Column("id", Id, primary_key=True)


def refer(name: str, table: str, **options: Any) -> Column[int]:
    return Column(name, Id, ForeignKey(f"{table}.id"), **options)


customer = Table(
    "customer",
    metadata,
    new_key(),
    Column("name", Text, nullable=False, server_default=""),
    Column("language", String(8), nullable=False, server_default=""),
    Column("has_chosen_language", Boolean, nullable=False, server_default=text("false")),
    Column("is_vip", Boolean, nullable=False, server_default=text("false")),
    Column("banned_at", Moment),
    Column("source", String(64)),  # what the link carried by which they first came
    Column("no_surveys_at", Moment),  # asked to be left alone
    Column("no_news_at", Moment),
    Column("erased_at", Moment),  # the person is gone; the row stays, so that figures do
    Column("created_at", Moment, nullable=False),
    Index("ix_customer_created_at", "created_at", "source"),
)

identity = Table(
    "identity",
    metadata,
    new_key(),
    refer("customer_id", "customer", nullable=False, index=True),
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
    new_key(),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("role", String(16), nullable=False),
    Column("level", Integer, nullable=False, server_default=text("1")),
    Column("capacity", Integer, nullable=False, server_default=text("4")),
    Column("telegram_id", String(32), unique=True),
    Column("presence", String(16), nullable=False, server_default="manual"),
    Column("presence_at", Moment),  # since when
    Column("seen_at", Moment),  # the last sign of life
    Column("idle_since", Moment),  # when the last conversation came or went
    Column("password_hash", Text),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Moment, nullable=False),
)

operator_link = Table(  # one-time links to set a password
    "operator_link",
    metadata,
    new_key(),
    refer("operator_id", "operator", nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

conversation = Table(
    "conversation",
    metadata,
    new_key(),
    refer("customer_id", "customer", nullable=False),
    refer("identity_id", "identity", nullable=False),
    Column("channel", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    refer("operator_id", "operator"),
    Column("opened_at", Moment, nullable=False),
    Column("touched_at", Moment, nullable=False),  # the last word of anybody
    Column("queued_at", Moment),  # the first time it was handed over
    Column("assigned_at", Moment),
    Column("first_response_at", Moment),
    Column("closed_at", Moment),
    Column("reopened_at", Moment),  # the last time
    Column("closed_by", String(16)),  # operator, customer, idle
    refer("closed_by_operator_id", "operator"),  # who held it then; the score is theirs
    Column("abandoned_at", Moment),  # the customer gave up waiting before a person answered
    Column("told_wait_s", Float),  # how long the wait would be, as told on joining the queue; NULL: not told
    Column("reckoned_wait_s", Float),  # the same before experience corrected it
    Column("told_at", Moment),  # when the customer was last told where they stand
    Column("told_position", Integer),
    Column("handoff_trigger", String(32)),
    Column("language", String(8), nullable=False, server_default=""),
    Column("dialogue", Json, nullable=False),
    Column("level", Integer, nullable=False, server_default=text("1")),
    Column("priority", Integer, nullable=False, server_default=text("0")),  # handoff.queue.Priority
    Column("category", String(200), nullable=False, server_default=""),  # of the question that was handed over
    Column("snoozed_until", Moment),
    refer("returned_by_id", "operator"),  # who gave it back; is not given it again
    Index("ix_conversation_identity_id_id", "identity_id", "id"),
    Index("ix_conversation_customer_id_id", "customer_id", "id"),
    Index("ix_conversation_status_touched_at", "status", "touched_at"),
    Index("ix_conversation_opened_at", "opened_at"),
    Index("ix_conversation_closed_at", "closed_at"),
    Index("ix_conversation_assigned_at", "assigned_at"),  # who was taken lately, and how long they had waited
)

message = Table(
    "message",
    metadata,
    new_key(),
    refer("conversation_id", "conversation", nullable=False, index=True),
    refer("identity_id", "identity", nullable=False),
    Column("author", String(16), nullable=False),  # customer, bot, operator, outside
    Column("kind", String(16), nullable=False),  # text, note, held, answer, clarify, survey, system …
    refer("operator_id", "operator"),
    Column("text", Text, nullable=False),
    Column("attachments", Json),
    Column("markup", Text),
    Column("buttons", Json),  # [[label, act, argument], …] in the order of their tokens
    Column("origin_id", String(64)),  # its id in the customer's chat, known at once or when sent
    refer("reply_to_id", "message"),
    Column("created_at", Moment, nullable=False),
    Column("edited_at", Moment),
    Index("ix_message_identity_id_origin_id", "identity_id", "origin_id"),
    Index("ix_message_with_files", "id", **only("attachments <> 'null'")),  # the JSON of None
)

placement = Table(  # where a message stands on the operators' desk
    "placement",
    metadata,
    new_key(),
    refer("message_id", "message", nullable=False, index=True),
    Column("desk", String(64), nullable=False),
    Column("platform_id", String(64), nullable=False),
    Column("is_shared", Boolean, nullable=False, server_default=text("false")),  # merged with others
    Index("ix_placement_desk_platform_id", "desk", "platform_id"),
)

topic = Table(  # a conversation's topics: one in each of the desk's groups it was ever in
    "topic",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversation.id"), primary_key=True),
    Column("desk", String(64), primary_key=True),  # the group, by its id in the settings
    Column("topic", String(64)),
    Column("tried_at", Moment),  # a making was begun
    Column("card_id", String(64)),  # the card's message on the desk
    Column("is_closed", Boolean, nullable=False, server_default=text("false")),
    Column("left_at", Moment),  # the conversation went on in another group; null: it is here
    Index("ix_topic_desk_topic", "desk", "topic"),
)

inbox = Table(
    "inbox",
    metadata,
    new_key(),
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
        **only("handled_at IS NULL AND set_aside_at IS NULL"),
    ),
)

outbox = Table(
    "outbox",
    metadata,
    new_key(),
    Column("rank", Float),  # overrides the id in the order of the lane
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("lane", String(128), nullable=False),
    refer("conversation_id", "conversation", index=True),
    refer("message_id", "message", index=True),
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
        **only("state IN ('pending', 'sending', 'uncertain')"),
    ),
)

faq_entry = Table(
    "faq_entry",
    metadata,
    new_key(),
    Column("key", String(200), nullable=False, unique=True),  # the entry's id in files
    Column("position", Integer, nullable=False),
    Column("category", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("phrasings", Json, nullable=False),
    Column("language", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("valid_until", String(10)),  # a date
    Column("attachments", Json),  # files that go with the answer
    Column("updated_at", Moment, nullable=False),
)

faq_answer = Table(  # what the bot made of a question, and what came of it
    "faq_answer",
    metadata,
    new_key(),
    refer("conversation_id", "conversation", nullable=False, index=True),
    refer("message_id", "message", index=True),  # the bot's answer
    Column("question", Text, nullable=False),
    Column("decision", String(16), nullable=False),  # answer, clarify, none, chosen, browse
    Column("entry_key", String(200)),
    Column("score", Float),
    Column("matches", Json),
    Column("outcome", String(16)),  # helped, refused
    Column("created_at", Moment, nullable=False),
    Index("ix_faq_answer_created_at", "created_at", "decision", "outcome", "entry_key", "conversation_id"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

notebook = Table(  # small facts that channels must remember
    "notebook",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

problem = Table(  # trouble an admin should know of; shown by doctor
    "problem",
    metadata,
    new_key(),
    Column("subject", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("count", Integer, nullable=False, server_default=text("1")),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    UniqueConstraint("subject", "text"),
)
