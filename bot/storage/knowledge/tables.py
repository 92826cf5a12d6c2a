"""What is known of the FAQ besides its entries: history, files, suggestions, exceptions, calibrations, vectors."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from bot.storage.tables import Id, Json, Moment, metadata, new_key, refer

faq_revision = Table(  # how an entry was after each change; never changed itself
    "faq_revision",
    metadata,
    new_key(),
    Column("entry_key", String(200), nullable=False),
    Column("act", String(16), nullable=False),  # faq.editor.acts
    Column("author", String(64), nullable=False, server_default=""),  # a login; empty: the program or an admin's shell
    Column("source", Text, nullable=False, server_default=""),  # a file, a suggestion, the revision gone back to
    Column("content", Json, nullable=False),
    Column("made_at", Moment, nullable=False),
    Index("ix_faq_revision_entry_key_id", "entry_key", "id"),
)

faq_file = Table(  # a file that goes with answers, by the hash of its content; entries and revisions refer to it
    "faq_file",
    metadata,
    new_key(),
    Column("ref", String(64), nullable=False, unique=True),
    Column("mime", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("free_at", Moment),  # when nothing was found to refer to it; None: it is in use, as far as is known
)

faq_file_part = Table(
    "faq_file_part",
    metadata,
    Column("file_id", Id, ForeignKey("faq_file.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

faq_suggestion = Table(  # a change of the FAQ proposed by what was learned; approved or rejected by a person
    "faq_suggestion",
    metadata,
    new_key(),
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
    refer("revision_id", "faq_revision"),  # what approving it made
    refer("exception_id", "faq_exception"),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

faq_exception = Table(  # words that must not be answered: with one entry, or (entry_key NULL) at all
    "faq_exception",
    metadata,
    new_key(),
    Column("entry_key", String(200)),
    Column("text", Text, nullable=False),
    Column("author", String(64), nullable=False, server_default=""),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),  # taken back
)

faq_calibration = Table(  # corrections of the confidence learned here; the newest that has not ended is in use
    "faq_calibration",
    metadata,
    new_key(),
    Column("slope", Float, nullable=False),
    Column("shift", Float, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("leaning", Json),  # how much each sign of a search says here, if that proved better than the line
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
