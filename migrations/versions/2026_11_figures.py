"""Figures: what is counted and its sums by month; the daily recount fills them from the documents that are there."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_figures"
down_revision = "2026_11_negotiations"
branch_labels = None
depends_on = None

KINDS = "kind IN ('issued', 'issued_product', 'result', 'result_product', 'reported', 'answered')"
DIMENSIONS = (
    "kind",
    "month",
    "owner_id",
    "department_id",
    "customer_id",
    "product_id",
    "outcome",
    "reason",
)


def dimensions(table: str) -> list[sa.schema.SchemaItem]:
    """Return the columns and constraints that facts and tallies share."""
    return [
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("hours", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f(f"ck_{table}_kind")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f(f"fk_{table}_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f(f"fk_{table}_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f(f"fk_{table}_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "figure_fact",
        *dimensions("figure_fact"),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_figure_fact_inquiry_id_inquiry")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["quotation_revision.id"],
            name=op.f("fk_figure_fact_revision_id_quotation_revision"),
        ),
    )
    with op.batch_alter_table("figure_fact") as batch_op:
        batch_op.create_index(batch_op.f("ix_figure_fact_inquiry_id"), ["inquiry_id"], unique=False)
        batch_op.create_index("ix_figure_fact_kind_day", ["kind", "day"], unique=False)
    op.create_table(
        "figure_tally",
        *dimensions("figure_tally"),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.UniqueConstraint(*DIMENSIONS, name="uq_figure_tally_dimensions"),
    )
    op.create_table(
        "figure_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_state")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("figure_state")
    op.drop_table("figure_tally")
    with op.batch_alter_table("figure_fact") as batch_op:
        batch_op.drop_index("ix_figure_fact_kind_day")
        batch_op.drop_index(batch_op.f("ix_figure_fact_inquiry_id"))
    op.drop_table("figure_fact")
