"""Learning; written by bot.storage.migrations.make, whose output is as long as there are tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("faq_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_faq_answer_message_id"), ["message_id"], unique=False)

    op.create_table(
        "faq_calibration",
        sa.Column("id", ID, nullable=False),
        sa.Column("slope", sa.Float(), nullable=False),
        sa.Column("shift", sa.Float(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_calibration")),
    )
    op.create_table(
        "faq_exception",
        sa.Column("id", ID, nullable=False),
        sa.Column("entry_key", sa.String(length=200), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=64), server_default="", nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_exception")),
    )
    op.create_table(
        "faq_revision",
        sa.Column("id", ID, nullable=False),
        sa.Column("entry_key", sa.String(length=200), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("author", sa.String(length=64), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_revision")),
    )
    with op.batch_alter_table("faq_revision", schema=None) as batch_op:
        batch_op.create_index("ix_faq_revision_entry_key_id", ["entry_key", "id"], unique=False)

    op.create_table(
        "faq_vector",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_faq_vector")),
    )
    with op.batch_alter_table("faq_vector", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_faq_vector_used_at"), ["used_at"], unique=False)

    op.create_table(
        "faq_suggestion",
        sa.Column("id", ID, nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entry_key", sa.String(length=200), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("conversations", sa.Integer(), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("revision_id", ID, nullable=True),
        sa.Column("exception_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["exception_id"], ["faq_exception.id"], name=op.f("fk_faq_suggestion_exception_id_faq_exception")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["faq_revision.id"], name=op.f("fk_faq_suggestion_revision_id_faq_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_suggestion")),
        sa.UniqueConstraint("signature", name=op.f("uq_faq_suggestion_signature")),
    )
    with op.batch_alter_table("faq_suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_faq_suggestion_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("faq_suggestion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_faq_suggestion_state"))

    op.drop_table("faq_suggestion")
    with op.batch_alter_table("faq_vector", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_faq_vector_used_at"))

    op.drop_table("faq_vector")
    with op.batch_alter_table("faq_revision", schema=None) as batch_op:
        batch_op.drop_index("ix_faq_revision_entry_key_id")

    op.drop_table("faq_revision")
    op.drop_table("faq_exception")
    op.drop_table("faq_calibration")
    with op.batch_alter_table("faq_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_faq_answer_message_id"))
