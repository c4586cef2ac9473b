"""Bookings of cars, the hold that never overlaps another, seats asked for, series."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

from app.core.db_objects import no_overlap_statements

revision = "2026_11_bookings"
down_revision = "2026_11_counts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "booking_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_booking_series_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_series")),
    )
    with op.batch_alter_table("booking_series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_series_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "booking",
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destination", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("passengers", sa.Integer(), nullable=False),
        sa.Column("self_drive", sa.Boolean(), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("estimated_kilometres", sa.Integer(), nullable=True),
        sa.Column("doc_type", sa.String(length=40), nullable=True),
        sa.Column("doc_id", sa.Integer(), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("retro", sa.Boolean(), nullable=False),
        sa.Column("retro_reason", sa.String(length=200), nullable=False),
        sa.Column("allowed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_by_id", sa.Integer(), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slip_number", sa.String(length=40), nullable=True),
        sa.Column("out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odometer_out", sa.Integer(), nullable=True),
        sa.Column("odometer_in", sa.Integer(), nullable=True),
        sa.Column("gap", sa.Integer(), nullable=False),
        sa.Column("fuel_out", sa.String(length=16), nullable=True),
        sa.Column("fuel_in", sa.String(length=16), nullable=True),
        sa.Column("condition_good", sa.Boolean(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "fuel_in IS NULL OR fuel_in IN ('full', 'three_quarters', 'half', 'quarter', 'empty')",
            name=op.f("ck_booking_fuel_in"),
        ),
        sa.CheckConstraint(
            "fuel_out IS NULL OR fuel_out IN ('full', 'three_quarters', 'half', 'quarter', 'empty')",
            name=op.f("ck_booking_fuel_out"),
        ),
        sa.CheckConstraint(
            "status IN ('submitted', 'dept_ok', 'dispatched', 'out', 'returned', 'settled', 'closed', 'rejected', 'cancelled', 'no_show')",
            name=op.f("ck_booking_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('dispatched', 'out', 'returned', 'settled', 'closed') OR (vehicle_id IS NOT NULL AND driver_id IS NOT NULL)",
            name=op.f("ck_booking_car_and_driver"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('out', 'returned', 'settled', 'closed') OR (out_at IS NOT NULL AND odometer_out IS NOT NULL)",
            name=op.f("ck_booking_was_out"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('returned', 'settled', 'closed') OR (returned_at IS NOT NULL AND odometer_in IS NOT NULL)",
            name=op.f("ck_booking_was_returned"),
        ),
        sa.CheckConstraint("(doc_type IS NULL) = (doc_id IS NULL)", name=op.f("ck_booking_document")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_booking_forward")),
        sa.CheckConstraint("gap >= 0", name=op.f("ck_booking_gap")),
        sa.CheckConstraint("odometer_in BETWEEN 0 AND 2000000", name=op.f("ck_booking_odometer_in")),
        sa.CheckConstraint("odometer_out BETWEEN 0 AND 2000000", name=op.f("ck_booking_odometer_out")),
        sa.CheckConstraint("passengers BETWEEN 1 AND 60", name=op.f("ck_booking_passengers")),
        sa.CheckConstraint("retro = (allowed_by_id IS NOT NULL)", name=op.f("ck_booking_retro_allowed")),
        sa.CheckConstraint(
            "returned_at IS NULL OR returned_at >= out_at", name=op.f("ck_booking_there_and_back")
        ),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["user.id"], name=op.f("fk_booking_agreed_by_id_user")),
        sa.ForeignKeyConstraint(["allowed_by_id"], ["user.id"], name=op.f("fk_booking_allowed_by_id_user")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_booking_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["dispatched_by_id"], ["user.id"], name=op.f("fk_booking_dispatched_by_id_user")
        ),
        sa.ForeignKeyConstraint(["driver_id"], ["user.id"], name=op.f("fk_booking_driver_id_user")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_booking_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["booking_series.id"], name=op.f("fk_booking_series_id_booking_series")
        ),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_booking_vehicle_id_vehicle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("number", name=op.f("uq_booking_number")),
        sa.UniqueConstraint("slip_number", name="uq_booking_slip_number"),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_department_id"), ["department_id"], unique=False)
        batch_op.create_index("ix_booking_document", ["doc_type", "doc_id"], unique=False)
        batch_op.create_index("ix_booking_driver", ["driver_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_series_id"), ["series_id"], unique=False)
        batch_op.create_index("ix_booking_starts", ["starts_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_status"), ["status"], unique=False)
        batch_op.create_index("ix_booking_vehicle", ["vehicle_id", "starts_at"], unique=False)
        batch_op.create_index("ix_booking_vehicle_out", ["vehicle_id", "out_at"], unique=False)
        batch_op.create_index(
            "uq_booking_out",
            ["vehicle_id"],
            unique=True,
            sqlite_where=sa.text("status = 'out'"),
            postgresql_where=sa.text("status = 'out'"),
        )

    op.create_table(
        "booking_seat",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'asked') = (answered_by_id IS NULL)", name=op.f("ck_booking_seat_answered")
        ),
        sa.CheckConstraint("status IN ('asked', 'agreed', 'declined')", name=op.f("ck_booking_seat_status")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user.id"], name=op.f("fk_booking_seat_answered_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_booking_seat_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_booking_seat_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_seat")),
        sa.UniqueConstraint("booking_id", "user_id", name="uq_booking_seat_booking_id_user_id"),
    )
    with op.batch_alter_table("booking_seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_seat_user_id"), ["user_id"], unique=False)

    op.create_table(
        "vehicle_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_vehicle_hold_forward")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_vehicle_hold_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_hold_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_hold")),
        sa.UniqueConstraint("booking_id", name="uq_vehicle_hold_booking_id"),
    )
    with op.batch_alter_table("vehicle_hold", schema=None) as batch_op:
        batch_op.create_index("ix_vehicle_hold_vehicle", ["vehicle_id", "starts_at"], unique=False)

    for statement in no_overlap_statements("vehicle_hold", "vehicle_id", op.get_bind().dialect.name):
        op.execute(text(statement))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("vehicle_hold", schema=None) as batch_op:
        batch_op.drop_index("ix_vehicle_hold_vehicle")

    op.drop_table("vehicle_hold")
    with op.batch_alter_table("booking_seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_seat_user_id"))

    op.drop_table("booking_seat")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_booking_out",
            sqlite_where=sa.text("status = 'out'"),
            postgresql_where=sa.text("status = 'out'"),
        )
        batch_op.drop_index("ix_booking_vehicle_out")
        batch_op.drop_index("ix_booking_vehicle")
        batch_op.drop_index(batch_op.f("ix_booking_status"))
        batch_op.drop_index("ix_booking_starts")
        batch_op.drop_index(batch_op.f("ix_booking_series_id"))
        batch_op.drop_index(batch_op.f("ix_booking_owner_id"))
        batch_op.drop_index("ix_booking_driver")
        batch_op.drop_index("ix_booking_document")
        batch_op.drop_index(batch_op.f("ix_booking_department_id"))

    op.drop_table("booking")
    with op.batch_alter_table("booking_series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_series_owner_id"))

    op.drop_table("booking_series")
