"""Bids made elsewhere: the PDF of a revision with what its pages say."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_bid_files"
down_revision = "2026_11_quotation_proposals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "bid_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["quotation_revision.id"],
            name=op.f("fk_bid_file_revision_id_quotation_revision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_bid_file_stored_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_file")),
        sa.UniqueConstraint("revision_id", name=op.f("uq_bid_file_revision_id")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("bid_file")
