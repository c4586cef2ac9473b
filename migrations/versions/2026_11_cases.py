"""The library of cases: cases, what they are tied to, what colleagues say of them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_cases"
down_revision = "2026_11_announcements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "case_study",
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("lesson", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("tags", sa.String(length=200), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("hidden_names", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('worked', 'partly', 'failed')", name=op.f("ck_case_study_outcome")),
        sa.CheckConstraint(
            "stage IN ('contact', 'inquiry', 'tender', 'quotation', 'negotiation', 'contract', 'delivery', 'service', 'other')",
            name=op.f("ck_case_study_stage"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'returned', 'published', 'archived', 'dropped')",
            name=op.f("ck_case_study_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('published', 'archived') OR (published_at IS NOT NULL AND checked_by_id IS NOT NULL)",
            name=op.f("ck_case_study_checked_before_it_is_public"),
        ),
        sa.CheckConstraint(
            "checked_by_id IS NULL OR checked_by_id <> owner_id",
            name=op.f("ck_case_study_checked_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["user.id"], name=op.f("fk_case_study_checked_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_case_study_department_id_department")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_case_study_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_study")),
        sa.UniqueConstraint("number", name=op.f("uq_case_study_number")),
    )
    with op.batch_alter_table("case_study", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_study_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_study_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_study_published_at"), ["published_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_study_status"), ["status"], unique=False)
    op.create_table(
        "case_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_case_comment_author_id_user")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_study.id"], name=op.f("fk_case_comment_case_id_case_study")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_comment")),
    )
    with op.batch_alter_table("case_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_comment_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_case_comment_case", ["case_id"], unique=False)
    op.create_table(
        "case_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("doc_type", sa.String(length=40), nullable=False),
        sa.Column("doc_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_study.id"], name=op.f("fk_case_link_case_id_case_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
        sa.UniqueConstraint("case_id", "doc_type", "doc_id", name="uq_case_link_document"),
    )
    with op.batch_alter_table("case_link", schema=None) as batch_op:
        batch_op.create_index("ix_case_link_document", ["doc_type", "doc_id"], unique=False)
    op.create_table(
        "case_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('useful', 'thanks', 'training')", name=op.f("ck_case_mark_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["case_study.id"], name=op.f("fk_case_mark_case_id_case_study")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_case_mark_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_mark")),
        sa.UniqueConstraint("case_id", "user_id", "kind", name="uq_case_mark_person"),
    )
    with op.batch_alter_table("case_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_mark_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("case_mark")
    op.drop_table("case_link")
    op.drop_table("case_comment")
    op.drop_table("case_study")
