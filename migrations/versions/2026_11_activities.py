"""Team activities: the vote, the seats, the photos, the settlement."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_activities"
down_revision = "2026_11_directory"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
STATES = "'proposed', 'voting', 'approved', 'enrolling', 'held', 'recorded', 'closed', 'cancelled'"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "activity",
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("vote_until", STAMP, nullable=True),
        sa.Column("chosen", sa.String(length=120), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("starts_at", STAMP, nullable=True),
        sa.Column("ends_at", STAMP, nullable=True),
        sa.Column("enrol_until", STAMP, nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("companions", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("over_reason", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", STAMP, nullable=False),
        sa.Column("updated_at", STAMP, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"status IN ({STATES})", name=op.f("ck_activity_status")),
        sa.CheckConstraint("budget IS NULL OR budget >= 0", name=op.f("ck_activity_budget")),
        sa.CheckConstraint("cost IS NULL OR cost >= 0", name=op.f("ck_activity_cost")),
        sa.CheckConstraint(
            "capacity IS NULL OR capacity BETWEEN 1 AND 2000", name=op.f("ck_activity_capacity")
        ),
        sa.CheckConstraint("companions BETWEEN 0 AND 9", name=op.f("ck_activity_companions")),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_activity_times")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user.id"], name=op.f("fk_activity_approved_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_activity_department_id_department")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_activity_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("number", name=op.f("uq_activity_number")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        for column in ("department_id", "owner_id", "status", "year"):
            batch_op.create_index(batch_op.f(f"ix_activity_{column}"), [column], unique=False)
    create_votes()
    create_places()
    op.create_table(
        "activity_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("consent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_photo_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_activity_photo_stored_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_photo")),
        sa.UniqueConstraint("stored_file_id", name=op.f("uq_activity_photo_stored_file_id")),
    )
    with op.batch_alter_table("activity_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_photo_activity_id"), ["activity_id"], unique=False)


def create_votes() -> None:
    """Make the tables of what is voted on, and of the votes."""
    op.create_table(
        "activity_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_option_activity_id_activity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_option")),
        sa.UniqueConstraint("activity_id", "position", name="uq_activity_option_position"),
    )
    op.create_table(
        "activity_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("voted_at", STAMP, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_vote_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["option_id"], ["activity_option.id"], name=op.f("fk_activity_vote_option_id_activity_option")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_activity_vote_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_vote")),
        sa.UniqueConstraint("activity_id", "user_id", name="uq_activity_vote_once"),
    )
    with op.batch_alter_table("activity_vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_vote_option_id"), ["option_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_vote_user_id"), ["user_id"], unique=False)


def create_places() -> None:
    """Make the table of who enrolled."""
    op.create_table(
        "activity_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("companions", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("asked_at", STAMP, nullable=False),
        sa.CheckConstraint(
            "status IN ('seated', 'queued', 'withdrawn', 'present', 'absent')",
            name=op.f("ck_activity_place_status"),
        ),
        sa.CheckConstraint("companions BETWEEN 0 AND 9", name=op.f("ck_activity_place_companions")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_place_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_activity_place_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_place")),
        sa.UniqueConstraint("activity_id", "user_id", name="uq_activity_place_once"),
    )
    with op.batch_alter_table("activity_place", schema=None) as batch_op:
        batch_op.create_index("ix_activity_place_user", ["user_id", "status"], unique=False)


def downgrade() -> None:
    """Go back."""
    for table in ("activity_photo", "activity_place", "activity_vote", "activity_option", "activity"):
        op.drop_table(table)
