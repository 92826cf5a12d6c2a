"""Files of answers, announcements; written by bot.storage.migrations.make, whose output is as long as needed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "faq_file",
        sa.Column("id", ID, nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_file")),
        sa.UniqueConstraint("ref", name=op.f("uq_faq_file_ref")),
    )
    op.create_table(
        "announcement",
        sa.Column("id", ID, nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("audience", JSON, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("said_until", MOMENT, nullable=True),
        sa.Column("send_at", MOMENT, nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("reached_id", ID, server_default=sa.text("0"), nullable=False),
        sa.Column("operator_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_announcement_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_announcement_state"), ["state"], unique=False)

    op.create_table(
        "faq_file_part",
        sa.Column("file_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["faq_file.id"], name=op.f("fk_faq_file_part_file_id_faq_file")),
        sa.PrimaryKeyConstraint("file_id", "position", name=op.f("pk_faq_file_part")),
    )
    op.create_table(
        "announcement_told",
        sa.Column("id", ID, nullable=False),
        sa.Column("announcement_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_announcement_told_announcement_id_announcement")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_announcement_told_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_announcement_told_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_told")),
        sa.UniqueConstraint(
            "announcement_id", "customer_id", name=op.f("uq_announcement_told_announcement_id_customer_id")
        ),
    )
    with op.batch_alter_table("announcement_told", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_announcement_told_customer_id"), ["customer_id"], unique=False)

    with op.batch_alter_table("faq_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attachments", JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("faq_entry", schema=None) as batch_op:
        batch_op.drop_column("attachments")

    with op.batch_alter_table("announcement_told", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_announcement_told_customer_id"))

    op.drop_table("announcement_told")
    op.drop_table("faq_file_part")
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_announcement_state"))

    op.drop_table("announcement")
    op.drop_table("faq_file")
