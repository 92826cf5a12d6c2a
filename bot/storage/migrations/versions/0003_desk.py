"""Desk; written by bot.storage.migrations.make, whose output is as long as there are tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("operator_id", ID, nullable=True),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("desk", sa.String(length=16), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("answer", JSON, nullable=True),
        sa.Column("detail", JSON, nullable=True),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("nonce", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_audit_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_audit_message_id_message")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_audit_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_at", ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index("ix_audit_operator_id_nonce", ["operator_id", "nonce"], unique=False)
    with op.batch_alter_table("operator", schema=None) as batch_op:
        batch_op.alter_column("presence", server_default="manual")
    # until now presence changed nothing, and everybody began as "online"
    op.execute("UPDATE operator SET presence = 'manual' WHERE presence = 'online'")


def downgrade() -> None:
    op.execute("UPDATE operator SET presence = 'online' WHERE presence IN ('manual', 'lost')")
    with op.batch_alter_table("operator", schema=None) as batch_op:
        batch_op.alter_column("presence", server_default="online")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_operator_id_nonce")
        batch_op.drop_index(batch_op.f("ix_audit_conversation_id"))
        batch_op.drop_index("ix_audit_at")

    op.drop_table("audit")
