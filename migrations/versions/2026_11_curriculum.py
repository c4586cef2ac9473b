"""Career levels, where people stand, plans by stage and level."""

import sqlalchemy as sa
from alembic import op

from app.core.db_objects import append_only_statements, drop_append_only_statements

revision = "2026_11_curriculum"
down_revision = "2026_11_exams"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "career_level",
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("points_needed", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points_needed >= 0", name=op.f("ck_career_level_points_needed")),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_career_level_rank")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_career_level")),
        sa.UniqueConstraint("name", name=op.f("uq_career_level_name")),
        sa.UniqueConstraint("rank", name=op.f("uq_career_level_rank")),
    )
    op.create_table(
        "career_placement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("level_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["level_id"], ["career_level.id"], name=op.f("fk_career_placement_level_id_career_level")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["user.id"], name=op.f("fk_career_placement_noted_by_id_user")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_career_placement_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_career_placement")),
    )
    with op.batch_alter_table("career_placement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_career_placement_level_id"), ["level_id"], unique=False)
        batch_op.create_index("ix_career_placement_person", ["user_id", "since"], unique=False)
    op.create_table(
        "curriculum_plan",
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("level_id", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stage IN ('founding', 'growth', 'expansion')", name=op.f("ck_curriculum_plan_stage")
        ),
        sa.ForeignKeyConstraint(
            ["level_id"], ["career_level.id"], name=op.f("fk_curriculum_plan_level_id_career_level")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum_plan")),
    )
    with op.batch_alter_table("curriculum_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_curriculum_plan_level_id"), ["level_id"], unique=False)
    op.create_table(
        "curriculum_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("sessions_needed", sa.Integer(), nullable=False),
        sa.Column("exam_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "sessions_needed > 0 OR exam_id IS NOT NULL", name=op.f("ck_curriculum_item_something")
        ),
        sa.CheckConstraint(
            "sessions_needed BETWEEN 0 AND 20", name=op.f("ck_curriculum_item_sessions_needed")
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exam.id"], name=op.f("fk_curriculum_item_exam_id_exam")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["curriculum_plan.id"], name=op.f("fk_curriculum_item_plan_id_curriculum_plan")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["training_subject.id"],
            name=op.f("fk_curriculum_item_subject_id_training_subject"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum_item")),
    )
    with op.batch_alter_table("curriculum_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_curriculum_item_exam_id"), ["exam_id"], unique=False)
        batch_op.create_index("ix_curriculum_item_plan", ["plan_id", "position"], unique=False)
    for statement in append_only_statements("career_placement", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Go back."""
    for statement in drop_append_only_statements("career_placement", op.get_bind().dialect.name):
        op.execute(statement)
    with op.batch_alter_table("curriculum_item", schema=None) as batch_op:
        batch_op.drop_index("ix_curriculum_item_plan")
        batch_op.drop_index(batch_op.f("ix_curriculum_item_exam_id"))
    op.drop_table("curriculum_item")
    with op.batch_alter_table("curriculum_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_curriculum_plan_level_id"))
    op.drop_table("curriculum_plan")
    with op.batch_alter_table("career_placement", schema=None) as batch_op:
        batch_op.drop_index("ix_career_placement_person")
        batch_op.drop_index(batch_op.f("ix_career_placement_level_id"))
    op.drop_table("career_placement")
    op.drop_table("career_level")
