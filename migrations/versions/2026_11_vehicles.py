"""Vehicles: the car, its papers, readings, services, defects, costs, fines; driving licences."""

import sqlalchemy as sa
from alembic import op

from app.core.db_objects import append_only_statements, drop_append_only_statements

revision = "2026_11_vehicles"
down_revision = "2026_11_equipment_upkeep"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "driving_licence",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("licence_class", sa.String(length=4), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("seen_by_id", sa.Integer(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("reminded_days", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "licence_class IN ('A1', 'A2', 'B1', 'B2', 'C1', 'C2')",
            name=op.f("ck_driving_licence_licence_class"),
        ),
        sa.ForeignKeyConstraint(["seen_by_id"], ["user.id"], name=op.f("fk_driving_licence_seen_by_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_driving_licence_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_driving_licence")),
        sa.UniqueConstraint("user_id", name="uq_driving_licence_user_id"),
    )
    op.create_table(
        "vehicle",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("plate", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("policy", sa.String(length=16), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("licence_class", sa.String(length=4), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=True),
        sa.Column("odometer", sa.Integer(), nullable=False),
        sa.Column("service_kilometres", sa.Integer(), nullable=True),
        sa.Column("service_days", sa.Integer(), nullable=True),
        sa.Column("serviced_at_kilometres", sa.Integer(), nullable=True),
        sa.Column("serviced_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "licence_class IN ('A1', 'A2', 'B1', 'B2', 'C1', 'C2')", name=op.f("ck_vehicle_licence_class")
        ),
        sa.CheckConstraint("policy IN ('self_service', 'approval')", name=op.f("ck_vehicle_policy")),
        sa.CheckConstraint("status IN ('available', 'workshop', 'retired')", name=op.f("ck_vehicle_status")),
        sa.CheckConstraint("odometer BETWEEN 0 AND 2000000", name=op.f("ck_vehicle_odometer")),
        sa.CheckConstraint("seats BETWEEN 1 AND 60", name=op.f("ck_vehicle_seats")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_vehicle_department_id_department")
        ),
        sa.ForeignKeyConstraint(["driver_id"], ["user.id"], name=op.f("fk_vehicle_driver_id_user")),
        sa.ForeignKeyConstraint(["item_id"], ["asset_item.id"], name=op.f("fk_vehicle_item_id_asset_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
        sa.UniqueConstraint("item_id", name="uq_vehicle_item_id"),
        sa.UniqueConstraint("plate", name="uq_vehicle_plate"),
    )
    with op.batch_alter_table("vehicle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vehicle_department_id"), ["department_id"], unique=False)

    op.create_table(
        "odometer_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("kilometres", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("doc_type", sa.String(length=40), nullable=True),
        sa.Column("doc_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'correction') = (corrects_id IS NOT NULL)", name=op.f("ck_odometer_reading_correction")
        ),
        sa.CheckConstraint(
            "kind IN ('start', 'out', 'in', 'workshop', 'correction')", name=op.f("ck_odometer_reading_kind")
        ),
        sa.CheckConstraint("kilometres BETWEEN 0 AND 2000000", name=op.f("ck_odometer_reading_kilometres")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_odometer_reading_by_id_user")),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["odometer_reading.id"],
            name=op.f("fk_odometer_reading_corrects_id_odometer_reading"),
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_odometer_reading_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odometer_reading")),
    )
    with op.batch_alter_table("odometer_reading", schema=None) as batch_op:
        batch_op.create_index("ix_odometer_reading_corrects", ["corrects_id"], unique=False)
        batch_op.create_index("ix_odometer_reading_document", ["doc_type", "doc_id"], unique=False)
        batch_op.create_index("ix_odometer_reading_vehicle", ["vehicle_id", "at"], unique=False)

    for statement in append_only_statements("odometer_reading", op.get_bind().dialect.name):
        op.execute(statement)

    op.create_table(
        "odometer_correction",
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("kilometres", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('requested', 'agreed', 'declined', 'withdrawn')",
            name=op.f("ck_odometer_correction_status"),
        ),
        sa.CheckConstraint(
            "kilometres BETWEEN 0 AND 2000000", name=op.f("ck_odometer_correction_kilometres")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_odometer_correction_department_id_department")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_odometer_correction_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["reading_id"],
            ["odometer_reading.id"],
            name=op.f("fk_odometer_correction_reading_id_odometer_reading"),
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_odometer_correction_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odometer_correction")),
        sa.UniqueConstraint("number", name=op.f("uq_odometer_correction_number")),
    )
    with op.batch_alter_table("odometer_correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_odometer_correction_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_odometer_correction_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_odometer_correction_vehicle_id"), ["vehicle_id"], unique=False)
        batch_op.create_index(
            "uq_odometer_correction_open",
            ["reading_id"],
            unique=True,
            sqlite_where=sa.text("status = 'requested'"),
            postgresql_where=sa.text("status = 'requested'"),
        )

    op.create_table(
        "vehicle_cost",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("litres", sa.BigInteger(), nullable=True),
        sa.Column("kilometres", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("doc_type", sa.String(length=40), nullable=True),
        sa.Column("doc_id", sa.Integer(), nullable=True),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('fuel', 'toll', 'parking', 'service', 'repair', 'insurance', 'inspection', 'cleaning', 'other')",
            name=op.f("ck_vehicle_cost_kind"),
        ),
        sa.CheckConstraint("litres IS NULL OR kind = 'fuel'", name=op.f("ck_vehicle_cost_litres")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_vehicle_cost_amount")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["user.id"], name=op.f("fk_vehicle_cost_entered_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_vehicle_cost_stored_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_cost_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_cost")),
    )
    with op.batch_alter_table("vehicle_cost", schema=None) as batch_op:
        batch_op.create_index("ix_vehicle_cost_document", ["doc_type", "doc_id"], unique=False)
        batch_op.create_index("ix_vehicle_cost_vehicle", ["vehicle_id", "paid_on"], unique=False)

    op.create_table(
        "vehicle_defect",
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("grounds", sa.Boolean(), nullable=False),
        sa.Column("is_damage", sa.Boolean(), nullable=False),
        sa.Column("caused_by_id", sa.Integer(), nullable=True),
        sa.Column("reported_by_id", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doc_type", sa.String(length=40), nullable=True),
        sa.Column("doc_id", sa.Integer(), nullable=True),
        sa.Column("mended_by_id", sa.Integer(), nullable=True),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mended_note", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(mended_at IS NULL) = (mended_by_id IS NULL)", name=op.f("ck_vehicle_defect_mended")
        ),
        sa.ForeignKeyConstraint(
            ["caused_by_id"], ["user.id"], name=op.f("fk_vehicle_defect_caused_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["mended_by_id"], ["user.id"], name=op.f("fk_vehicle_defect_mended_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["user.id"], name=op.f("fk_vehicle_defect_reported_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_defect_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_defect")),
    )
    with op.batch_alter_table("vehicle_defect", schema=None) as batch_op:
        batch_op.create_index("ix_vehicle_defect_document", ["doc_type", "doc_id"], unique=False)
        batch_op.create_index("ix_vehicle_defect_vehicle", ["vehicle_id", "mended_at"], unique=False)

    op.create_table(
        "vehicle_fine",
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("offence", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("notice_number", sa.String(length=60), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("driver_id", sa.Integer(), nullable=True),
        sa.Column("doc_type", sa.String(length=40), nullable=True),
        sa.Column("doc_id", sa.Integer(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('pending', 'settled', 'lifted')", name=op.f("ck_vehicle_fine_status")),
        sa.CheckConstraint(
            "(status = 'pending') = (settled_at IS NULL)", name=op.f("ck_vehicle_fine_settled")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_vehicle_fine_amount")),
        sa.CheckConstraint("points BETWEEN 0 AND 12", name=op.f("ck_vehicle_fine_points")),
        sa.ForeignKeyConstraint(["driver_id"], ["user.id"], name=op.f("fk_vehicle_fine_driver_id_user")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["user.id"], name=op.f("fk_vehicle_fine_entered_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_fine_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_fine")),
        sa.UniqueConstraint("notice_number", name="uq_vehicle_fine_notice_number"),
    )
    with op.batch_alter_table("vehicle_fine", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vehicle_fine_driver_id"), ["driver_id"], unique=False)
        batch_op.create_index("ix_vehicle_fine_vehicle", ["vehicle_id", "happened_at"], unique=False)

    op.create_table(
        "vehicle_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("issuer", sa.String(length=80), nullable=False),
        sa.Column("paper_number", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("reminded_days", sa.Integer(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('compulsory_insurance', 'commercial_insurance', 'inspection')",
            name=op.f("ck_vehicle_paper_kind"),
        ),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_vehicle_paper_forward")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["user.id"], name=op.f("fk_vehicle_paper_entered_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_vehicle_paper_stored_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_paper_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_paper")),
    )
    with op.batch_alter_table("vehicle_paper", schema=None) as batch_op:
        batch_op.create_index("ix_vehicle_paper_vehicle", ["vehicle_id", "kind", "valid_until"], unique=False)

    op.create_table(
        "vehicle_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("kilometres", sa.Integer(), nullable=False),
        sa.Column("workshop", sa.String(length=120), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["user.id"], name=op.f("fk_vehicle_service_entered_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_service_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_service")),
    )
    with op.batch_alter_table("vehicle_service", schema=None) as batch_op:
        batch_op.create_index("ix_vehicle_service_vehicle", ["vehicle_id", "done_on"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("vehicle_service", schema=None) as batch_op:
        batch_op.drop_index("ix_vehicle_service_vehicle")

    op.drop_table("vehicle_service")
    with op.batch_alter_table("vehicle_paper", schema=None) as batch_op:
        batch_op.drop_index("ix_vehicle_paper_vehicle")

    op.drop_table("vehicle_paper")
    with op.batch_alter_table("vehicle_fine", schema=None) as batch_op:
        batch_op.drop_index("ix_vehicle_fine_vehicle")
        batch_op.drop_index(batch_op.f("ix_vehicle_fine_driver_id"))

    op.drop_table("vehicle_fine")
    with op.batch_alter_table("vehicle_defect", schema=None) as batch_op:
        batch_op.drop_index("ix_vehicle_defect_vehicle")
        batch_op.drop_index("ix_vehicle_defect_document")

    op.drop_table("vehicle_defect")
    with op.batch_alter_table("vehicle_cost", schema=None) as batch_op:
        batch_op.drop_index("ix_vehicle_cost_vehicle")
        batch_op.drop_index("ix_vehicle_cost_document")

    op.drop_table("vehicle_cost")
    with op.batch_alter_table("odometer_correction", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_odometer_correction_open",
            sqlite_where=sa.text("status = 'requested'"),
            postgresql_where=sa.text("status = 'requested'"),
        )
        batch_op.drop_index(batch_op.f("ix_odometer_correction_vehicle_id"))
        batch_op.drop_index(batch_op.f("ix_odometer_correction_status"))
        batch_op.drop_index(batch_op.f("ix_odometer_correction_owner_id"))

    op.drop_table("odometer_correction")
    for statement in drop_append_only_statements("odometer_reading", op.get_bind().dialect.name):
        op.execute(statement)
    with op.batch_alter_table("odometer_reading", schema=None) as batch_op:
        batch_op.drop_index("ix_odometer_reading_vehicle")
        batch_op.drop_index("ix_odometer_reading_document")
        batch_op.drop_index("ix_odometer_reading_corrects")

    op.drop_table("odometer_reading")
    with op.batch_alter_table("vehicle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vehicle_department_id"))

    op.drop_table("vehicle")
    op.drop_table("driving_licence")
