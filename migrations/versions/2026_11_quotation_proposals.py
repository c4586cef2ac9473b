"""Proposals of the fast track: what is to be quoted, kept beside its inquiry until the manager decides."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_quotation_proposals"
down_revision = "2026_11_several_offers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "quotation_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quotation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_quotation_proposal_inquiry_id_inquiry")
        ),
        sa.ForeignKeyConstraint(
            ["quotation_id"], ["quotation.id"], name=op.f("fk_quotation_proposal_quotation_id_quotation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotation_proposal")),
        sa.UniqueConstraint("inquiry_id", name=op.f("uq_quotation_proposal_inquiry_id")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("quotation_proposal")
