"""Each canned reply once, and drafts with their files; written by bot.storage.migrations.make and completed by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    # two who wrote the same name at the same moment made two of it: the later one stays
    op.execute(
        "DELETE FROM canned_reply WHERE EXISTS (SELECT 1 FROM canned_reply AS later WHERE later.id > canned_reply.id"
        " AND later.name = canned_reply.name"
        " AND coalesce(later.operator_id, 0) = coalesce(canned_reply.operator_id, 0))"
    )
    with op.batch_alter_table("canned_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_canned_reply_name"))
        batch_op.create_index(
            "uq_canned_reply_name",
            ["name"],
            unique=True,
            sqlite_where=sa.text("operator_id IS NULL"),
            postgresql_where=sa.text("operator_id IS NULL"),
        )
        batch_op.create_index("uq_canned_reply_operator_id_name", ["operator_id", "name"], unique=True)

    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attachments", JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_column("attachments")

    with op.batch_alter_table("canned_reply", schema=None) as batch_op:
        batch_op.drop_index("uq_canned_reply_operator_id_name")
        batch_op.drop_index(
            "uq_canned_reply_name",
            sqlite_where=sa.text("operator_id IS NULL"),
            postgresql_where=sa.text("operator_id IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_canned_reply_name"), ["name"], unique=False)
