"""The tables of the website chat."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.storage.tables import Id, Json, Moment, metadata

site = Table(  # a website that carries the chat
    "site",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),  # public, stands in the page
    Column("name", Text, nullable=False),
    Column("origins", Json, nullable=False),  # where the chat may be shown
    Column("secret", String(64), nullable=False),  # what the site signs its customers' identities with
    Column("look", Json, nullable=False),  # colour, position, texts by language
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Moment, nullable=False),
)

visitor = Table(  # a customer as the website knows them
    "visitor",
    metadata,
    Column("id", Id, primary_key=True),
    Column("address", String(64), nullable=False, unique=True),
    Column("site", String(32), nullable=False),
    Column("user_id", Text, nullable=False, server_default=""),  # the site's own name for a known customer
    Column("seen_id", Id, nullable=False, server_default=text("0")),  # the last line that was on their screen
    Column("merged_into", String(64)),  # the address that has their chat now
    Column("created_at", Moment, nullable=False),
    Column("active_at", Moment, nullable=False),
)

chat_line = Table(  # what a visitor sees; the id is the stream's cursor
    "chat_line",
    metadata,
    Column("id", Id, primary_key=True),
    Column("address", String(64), nullable=False),
    Column("key", String(64), nullable=False),  # the message's id in the chat
    Column("author", String(16), nullable=False),  # visitor, bot, operator
    Column("name", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    Column("body", Json, nullable=False),  # buttons, files, reply_to, edit_of
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("address", "key"),
    Index("ix_chat_line_address_id", "address", "id"),
)

upload = Table(  # a file that a visitor sent
    "upload",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ref", String(32), nullable=False, unique=True),
    Column("address", String(64), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("mime", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("used_at", Moment),  # when a message took it along
)

upload_part = Table(
    "upload_part",
    metadata,
    Column("upload_id", Id, ForeignKey("upload.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
