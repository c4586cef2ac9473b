"""The stamp of the configuration, which triggers make new; env.py makes the triggers after every migration."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "2026_11_configuration_stamp"
down_revision = "2026_11_index_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "configuration_stamp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_configuration_stamp")),
    )
    stamp = sa.table("configuration_stamp", sa.column("id"), sa.column("value"))
    op.execute(stamp.insert().values(id=1, value=secrets.token_hex(16)))


def downgrade() -> None:
    """Go back."""
    op.drop_table("configuration_stamp")
