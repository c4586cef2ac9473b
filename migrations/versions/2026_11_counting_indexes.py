"""Indexes by which the list of quotations is counted and the figures find whom they tell of."""

from alembic import op

revision = "2026_11_counting_indexes"
down_revision = "2026_11_bid_files"
branch_labels = None
depends_on = None

LIST = "ix_quotation_revision_list"
ORDER = ["current", "created_at", "id"]


def upgrade() -> None:
    """Go forward."""
    op.drop_index(LIST, table_name="quotation_revision")
    op.create_index(LIST, "quotation_revision", [*ORDER, "owner_id", "department_id", "total"])
    op.create_index("ix_figure_tally_owner", "figure_tally", ["owner_id", "department_id"])
    op.create_index("ix_figure_tally_department", "figure_tally", ["department_id", "owner_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_figure_tally_department", table_name="figure_tally")
    op.drop_index("ix_figure_tally_owner", table_name="figure_tally")
    op.drop_index(LIST, table_name="quotation_revision")
    op.create_index(LIST, "quotation_revision", ORDER)
