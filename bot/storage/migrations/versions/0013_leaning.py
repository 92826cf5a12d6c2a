"""Leaning; written by bot.storage.migrations.make, whose output is as long as there are tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("faq_calibration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("leaning", JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("faq_calibration", schema=None) as batch_op:
        batch_op.drop_column("leaning")
