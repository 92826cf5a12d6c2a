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
        "canned_reply",
        sa.Column("id", ID, nullable=False),
        sa.Column("operator_id", ID, nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachments", JSON, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_canned_reply_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
    )
    with op.batch_alter_table("canned_reply", schema=None) as batch_op:
        batch_op.create_index("ix_canned_reply_name", ["name"], unique=False)

    op.create_table(
        "operator_skill",
        sa.Column("operator_id", ID, nullable=False),
        sa.Column("category", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_operator_skill_operator_id_operator")),
        sa.PrimaryKeyConstraint("operator_id", "category", name=op.f("pk_operator_skill")),
    )
    op.create_table(
        "link_code",
        sa.Column("id", ID, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("identity_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], name=op.f("fk_link_code_identity_id_identity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_code")),
    )
    with op.batch_alter_table("link_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_code_code_hash"), ["code_hash"], unique=False)

    op.create_table(
        "conversation_tag",
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_tag_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "tag", name=op.f("pk_conversation_tag")),
    )
    with op.batch_alter_table("conversation_tag", schema=None) as batch_op:
        batch_op.create_index("ix_conversation_tag_tag", ["tag"], unique=False)

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

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("level", sa.Integer(), server_default=sa.text("1"), nullable=False))
        batch_op.add_column(sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("category", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("snoozed_until", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("returned_by_id", ID, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_conversation_returned_by_id_operator"), "operator", ["returned_by_id"], ["id"]
        )

    with op.batch_alter_table("operator", schema=None) as batch_op:
        batch_op.add_column(sa.Column("presence_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("seen_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("idle_since", MOMENT, nullable=True))
    with op.batch_alter_table("operator", schema=None) as batch_op:
        batch_op.alter_column("presence", server_default="manual")
    # until now presence changed nothing, and everybody began as "online"
    op.execute("UPDATE operator SET presence = 'manual' WHERE presence = 'online'")


def downgrade() -> None:
    op.execute("UPDATE operator SET presence = 'online' WHERE presence IN ('manual', 'lost')")
    with op.batch_alter_table("operator", schema=None) as batch_op:
        batch_op.alter_column("presence", server_default="online")
    with op.batch_alter_table("operator", schema=None) as batch_op:
        batch_op.drop_column("idle_since")
        batch_op.drop_column("seen_at")
        batch_op.drop_column("presence_at")

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_conversation_returned_by_id_operator"), type_="foreignkey")
        batch_op.drop_column("returned_by_id")
        batch_op.drop_column("snoozed_until")
        batch_op.drop_column("category")
        batch_op.drop_column("priority")
        batch_op.drop_column("level")

    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_operator_id_nonce")
        batch_op.drop_index(batch_op.f("ix_audit_conversation_id"))
        batch_op.drop_index("ix_audit_at")

    op.drop_table("audit")
    with op.batch_alter_table("conversation_tag", schema=None) as batch_op:
        batch_op.drop_index("ix_conversation_tag_tag")

    op.drop_table("conversation_tag")
    with op.batch_alter_table("link_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_code_code_hash"))

    op.drop_table("link_code")
    op.drop_table("operator_skill")
    with op.batch_alter_table("canned_reply", schema=None) as batch_op:
        batch_op.drop_index("ix_canned_reply_name")

    op.drop_table("canned_reply")
