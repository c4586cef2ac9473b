"""Letters on account use and electronic delivery, and which of them a proof of reading tells of."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_acknowledgements"
down_revision = "2026_11_rule_pictures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "acknowledgement",
        sa.Column("text_version", sa.Integer(), nullable=True),
        sa.Column("text_hash", sa.String(length=64), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.Column("filed_at", moment, nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('missing', 'handed_in', 'filed')", name=op.f("ck_acknowledgement_status")
        ),
        sa.CheckConstraint(
            "status = 'missing' OR (signed_on IS NOT NULL "
            "AND text_version IS NOT NULL AND text_hash IS NOT NULL)",
            name=op.f("ck_acknowledgement_signed_whole"),
        ),
        sa.CheckConstraint(
            "(status = 'filed') = (filed_at IS NOT NULL)", name=op.f("ck_acknowledgement_filed_at_a_time")
        ),
        sa.ForeignKeyConstraint(
            ["filed_by_id"], ["user.id"], name=op.f("fk_acknowledgement_filed_by_id_user")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_acknowledgement_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_acknowledgement_stored_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
        sa.UniqueConstraint("number", name=op.f("uq_acknowledgement_number")),
    )
    with op.batch_alter_table("acknowledgement", schema=None) as batch_op:
        batch_op.create_index("uq_acknowledgement_owner", ["owner_id"], unique=True)
        for column in ("owner_id", "status"):
            batch_op.create_index(batch_op.f(f"ix_acknowledgement_{column}"), [column], unique=False)
    op.add_column(
        "rule_evidence",
        sa.Column("letters_hash", sa.String(length=64), nullable=False, server_default=""),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_column("rule_evidence", "letters_hash")
    op.drop_table("acknowledgement")
