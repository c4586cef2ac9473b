"""Announcements, whom they are for, and who has read them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_announcements"
down_revision = "2026_11_activities"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "announcement",
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("asks_again", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("for_everybody", sa.Boolean(), nullable=False),
        sa.Column("must_confirm", sa.Boolean(), nullable=False),
        sa.Column("confirm_hours", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("visible_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visible_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status <> 'withdrawn' OR withdrawn_reason <> ''",
            name=op.f("ck_announcement_withdrawn_with_reason"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'dropped') OR visible_from IS NOT NULL",
            name=op.f("ck_announcement_has_a_moment"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'scheduled', 'published', 'ended', 'replaced', 'withdrawn', 'dropped')",
            name=op.f("ck_announcement_status"),
        ),
        sa.CheckConstraint("confirm_hours > 0", name=op.f("ck_announcement_confirm_hours")),
        sa.CheckConstraint("edition > 0", name=op.f("ck_announcement_edition")),
        sa.CheckConstraint(
            "visible_until IS NULL OR visible_until >= visible_from",
            name=op.f("ck_announcement_ends_after_it_began"),
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_announcement_department_id_department")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_announcement_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["announcement.id"], name=op.f("fk_announcement_replaces_id_announcement")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["announcement.id"], name=op.f("fk_announcement_series_id_announcement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("number", name=op.f("uq_announcement_number")),
    )
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_announcement_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_announcement_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_announcement_series", ["series_id", "edition"], unique=False)
        batch_op.create_index(batch_op.f("ix_announcement_status"), ["status"], unique=False)
    op.create_table(
        "announcement_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excused_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(asked_at IS NULL) = (due_at IS NULL)", name=op.f("ck_announcement_receipt_asked_until")
        ),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_receipt_announcement_id_announcement"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["announcement.id"], name=op.f("fk_announcement_receipt_series_id_announcement")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_announcement_receipt_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_receipt")),
        sa.UniqueConstraint("series_id", "edition", "user_id", name="uq_announcement_receipt_person"),
    )
    with op.batch_alter_table("announcement_receipt", schema=None) as batch_op:
        batch_op.create_index("ix_announcement_receipt_announcement", ["announcement_id"], unique=False)
        batch_op.create_index("ix_announcement_receipt_due", ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_announcement_receipt_user_id"), ["user_id"], unique=False)
    op.create_table(
        "announcement_scope",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN department_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN role IS NULL THEN 0 ELSE 1 END) + (CASE WHEN user_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_announcement_scope_one_of_three"),
        ),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_scope_announcement_id_announcement"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_announcement_scope_department_id_department")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_announcement_scope_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_scope")),
    )
    with op.batch_alter_table("announcement_scope", schema=None) as batch_op:
        batch_op.create_index("ix_announcement_scope_announcement", ["announcement_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("announcement_scope")
    op.drop_table("announcement_receipt")
    op.drop_table("announcement")
