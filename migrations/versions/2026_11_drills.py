"""Drills: templates, drills, who plays and judges, stages, criteria, sheets."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_drills"
down_revision = "2026_11_mentoring"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "drill_template",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scene", sa.Text(), nullable=False),
        sa.Column("survey_task", sa.Text(), nullable=False),
        sa.Column("proposal_task", sa.Text(), nullable=False),
        sa.Column("negotiation_task", sa.Text(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_template")),
        sa.UniqueConstraint("name", name=op.f("uq_drill_template_name")),
    )
    op.create_table(
        "drill",
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("scene", sa.Text(), nullable=False),
        sa.Column("average", sa.Integer(), nullable=True),
        sa.Column("spread", sa.Integer(), nullable=True),
        sa.Column("good", sa.Text(), nullable=False),
        sa.Column("bad", sa.Text(), nullable=False),
        sa.Column("lesson", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('prepared', 'rehearsed', 'scored', 'debriefed', 'cancelled')",
            name=op.f("ck_drill_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('scored', 'debriefed') OR (average IS NOT NULL AND spread IS NOT NULL)",
            name=op.f("ck_drill_scored_has_a_result"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_study.id"], name=op.f("fk_drill_case_id_case_study")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_drill_department_id_department")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_drill_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["drill_template.id"], name=op.f("fk_drill_template_id_drill_template")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill")),
        sa.UniqueConstraint("number", name=op.f("uq_drill_number")),
    )
    with op.batch_alter_table("drill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drill_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drill_department_id"), ["department_id"], unique=False)
        batch_op.create_index("ix_drill_held_on", ["held_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_drill_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drill_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_drill_template_id"), ["template_id"], unique=False)
    op.create_table(
        "drill_criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drill_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('survey', 'proposal', 'negotiation')", name=op.f("ck_drill_criterion_stage")
        ),
        sa.CheckConstraint("weight BETWEEN 1 AND 100", name=op.f("ck_drill_criterion_weight")),
        sa.ForeignKeyConstraint(["drill_id"], ["drill.id"], name=op.f("fk_drill_criterion_drill_id_drill")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_criterion")),
        sa.UniqueConstraint("drill_id", "place", name="uq_drill_criterion_place"),
    )
    op.create_table(
        "drill_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drill_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.CheckConstraint("kind IN ('player', 'judge')", name=op.f("ck_drill_part_kind")),
        sa.ForeignKeyConstraint(["drill_id"], ["drill.id"], name=op.f("fk_drill_part_drill_id_drill")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_drill_part_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_part")),
        sa.UniqueConstraint("drill_id", "user_id", name="uq_drill_part_once"),
    )
    with op.batch_alter_table("drill_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drill_part_user_id"), ["user_id"], unique=False)
    op.create_table(
        "drill_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drill_id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["drill_id"], ["drill.id"], name=op.f("fk_drill_sheet_drill_id_drill")),
        sa.ForeignKeyConstraint(["judge_id"], ["user.id"], name=op.f("fk_drill_sheet_judge_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_sheet")),
        sa.UniqueConstraint("drill_id", "judge_id", name="uq_drill_sheet_once"),
    )
    with op.batch_alter_table("drill_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drill_sheet_judge_id"), ["judge_id"], unique=False)
    op.create_table(
        "drill_stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drill_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(done_at IS NULL) = (notes = '')", name=op.f("ck_drill_stage_done")),
        sa.CheckConstraint("kind IN ('survey', 'proposal', 'negotiation')", name=op.f("ck_drill_stage_kind")),
        sa.ForeignKeyConstraint(["drill_id"], ["drill.id"], name=op.f("fk_drill_stage_drill_id_drill")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_stage")),
        sa.UniqueConstraint("drill_id", "kind", name="uq_drill_stage_once"),
    )
    op.create_table(
        "drill_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.CheckConstraint("points BETWEEN 0 AND 10", name=op.f("ck_drill_score_points")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["drill_criterion.id"], name=op.f("fk_drill_score_criterion_id_drill_criterion")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["drill_sheet.id"], name=op.f("fk_drill_score_sheet_id_drill_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_score")),
        sa.UniqueConstraint("sheet_id", "criterion_id", name="uq_drill_score_once"),
    )
    with op.batch_alter_table("drill_score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drill_score_criterion_id"), ["criterion_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("drill_score")
    op.drop_table("drill_stage")
    op.drop_table("drill_sheet")
    op.drop_table("drill_part")
    op.drop_table("drill_criterion")
    op.drop_table("drill")
    op.drop_table("drill_template")
