"""Attachments of a version of a rule, with the text the search finds them by."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_rule_attachments"
down_revision = "2026_11_proposals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "rule_attachment",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("reading", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reading IN ('whole', 'partly', 'none', 'unreadable')", name=op.f("ck_rule_attachment_reading")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_rule_attachment_stored_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rule_version.id"], name=op.f("fk_rule_attachment_version_id_rule_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_attachment")),
        sa.UniqueConstraint("stored_file_id", name=op.f("uq_rule_attachment_stored_file_id")),
    )
    with op.batch_alter_table("rule_attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_attachment_version_id"), ["version_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("rule_attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_attachment_version_id"))
    op.drop_table("rule_attachment")
