"""One-to-one talks, and what the two agreed on."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_talks"
down_revision = "2026_11_meetings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "talk",
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("owner_notes", sa.Text(), nullable=False),
        sa.Column("other_notes", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status = 'held') = (held_at IS NOT NULL)", name=op.f("ck_talk_held")),
        sa.CheckConstraint("status IN ('planned', 'held', 'cancelled')", name=op.f("ck_talk_status")),
        sa.CheckConstraint(
            "leader_id IS NULL OR leader_id NOT IN (owner_id, other_id)", name=op.f("ck_talk_leader")
        ),
        sa.CheckConstraint("other_id <> owner_id", name=op.f("ck_talk_two_people")),
        sa.ForeignKeyConstraint(["leader_id"], ["user.id"], name=op.f("fk_talk_leader_id_user")),
        sa.ForeignKeyConstraint(["other_id"], ["user.id"], name=op.f("fk_talk_other_id_user")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_talk_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
        sa.UniqueConstraint("number", name=op.f("uq_talk_number")),
    )
    with op.batch_alter_table("talk", schema=None) as batch_op:
        batch_op.create_index("ix_talk_held", ["other_id", "held_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_talk_leader_id"), ["leader_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_talk_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_talk_status"), ["status"], unique=False)

    op.create_table(
        "talk_agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["user.id"], name=op.f("fk_talk_agreement_responsible_id_user")
        ),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_talk_agreement_talk_id_talk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_agreement")),
    )
    with op.batch_alter_table("talk_agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_talk_agreement_talk_id"), ["talk_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("talk_agreement")
    op.drop_table("talk")
