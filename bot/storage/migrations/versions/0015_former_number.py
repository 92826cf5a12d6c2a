"""Former numbers of addresses, written by bot.storage.migrations.make; and no names at numbers without an address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "former_number",
        sa.Column("id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("identity_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_former_number_customer_id_customer")),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], name=op.f("fk_former_number_identity_id_identity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_number")),
    )
    with op.batch_alter_table("former_number", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_number_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_former_number_identity_id"), ["identity_id"], unique=False)

    # linked before this: which number they went to was not noted, and their name stands there
    op.execute("UPDATE customer SET name = '' WHERE id NOT IN (SELECT customer_id FROM identity)")


def downgrade() -> None:
    with op.batch_alter_table("former_number", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_former_number_identity_id"))
        batch_op.drop_index(batch_op.f("ix_former_number_customer_id"))

    op.drop_table("former_number")
