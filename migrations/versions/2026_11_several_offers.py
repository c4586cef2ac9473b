"""Several suppliers' offers for a line: which was chosen, and from where one was taken over."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_several_offers"
down_revision = "2026_11_loss_cause"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("purchasing_answer") as batch_op:
        batch_op.add_column(sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("taken_from_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_purchasing_answer_taken_from_id"), ["taken_from_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_purchasing_answer_taken_from_id_purchasing_answer"),
            "purchasing_answer",
            ["taken_from_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("purchasing_answer") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_purchasing_answer_taken_from_id_purchasing_answer"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_purchasing_answer_taken_from_id"))
        batch_op.drop_column("taken_from_id")
        batch_op.drop_column("answered_at")
        batch_op.drop_column("chosen_at")
