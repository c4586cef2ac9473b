"""The manager's word that a tender goes out after its deadline."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_late_tender"
down_revision = "2026_11_opening_time"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("inquiry") as batch_op:
        batch_op.add_column(sa.Column("late_allowed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("late_note", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("inquiry") as batch_op:
        batch_op.alter_column("late_note", server_default=None)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("inquiry") as batch_op:
        batch_op.drop_column("late_note")
        batch_op.drop_column("late_allowed_at")
