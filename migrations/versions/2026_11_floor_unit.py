"""The unit a floor price is for, kept with the line; where it is not known the two are taken for the same."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_floor_unit"
down_revision = "2026_11_hand_over"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    column = sa.Column("floor_unit", sa.String(length=20), nullable=False, server_default="")
    with op.batch_alter_table("quotation_line") as batch_op:
        batch_op.add_column(column)
    with op.batch_alter_table("quotation_line") as batch_op:
        batch_op.alter_column("floor_unit", server_default=None, existing_type=sa.String(length=20))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("quotation_line") as batch_op:
        batch_op.drop_column("floor_unit")
