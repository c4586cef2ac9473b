"""When the bids of a tender are opened; those on record are opened at their deadline."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_opening_time"
down_revision = "2026_11_figures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("inquiry") as batch_op:
        batch_op.add_column(sa.Column("opening_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_inquiry_opening_at", ["opening_at"], unique=False)
    op.execute("UPDATE inquiry SET opening_at = deadline WHERE kind IN ('tender', 'central')")


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("inquiry") as batch_op:
        batch_op.drop_index("ix_inquiry_opening_at")
        batch_op.drop_column("opening_at")
