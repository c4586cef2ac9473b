"""Resolutions: what was decided, who carries it out until when."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_resolutions"
down_revision = "2026_11_escalations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "resolution",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("doc_type", sa.String(length=40), nullable=True),
        sa.Column("doc_id", sa.Integer(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("progress_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'checked') = (checked_by_id IS NOT NULL)",
            name=op.f("ck_resolution_checked_by_somebody"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'completed', 'checked', 'cancelled')", name=op.f("ck_resolution_status")
        ),
        sa.CheckConstraint(
            "status NOT IN ('completed', 'checked') OR (completed_on IS NOT NULL AND result <> '')",
            name=op.f("ck_resolution_completed"),
        ),
        sa.CheckConstraint(
            "(doc_type IS NULL) = (doc_id IS NULL)", name=op.f("ck_resolution_whole_document")
        ),
        sa.CheckConstraint(
            "checked_by_id IS NULL OR checked_by_id <> responsible_id",
            name=op.f("ck_resolution_checked_by_another"),
        ),
        sa.CheckConstraint("responsible_id <> owner_id", name=op.f("ck_resolution_two_people")),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["user.id"], name=op.f("fk_resolution_checked_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_resolution_department_id_department")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_resolution_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["user.id"], name=op.f("fk_resolution_responsible_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
        sa.UniqueConstraint("number", name=op.f("uq_resolution_number")),
    )
    with op.batch_alter_table("resolution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resolution_department_id"), ["department_id"], unique=False)
        batch_op.create_index("ix_resolution_document", ["doc_type", "doc_id"], unique=False)
        batch_op.create_index("ix_resolution_due", ["due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_resolution_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resolution_responsible_id"), ["responsible_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resolution_status"), ["status"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("resolution")
