"""Supervision of rules: clauses bound to indicators, and checks of clauses."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_clause_supervision"
down_revision = "2026_11_rules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "clause_binding",
        sa.Column("clause_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=False),
        sa.Column("bound_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["bound_by_id"], ["user.id"], name=op.f("fk_clause_binding_bound_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["rule_clause.id"], name=op.f("fk_clause_binding_clause_id_rule_clause")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause_binding")),
        sa.UniqueConstraint("clause_id", name=op.f("uq_clause_binding_clause_id")),
    )
    op.create_table(
        "clause_check",
        sa.Column("clause_id", sa.Integer(), nullable=False),
        sa.Column("rule_version_id", sa.Integer(), nullable=False),
        sa.Column("rule_title", sa.String(length=120), nullable=False),
        sa.Column("clause_name", sa.String(length=80), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("explained_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("look_again_on", sa.Date(), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('recorded', 'explained', 'guided', 'closed')", name=op.f("ck_clause_check_status")
        ),
        sa.CheckConstraint("result IN ('conforming', 'deviating')", name=op.f("ck_clause_check_result")),
        sa.CheckConstraint(
            "subject_id IS NULL OR subject_id <> owner_id", name=op.f("ck_clause_check_two_people")
        ),
        sa.CheckConstraint(
            "status <> 'closed' OR closed_at IS NOT NULL", name=op.f("ck_clause_check_closed_at_a_time")
        ),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["rule_clause.id"], name=op.f("fk_clause_check_clause_id_rule_clause")
        ),
        sa.ForeignKeyConstraint(
            ["rule_version_id"],
            ["rule_version.id"],
            name=op.f("fk_clause_check_rule_version_id_rule_version"),
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["user.id"], name=op.f("fk_clause_check_subject_id_user")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_clause_check_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["explained_by_id"], ["user.id"], name=op.f("fk_clause_check_explained_by_id_user")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_clause_check_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause_check")),
        sa.UniqueConstraint("number", name=op.f("uq_clause_check_number")),
    )
    with op.batch_alter_table("clause_check", schema=None) as batch_op:
        batch_op.create_index("ix_clause_check_clause", ["clause_id", "result"], unique=False)
        for column in ("department_id", "owner_id", "status", "subject_id"):
            batch_op.create_index(batch_op.f(f"ix_clause_check_{column}"), [column], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("clause_check")
    op.drop_table("clause_binding")
