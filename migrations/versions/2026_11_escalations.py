"""Reports upwards and requests across: the report, and who was told of it when."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_escalations"
down_revision = "2026_11_drills"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "escalation",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("to_department_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("doc_type", sa.String(length=40), nullable=True),
        sa.Column("doc_id", sa.Integer(), nullable=True),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('grave', 'request')", name=op.f("ck_escalation_kind")),
        sa.CheckConstraint(
            "status IN ('reported', 'seen', 'answered', 'done', 'withdrawn')",
            name=op.f("ck_escalation_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('answered', 'done') OR (answered_at IS NOT NULL AND answer <> '')",
            name=op.f("ck_escalation_answered"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_escalation_answered_by_somebody"),
        ),
        sa.CheckConstraint(
            "(doc_type IS NULL) = (doc_id IS NULL)", name=op.f("ck_escalation_whole_document")
        ),
        sa.CheckConstraint("to_id <> owner_id", name=op.f("ck_escalation_two_people")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user.id"], name=op.f("fk_escalation_answered_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_escalation_department_id_department")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_escalation_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["to_department_id"], ["department.id"], name=op.f("fk_escalation_to_department_id_department")
        ),
        sa.ForeignKeyConstraint(["to_id"], ["user.id"], name=op.f("fk_escalation_to_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint("number", name=op.f("uq_escalation_number")),
    )
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_escalation_department_id"), ["department_id"], unique=False)
        batch_op.create_index("ix_escalation_document", ["doc_type", "doc_id"], unique=False)
        batch_op.create_index("ix_escalation_due", ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_escalation_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_escalation_status"), ["status"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_escalation_to_department_id"), ["to_department_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_escalation_to_id"), ["to_id"], unique=False)

    op.create_table(
        "escalation_told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because_late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_escalation_told_escalation_id_escalation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_escalation_told_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_told")),
        sa.UniqueConstraint("escalation_id", "user_id", name="uq_escalation_told_escalation_id_user_id"),
    )
    with op.batch_alter_table("escalation_told", schema=None) as batch_op:
        batch_op.create_index("ix_escalation_told_user", ["user_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("escalation_told")
    op.drop_table("escalation")
