"""Settings, timers, countdowns and rules; the facts kept among the settings get a table of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


SETTING = sa.table("setting", sa.column("key", sa.String), sa.column("value", JSON))
NOTEBOOK = sa.table("notebook", sa.column("key", sa.String), sa.column("value", sa.Text))


def _move(source: sa.TableClause, target: sa.TableClause, change: Callable[[str, Any], tuple[str, Any]]) -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(source)).all():
        key, value = change(row.key, row.value)
        connection.execute(sa.insert(target).values(key=key, value=value))
    connection.execute(sa.delete(source))


def _as_setting(key: str, value: str) -> tuple[str, Any]:
    is_channels = not key.startswith(("faq_version", "invited:"))
    return (f"note:{key}"[:64] if is_channels else key), int(value) if key == "faq_version" else value


def upgrade() -> None:
    op.create_table(
        "notebook",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notebook")),
    )
    op.create_table(
        "timer",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_timer_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_timer_kind_key")),
    )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timer_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_timer_due_at"), ["due_at"], unique=False)

    with op.batch_alter_table("setting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("changed_by", sa.String(length=64), nullable=True))

    _move(SETTING, NOTEBOOK, lambda key, value: (key.removeprefix("note:"), str(value)))


def downgrade() -> None:
    op.execute(sa.delete(SETTING))
    _move(NOTEBOOK, SETTING, _as_setting)
    with op.batch_alter_table("setting", schema=None) as batch_op:
        batch_op.drop_column("changed_by")
        batch_op.drop_column("changed_at")

    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timer_due_at"))
        batch_op.drop_index(batch_op.f("ix_timer_conversation_id"))

    op.drop_table("timer")
    op.drop_table("notebook")
