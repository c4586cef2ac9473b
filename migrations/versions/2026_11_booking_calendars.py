"""Secret addresses of calendars of bookings."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_booking_calendars"
down_revision = "2026_11_bookings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "calendar_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reads_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reads", sa.Integer(), nullable=False),
        sa.CheckConstraint("scope IN ('own', 'fleet')", name=op.f("ck_calendar_address_scope")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_calendar_address_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_address")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_address_secret_hash")),
    )
    with op.batch_alter_table("calendar_address", schema=None) as batch_op:
        batch_op.create_index(
            "uq_calendar_address_in_force",
            ["user_id", "scope"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )


def downgrade() -> None:
    """Go back."""
    op.drop_table("calendar_address")
