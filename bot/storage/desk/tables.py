"""What operators do and are: acts, skills, tags, canned replies, and the codes by which addresses are linked."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from bot.storage.tables import Id, Json, Moment, conversation, metadata, new_key, only, operator, refer

operator_skill = Table(  # categories an operator serves; none: all
    "operator_skill",
    metadata,
    Column("operator_id", Id, ForeignKey(operator.c.id), primary_key=True),
    Column("category", String(200), primary_key=True),
)

conversation_tag = Table(
    "conversation_tag",
    metadata,
    Column("conversation_id", Id, ForeignKey(conversation.c.id), primary_key=True),
    Column("tag", String(64), primary_key=True),
    Index("ix_conversation_tag_tag", "tag"),
)

canned_reply = Table(
    "canned_reply",
    metadata,
    new_key(),
    refer("operator_id", "operator"),  # None: everybody's
    Column("name", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("attachments", Json),
    Column("updated_at", Moment, nullable=False),
    Index("uq_canned_reply_operator_id_name", "operator_id", "name", unique=True),
    Index("uq_canned_reply_name", "name", unique=True, **only("operator_id IS NULL")),
)

link_code = Table(  # a customer asked to join their addresses
    "link_code",
    metadata,
    new_key(),
    Column("code_hash", String(64), nullable=False, index=True),
    refer("identity_id", "identity", nullable=False),  # where it was asked for
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

former_number = Table(  # an address came to another customer by linking: under which number it stood before
    "former_number",
    metadata,
    new_key(),
    refer("customer_id", "customer", nullable=False, index=True),  # the number, which has nothing of its own now
    refer("identity_id", "identity", nullable=False, index=True),
)

audit = Table(  # what operators, rules and the clock did
    "audit",
    metadata,
    new_key(),
    Column("at", Moment, nullable=False),
    refer("operator_id", "operator"),  # None: Otklik itself, or the command line
    refer("conversation_id", "conversation", index=True),
    Column("desk", String(16), nullable=False),  # telegram, console, shell, otklik
    Column("act", String(32), nullable=False),
    Column("outcome", String(16), nullable=False),  # done, refused, held
    Column("answer", Json),  # [key, params]: what the operator is told
    Column("detail", Json),  # whom, until when, why
    refer("message_id", "message"),
    Column("nonce", String(64)),
    Index("ix_audit_operator_id_nonce", "operator_id", "nonce"),
    Index("ix_audit_at", "at"),
)
