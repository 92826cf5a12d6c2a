"""Groups: a conversation may have a topic in each of the desk's groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_at", MOMENT, nullable=True))
        batch_op.drop_constraint("pk_topic", type_="primary")
        batch_op.create_primary_key("pk_topic", ["conversation_id", "desk"])


def downgrade() -> None:
    """Only where each conversation is now stays known."""
    op.execute("DELETE FROM topic WHERE left_at IS NOT NULL")
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.drop_constraint("pk_topic", type_="primary")
        batch_op.create_primary_key("pk_topic", ["conversation_id"])
        batch_op.drop_column("left_at")
