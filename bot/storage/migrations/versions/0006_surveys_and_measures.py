"""Surveys and measures; written by bot.storage.migrations.make, whose output is as long as there are tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:  # noqa: PLR0915
    op.create_table(
        "day_tally",
        sa.Column("id", ID, nullable=False),
        sa.Column("grain", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("handed", sa.BigInteger(), nullable=False),
        sa.Column("abandoned", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("waiting_ms", sa.BigInteger(), nullable=False),
        sa.Column("quick", sa.BigInteger(), nullable=False),
        sa.Column("undecided", sa.BigInteger(), nullable=False),
        sa.Column("responded", sa.BigInteger(), nullable=False),
        sa.Column("response_ms", sa.BigInteger(), nullable=False),
        sa.Column("first_decided", sa.BigInteger(), nullable=False),
        sa.Column("first_within", sa.BigInteger(), nullable=False),
        sa.Column("next_decided", sa.BigInteger(), nullable=False),
        sa.Column("next_within", sa.BigInteger(), nullable=False),
        sa.Column("resolution_decided", sa.BigInteger(), nullable=False),
        sa.Column("resolution_within", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=False),
        sa.Column("contained", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("handled", sa.BigInteger(), nullable=False),
        sa.Column("handling_ms", sa.BigInteger(), nullable=False),
        sa.Column("resolution_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_tally")),
    )
    with op.batch_alter_table("day_tally", schema=None) as batch_op:
        batch_op.create_index("ix_day_tally_grain_day", ["grain", "day"], unique=False)

    op.create_table(
        "improvement",
        sa.Column("id", ID, nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement")),
    )
    op.create_table(
        "survey",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", JSON, nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_survey_key_version")),
    )
    op.create_table(
        "improvement_told",
        sa.Column("id", ID, nullable=False),
        sa.Column("improvement_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_improvement_told_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.id"], name=op.f("fk_improvement_told_improvement_id_improvement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_told")),
        sa.UniqueConstraint(
            "improvement_id", "customer_id", name=op.f("uq_improvement_told_improvement_id_customer_id")
        ),
    )
    with op.batch_alter_table("improvement_told", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_improvement_told_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "snooze",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_snooze_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snooze")),
    )
    with op.batch_alter_table("snooze", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_snooze_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "conversation_fact",
        sa.Column("conversation_id", ID, autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("opened_day", sa.Integer(), nullable=False),
        sa.Column("opened_hour", sa.Integer(), nullable=False),
        sa.Column("handed_day", sa.Integer(), nullable=True),
        sa.Column("closed_day", sa.Integer(), nullable=True),
        sa.Column("response_ms", sa.BigInteger(), nullable=True),
        sa.Column("waiting_ms", sa.BigInteger(), nullable=True),
        sa.Column("is_quick", sa.Integer(), nullable=False),
        sa.Column("is_undecided", sa.Integer(), nullable=False),
        sa.Column("handling_ms", sa.BigInteger(), nullable=True),
        sa.Column("resolution_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_within", sa.Integer(), nullable=True),
        sa.Column("resolution_within", sa.Integer(), nullable=True),
        sa.Column("next_decided", sa.Integer(), nullable=False),
        sa.Column("next_within", sa.Integer(), nullable=False),
        sa.Column("is_contained", sa.Integer(), nullable=False),
        sa.Column("is_abandoned", sa.Integer(), nullable=False),
        sa.Column("is_returned", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_fact_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_conversation_fact")),
    )
    with op.batch_alter_table("conversation_fact", schema=None) as batch_op:
        batch_op.create_index("ix_conversation_fact_closed_day", ["closed_day"], unique=False)
        parts = ["channel", "operator_id", "level", "category"]
        batch_op.create_index("ix_conversation_fact_handed_day", ["handed_day", "response_ms", *parts], unique=False)
        batch_op.create_index("ix_conversation_fact_opened_day", ["opened_day", "opened_hour", *parts], unique=False)

    op.create_table(
        "review",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("operator_id", ID, nullable=False),
        sa.Column("reviewer_id", ID, nullable=True),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("scorecard", JSON, nullable=False),
        sa.Column("marks", JSON, nullable=True),
        sa.Column("percent", sa.Float(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("drawn_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_review_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_review_operator_id_operator")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["operator.id"], name=op.f("fk_review_reviewer_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_review_conversation_id")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index("ix_review_week_operator_id", ["week", "operator_id"], unique=False)

    op.create_table(
        "follow_up",
        sa.Column("id", ID, nullable=False),
        sa.Column("invitation_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("operator_id", ID, nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_follow_up_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_follow_up_customer_id_customer")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_follow_up_invitation_id_invitation")
        ),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_follow_up_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_follow_up_invitation_id")),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_up_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_follow_up_ended_at_due_at", ["ended_at", "due_at"], unique=False)

    op.create_table(
        "survey_answer",
        sa.Column("id", ID, nullable=False),
        sa.Column("invitation_id", ID, nullable=False),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("choice", sa.String(length=64), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_survey_answer_invitation_id_invitation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answer")),
        sa.UniqueConstraint("invitation_id", "question", name=op.f("uq_survey_answer_invitation_id_question")),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reopened_at", MOMENT, nullable=True))

    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("no_surveys_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("no_news_at", MOMENT, nullable=True))
        batch_op.create_index("ix_customer_created_at", ["created_at", "source"], unique=False)

    with op.batch_alter_table("faq_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_faq_answer_created_at"))
        batch_op.create_index(
            "ix_faq_answer_created_at",
            ["created_at", "decision", "outcome", "entry_key", "conversation_id"],
            unique=False,
        )

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
        batch_op.add_column(sa.Column("state", sa.String(length=16), server_default="asked", nullable=False))
        batch_op.add_column(sa.Column("step", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("identity_id", ID, nullable=True))
        batch_op.add_column(sa.Column("channel", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("level", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("category", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("sent_day", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("expires_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("ended_at", MOMENT, nullable=True))
        batch_op.alter_column(
            "survey", existing_type=sa.VARCHAR(length=16), type_=sa.String(length=32), existing_nullable=False
        )
        batch_op.alter_column("conversation_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.drop_index(batch_op.f("ix_invitation_customer_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_sent_at"))
        batch_op.create_index("ix_invitation_customer_id_sent_at", ["customer_id", "sent_at"], unique=False)
        batch_op.create_index("ix_invitation_expires_at", ["expires_at"], unique=False)
        batch_op.create_index(
            "ix_invitation_sent_day",
            ["sent_day", "survey", "version", "state", "score", "channel", "operator_id", "level", "category"],
            unique=False,
        )
        batch_op.create_index(
            "ix_invitation_reason",
            ["sent_day", "category", "reason"],
            unique=False,
            sqlite_where=sa.text("reason IS NOT NULL"),
            postgresql_where=sa.text("reason IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_invitation_identity_id_identity"), "identity", ["identity_id"], ["id"]
        )
    _fill_in()


def _fill_in() -> None:
    """What earlier invitations are reported under; their days are those of UTC."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    day = (
        "to_char(sent_at AT TIME ZONE 'UTC', 'YYYYMMDD')"
        if is_postgresql
        else "replace(substr(sent_at, 1, 10), '-', '')"
    )
    op.execute(
        f"UPDATE invitation SET sent_day = CAST({day} AS INTEGER), channel = "
        "(SELECT channel FROM conversation WHERE conversation.id = invitation.conversation_id)"
    )


