"""Mentoring: pairs, their weeks, how both sides rate them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_mentoring"
down_revision = "2026_11_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "mentor_pair",
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("mentor_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pupil_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mid_text", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('offered', 'declined') OR (mentor_accepted_at IS NOT NULL AND pupil_accepted_at IS NOT NULL)",
            name=op.f("ck_mentor_pair_both_accepted"),
        ),
        sa.CheckConstraint(
            "status IN ('offered', 'running', 'mid_review', 'extended', 'final_review', 'closed', 'dissolved', 'declined')",
            name=op.f("ck_mentor_pair_status"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_mentor_pair_ends_after_it_starts")),
        sa.CheckConstraint("mentor_id <> pupil_id", name=op.f("ck_mentor_pair_two_people")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_mentor_pair_department_id_department")
        ),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name=op.f("fk_mentor_pair_mentor_id_user")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_mentor_pair_owner_id_user")),
        sa.ForeignKeyConstraint(["pupil_id"], ["user.id"], name=op.f("fk_mentor_pair_pupil_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_pair")),
        sa.UniqueConstraint("number", name=op.f("uq_mentor_pair_number")),
    )
    with op.batch_alter_table("mentor_pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentor_pair_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentor_pair_mentor_id"), ["mentor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentor_pair_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentor_pair_pupil_id"), ["pupil_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentor_pair_status"), ["status"], unique=False)
    op.create_table(
        "mentor_rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_mentor_rating_score")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_mentor_rating_author_id_user")),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["mentor_pair.id"], name=op.f("fk_mentor_rating_pair_id_mentor_pair")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_rating")),
        sa.UniqueConstraint("pair_id", "period", "author_id", name="uq_mentor_rating_once"),
    )
    with op.batch_alter_table("mentor_rating", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentor_rating_author_id"), ["author_id"], unique=False)
    op.create_table(
        "mentor_week",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name=op.f("ck_mentor_week_answered")),
        sa.CheckConstraint("(noted_at IS NULL) = (note = '')", name=op.f("ck_mentor_week_noted")),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["mentor_pair.id"], name=op.f("fk_mentor_week_pair_id_mentor_pair")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_week")),
        sa.UniqueConstraint("pair_id", "first_day", name="uq_mentor_week_once"),
    )
    with op.batch_alter_table("mentor_week", schema=None) as batch_op:
        batch_op.create_index("ix_mentor_week_last_day", ["last_day"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("mentor_week")
    op.drop_table("mentor_rating")
    op.drop_table("mentor_pair")
