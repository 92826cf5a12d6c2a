"""Customers who were erased: when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("customer", sa.Column("erased_at", MOMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("customer", "erased_at")