def downgrade() -> None:  # noqa: PLR0915
    op.execute(
        "DELETE FROM survey_answer WHERE invitation_id IN (SELECT id FROM invitation WHERE conversation_id IS NULL)"
    )
    op.execute("DELETE FROM follow_up WHERE invitation_id IN (SELECT id FROM invitation WHERE conversation_id IS NULL)")
    op.execute("DELETE FROM invitation WHERE conversation_id IS NULL")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_invitation_identity_id_identity"), type_="foreignkey")
        batch_op.drop_index("ix_invitation_reason")
        batch_op.drop_index("ix_invitation_sent_day")
        batch_op.drop_index("ix_invitation_expires_at")
        batch_op.drop_index("ix_invitation_customer_id_sent_at")
        batch_op.create_index(batch_op.f("ix_invitation_sent_at"), ["sent_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_customer_id"), ["customer_id"], unique=False)
        batch_op.alter_column("conversation_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.alter_column(
            "survey", existing_type=sa.String(length=32), type_=sa.VARCHAR(length=16), existing_nullable=False
        )
        batch_op.drop_column("ended_at")
        batch_op.drop_column("expires_at")
        batch_op.drop_column("sent_day")
        batch_op.drop_column("category")
        batch_op.drop_column("level")
        batch_op.drop_column("channel")
        batch_op.drop_column("identity_id")
        batch_op.drop_column("step")
        batch_op.drop_column("state")
        batch_op.drop_column("version")

    with op.batch_alter_table("faq_answer", schema=None) as batch_op:
        batch_op.drop_index("ix_faq_answer_created_at")
        batch_op.create_index(batch_op.f("ix_faq_answer_created_at"), ["created_at"], unique=False)

    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_created_at")
        batch_op.drop_column("no_news_at")
        batch_op.drop_column("no_surveys_at")
        batch_op.drop_column("source")

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_column("reopened_at")

    op.drop_table("survey_answer")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_index("ix_follow_up_ended_at_due_at")
        batch_op.drop_index(batch_op.f("ix_follow_up_customer_id"))

    op.drop_table("follow_up")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index("ix_review_week_operator_id")

    op.drop_table("review")
    with op.batch_alter_table("conversation_fact", schema=None) as batch_op:
        batch_op.drop_index("ix_conversation_fact_opened_day")
        batch_op.drop_index("ix_conversation_fact_handed_day")
        batch_op.drop_index("ix_conversation_fact_closed_day")

    op.drop_table("conversation_fact")
    with op.batch_alter_table("snooze", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_snooze_conversation_id"))

    op.drop_table("snooze")
    with op.batch_alter_table("improvement_told", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_improvement_told_customer_id"))

    op.drop_table("improvement_told")
    op.drop_table("survey")
    op.drop_table("improvement")
    with op.batch_alter_table("day_tally", schema=None) as batch_op:
        batch_op.drop_index("ix_day_tally_grain_day")

    op.drop_table("day_tally")
