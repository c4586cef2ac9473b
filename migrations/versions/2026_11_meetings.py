"""Meetings: the series, its meetings, who takes part, what each wants to talk about."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_meetings"
down_revision = "2026_11_resolutions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "meeting_series",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("rhythm", sa.String(length=12), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("month_day", sa.Integer(), nullable=True),
        sa.Column("time", sa.String(length=5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "rhythm <> 'monthly' OR month_day BETWEEN 1 AND 28", name=op.f("ck_meeting_series_month_day")
        ),
        sa.CheckConstraint(
            "rhythm <> 'weekly' OR weekday BETWEEN 1 AND 7", name=op.f("ck_meeting_series_weekday")
        ),
        sa.CheckConstraint("rhythm IN ('weekly', 'monthly')", name=op.f("ck_meeting_series_rhythm")),
        sa.CheckConstraint("minutes BETWEEN 5 AND 600", name=op.f("ck_meeting_series_minutes")),
        sa.ForeignKeyConstraint(["chair_id"], ["user.id"], name=op.f("fk_meeting_series_chair_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_series")),
    )
    with op.batch_alter_table("meeting_series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_series_chair_id"), ["chair_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('planned', 'held', 'confirmed', 'cancelled')", name=op.f("ck_meeting_status")
        ),
        sa.CheckConstraint(
            "status NOT IN ('held', 'confirmed') OR (held_at IS NOT NULL AND text <> '')",
            name=op.f("ck_meeting_held"),
        ),
        sa.CheckConstraint("(series_id IS NULL) = (day IS NULL)", name=op.f("ck_meeting_day_of_series")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_meeting_department_id_department")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_meeting_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["meeting_series.id"], name=op.f("fk_meeting_series_id_meeting_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("number", name=op.f("uq_meeting_number")),
        sa.UniqueConstraint("series_id", "day", name="uq_meeting_series_id_day"),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_meeting_starts", ["starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_status"), ["status"], unique=False)

    op.create_table(
        "meeting_series_person",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["meeting_series.id"],
            name=op.f("fk_meeting_series_person_series_id_meeting_series"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_meeting_series_person_user_id_user")),
        sa.PrimaryKeyConstraint("series_id", "user_id", name=op.f("pk_meeting_series_person")),
    )
    op.create_table(
        "meeting_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_item_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_meeting_item_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_item")),
    )
    with op.batch_alter_table("meeting_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_item_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "meeting_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_person_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_meeting_person_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_person")),
        sa.UniqueConstraint("meeting_id", "user_id", name="uq_meeting_person_meeting_id_user_id"),
    )
    with op.batch_alter_table("meeting_person", schema=None) as batch_op:
        batch_op.create_index("ix_meeting_person_user", ["user_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("meeting_person")
    op.drop_table("meeting_item")
    op.drop_table("meeting_series_person")
    op.drop_table("meeting")
    op.drop_table("meeting_series")
