"""Pictures in the clauses of rules."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_rule_pictures"
down_revision = "2026_11_rule_attachments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "rule_picture",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_rule_picture_stored_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rule_version.id"], name=op.f("fk_rule_picture_version_id_rule_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_picture")),
        sa.UniqueConstraint("stored_file_id", name=op.f("uq_rule_picture_stored_file_id")),
    )
    with op.batch_alter_table("rule_picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_picture_version_id"), ["version_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("rule_picture", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_picture_version_id"))
    op.drop_table("rule_picture")
