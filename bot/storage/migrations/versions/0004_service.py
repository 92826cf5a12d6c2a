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
        "rule",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
        sa.UniqueConstraint("name", name=op.f("uq_rule_name")),
    )
    op.create_table(
        "countdown",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("operator_id", ID, nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("running_since", MOMENT, nullable=True),
        sa.Column("spent_s", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("limit_s", sa.Float(), nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("warned_at", MOMENT, nullable=True),
        sa.Column("breached_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_countdown_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_countdown_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_countdown")),
    )
    with op.batch_alter_table("countdown", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_countdown_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_countdown_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index(
            "ix_countdown_open",
            ["conversation_id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "rule_step",
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_rule_step_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_step_rule_id_rule")),
        sa.PrimaryKeyConstraint("rule_id", "conversation_id", "step", name=op.f("pk_rule_step")),
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

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("abandoned_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("told_wait_s", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("reckoned_wait_s", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("told_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("told_position", sa.Integer(), nullable=True))
        batch_op.create_index("ix_conversation_assigned_at", ["assigned_at"], unique=False)

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

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index("ix_conversation_assigned_at")
        batch_op.drop_column("told_position")
        batch_op.drop_column("told_at")
        batch_op.drop_column("reckoned_wait_s")
        batch_op.drop_column("told_wait_s")
        batch_op.drop_column("abandoned_at")

    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timer_due_at"))
        batch_op.drop_index(batch_op.f("ix_timer_conversation_id"))

    op.drop_table("timer")
    op.drop_table("rule_step")
    with op.batch_alter_table("countdown", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_countdown_open", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_countdown_ended_at"))
        batch_op.drop_index(batch_op.f("ix_countdown_conversation_id"))

    op.drop_table("countdown")
    op.drop_table("rule")
    op.drop_table("notebook")
