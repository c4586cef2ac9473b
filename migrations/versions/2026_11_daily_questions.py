"""One question a day: how far each person knows the questions of the rules."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_daily_questions"
down_revision = "2026_11_acknowledgements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "question_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("box", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=False),
        sa.Column("was_right", sa.Boolean(), nullable=False),
        sa.Column("right_count", sa.Integer(), nullable=False),
        sa.Column("wrong_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("box BETWEEN 1 AND 5", name=op.f("ck_question_progress_box")),
        sa.CheckConstraint("right_count + wrong_count > 0", name=op.f("ck_question_progress_answered")),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_question_progress_rule_id_rule")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_question_progress_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_progress")),
        sa.UniqueConstraint("user_id", "rule_id", "text", name="uq_question_progress_person"),
    )
    with op.batch_alter_table("question_progress", schema=None) as batch_op:
        batch_op.create_index("ix_question_progress_rule", ["rule_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("question_progress")
