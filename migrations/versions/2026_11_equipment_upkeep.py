"""The upkeep of equipment: repairs, reports of loss and damage, scrapping, self-checks asked for."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_equipment_upkeep"
down_revision = "2026_11_equipment"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "asset_self_check_request",
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'answered') = (answered_at IS NOT NULL)",
            name=op.f("ck_asset_self_check_request_answered"),
        ),
        sa.CheckConstraint(
            "status IN ('asked', 'answered', 'lapsed')", name=op.f("ck_asset_self_check_request_status")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_asset_self_check_request_department_id_department"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name=op.f("fk_asset_self_check_request_owner_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_self_check_request")),
        sa.UniqueConstraint("number", name=op.f("uq_asset_self_check_request_number")),
    )
    with op.batch_alter_table("asset_self_check_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_asset_self_check_request_department_id"), ["department_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_asset_self_check_request_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_self_check_request_status"), ["status"], unique=False)
        batch_op.create_index(
            "uq_asset_self_check_request_open",
            ["owner_id"],
            unique=True,
            sqlite_where=sa.text("status = 'asked'"),
            postgresql_where=sa.text("status = 'asked'"),
        )
    op.create_table(
        "asset_incident",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('lost', 'damaged')", name=op.f("ck_asset_incident_kind")),
        sa.CheckConstraint("status <> 'found' OR kind = 'lost'", name=op.f("ck_asset_incident_found")),
        sa.CheckConstraint(
            "status IN ('reported', 'found', 'closed')", name=op.f("ck_asset_incident_status")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_asset_incident_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["asset_item.id"], name=op.f("fk_asset_incident_item_id_asset_item")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_asset_incident_owner_id_user")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_asset_incident_person_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_incident")),
        sa.UniqueConstraint("number", name=op.f("uq_asset_incident_number")),
    )
    with op.batch_alter_table("asset_incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asset_incident_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_incident_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_incident_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_incident_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_incident_status"), ["status"], unique=False)
        batch_op.create_index(
            "uq_asset_incident_lost",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'lost' AND status = 'reported'"),
            postgresql_where=sa.text("kind = 'lost' AND status = 'reported'"),
        )
    op.create_table(
        "asset_repair",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("vendor", sa.String(length=120), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("back_by_id", sa.Integer(), nullable=True),
        sa.Column("back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('success', 'failure')", name=op.f("ck_asset_repair_outcome")
        ),
        sa.CheckConstraint("(back_at IS NULL) = (outcome IS NULL)", name=op.f("ck_asset_repair_back")),
        sa.CheckConstraint("cost IS NULL OR cost >= 0", name=op.f("ck_asset_repair_cost")),
        sa.ForeignKeyConstraint(["back_by_id"], ["user.id"], name=op.f("fk_asset_repair_back_by_id_user")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["asset_item.id"], name=op.f("fk_asset_repair_item_id_asset_item")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["user.id"], name=op.f("fk_asset_repair_sent_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_repair")),
    )
    with op.batch_alter_table("asset_repair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asset_repair_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "uq_asset_repair_open",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("back_at IS NULL"),
            postgresql_where=sa.text("back_at IS NULL"),
        )
    op.create_table(
        "asset_scrapping",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("residual", sa.BigInteger(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disposal", sa.Text(), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status IN ('approved', 'disposed')) = (approved_at IS NOT NULL)",
            name=op.f("ck_asset_scrapping_approved"),
        ),
        sa.CheckConstraint(
            "status IN ('requested', 'approved', 'refused', 'withdrawn', 'disposed')",
            name=op.f("ck_asset_scrapping_status"),
        ),
        sa.CheckConstraint("residual >= 0", name=op.f("ck_asset_scrapping_residual")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user.id"], name=op.f("fk_asset_scrapping_approved_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_asset_scrapping_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["asset_item.id"], name=op.f("fk_asset_scrapping_item_id_asset_item")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_asset_scrapping_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_scrapping")),
        sa.UniqueConstraint("number", name=op.f("uq_asset_scrapping_number")),
    )
    with op.batch_alter_table("asset_scrapping", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asset_scrapping_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_scrapping_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_scrapping_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_scrapping_status"), ["status"], unique=False)
        batch_op.create_index(
            "uq_asset_scrapping_open",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('requested', 'approved', 'disposed')"),
            postgresql_where=sa.text("status IN ('requested', 'approved', 'disposed')"),
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("asset_scrapping", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_asset_scrapping_open",
            sqlite_where=sa.text("status IN ('requested', 'approved', 'disposed')"),
            postgresql_where=sa.text("status IN ('requested', 'approved', 'disposed')"),
        )
        batch_op.drop_index(batch_op.f("ix_asset_scrapping_status"))
        batch_op.drop_index(batch_op.f("ix_asset_scrapping_owner_id"))
        batch_op.drop_index(batch_op.f("ix_asset_scrapping_item_id"))
        batch_op.drop_index(batch_op.f("ix_asset_scrapping_department_id"))
    op.drop_table("asset_scrapping")
    with op.batch_alter_table("asset_repair", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_asset_repair_open",
            sqlite_where=sa.text("back_at IS NULL"),
            postgresql_where=sa.text("back_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_asset_repair_item_id"))
    op.drop_table("asset_repair")
    with op.batch_alter_table("asset_incident", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_asset_incident_lost",
            sqlite_where=sa.text("kind = 'lost' AND status = 'reported'"),
            postgresql_where=sa.text("kind = 'lost' AND status = 'reported'"),
        )
        batch_op.drop_index(batch_op.f("ix_asset_incident_status"))
        batch_op.drop_index(batch_op.f("ix_asset_incident_person_id"))
        batch_op.drop_index(batch_op.f("ix_asset_incident_owner_id"))
        batch_op.drop_index(batch_op.f("ix_asset_incident_item_id"))
        batch_op.drop_index(batch_op.f("ix_asset_incident_department_id"))
    op.drop_table("asset_incident")
    with op.batch_alter_table("asset_self_check_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_asset_self_check_request_open",
            sqlite_where=sa.text("status = 'asked'"),
            postgresql_where=sa.text("status = 'asked'"),
        )
        batch_op.drop_index(batch_op.f("ix_asset_self_check_request_status"))
        batch_op.drop_index(batch_op.f("ix_asset_self_check_request_owner_id"))
        batch_op.drop_index(batch_op.f("ix_asset_self_check_request_department_id"))
    op.drop_table("asset_self_check_request")
    # ### end Alembic commands ###
