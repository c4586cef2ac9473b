"""Who reported an inquiry and who submitted a quotation first, which stays so when somebody else takes it over."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_hand_over"
down_revision = "2026_11_curriculum"
branch_labels = None
depends_on = None

# Until now whoever owned a document had done both.
COLUMNS = (
    ("inquiry", "reported_by_id", "reported_at"),
    ("quotation_revision", "submitted_by_id", "submitted_at"),
)


def upgrade() -> None:
    """Go forward."""
    for table, column, moment in COLUMNS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_{table}_{column}_user"), "user", [column], ["id"])
        rows = sa.table(table, *(sa.column(name) for name in ("owner_id", column, moment)))
        op.execute(sa.update(rows).where(rows.c[moment].is_not(None)).values({column: rows.c.owner_id}))


def downgrade() -> None:
    """Go back."""
    for table, column, _moment in COLUMNS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(f"fk_{table}_{column}_user"), type_="foreignkey")
            batch_op.drop_column(column)
