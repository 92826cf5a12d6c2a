"""Unused files; written by bot.storage.migrations.make, whose output is as long as there are tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("faq_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("free_at", MOMENT, nullable=True))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_with_files",
            ["id"],
            unique=False,
            sqlite_where=sa.text("attachments <> 'null'"),
            postgresql_where=sa.text("attachments <> 'null'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_with_files",
            sqlite_where=sa.text("attachments <> 'null'"),
            postgresql_where=sa.text("attachments <> 'null'"),
        )

    with op.batch_alter_table("faq_file", schema=None) as batch_op:
        batch_op.drop_column("free_at")
