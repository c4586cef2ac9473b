"""Equipment: categories, places, items, the periods of responsibility that touch, hand-overs, self-checks."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_equipment"
down_revision = "2026_11_search_sections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "asset_category",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("accessories", sa.JSON(), nullable=False),
        sa.Column("check_days", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("check_days IS NULL OR check_days > 0", name=op.f("ck_asset_category_check_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_category")),
        sa.UniqueConstraint("name", name="uq_asset_category_name"),
    )
    op.create_table(
        "asset_place",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_store", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_place")),
        sa.UniqueConstraint("name", name="uq_asset_place_name"),
    )
    op.create_table(
        "asset_item",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("maker", sa.String(length=120), nullable=False),
        sa.Column("serial_number", sa.String(length=80), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("accessories", sa.JSON(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("keeper_id", sa.Integer(), nullable=False),
        sa.Column("due_back_on", sa.Date(), nullable=True),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("supplier", sa.String(length=120), nullable=False),
        sa.Column("warranty_until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("label_code", sa.String(length=16), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scrapped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'scrapped') = (scrapped_at IS NOT NULL)", name=op.f("ck_asset_item_scrapped")
        ),
        sa.CheckConstraint(
            "status IN ('in_stock', 'assigned', 'repair', 'lost', 'scrapped')",
            name=op.f("ck_asset_item_status"),
        ),
        sa.CheckConstraint("price IS NULL OR price >= 0", name=op.f("ck_asset_item_price")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["asset_category.id"], name=op.f("fk_asset_item_category_id_asset_category")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_asset_item_department_id_department")
        ),
        sa.ForeignKeyConstraint(["keeper_id"], ["user.id"], name=op.f("fk_asset_item_keeper_id_user")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_asset_item_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["asset_place.id"], name=op.f("fk_asset_item_place_id_asset_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_item")),
        sa.UniqueConstraint("label_code", name="uq_asset_item_label_code"),
        sa.UniqueConstraint("number", name=op.f("uq_asset_item_number")),
    )
    with op.batch_alter_table("asset_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asset_item_category_id"), ["category_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_item_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_item_keeper_id"), ["keeper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_item_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_item_place_id"), ["place_id"], unique=False)
        batch_op.create_index("ix_asset_item_serial_number", ["serial_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_item_status"), ["status"], unique=False)

    op.create_table(
        "asset_self_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_there", sa.Boolean(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["asset_item.id"], name=op.f("fk_asset_self_check_item_id_asset_item")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_asset_self_check_person_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_self_check")),
    )
    with op.batch_alter_table("asset_self_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asset_self_check_item_id"), ["item_id"], unique=False)

    op.create_table(
        "hand_over",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("due_back_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rule_version_id", sa.Integer(), nullable=True),
        sa.Column("rule_title", sa.String(length=200), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("witness_id", sa.Integer(), nullable=True),
        sa.Column("on_keepers_screen", sa.Boolean(), nullable=False),
        sa.Column("sheet_file_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'loan') = (due_back_on IS NOT NULL)", name=op.f("ck_hand_over_due_back")),
        sa.CheckConstraint(
            "(status = 'offered') = (answered_at IS NULL)", name=op.f("ck_hand_over_answered")
        ),
        sa.CheckConstraint(
            "from_id <> to_id OR kind IN ('issue', 'return')", name=op.f("ck_hand_over_two_people")
        ),
        sa.CheckConstraint("kind IN ('issue', 'transfer', 'loan', 'return')", name=op.f("ck_hand_over_kind")),
        sa.CheckConstraint(
            "status IN ('offered', 'accepted', 'declined', 'expired', 'withdrawn')",
            name=op.f("ck_hand_over_status"),
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_hand_over_department_id_department")
        ),
        sa.ForeignKeyConstraint(["from_id"], ["user.id"], name=op.f("fk_hand_over_from_id_user")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_hand_over_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["asset_place.id"], name=op.f("fk_hand_over_place_id_asset_place")
        ),
        sa.ForeignKeyConstraint(
            ["rule_version_id"], ["rule_version.id"], name=op.f("fk_hand_over_rule_version_id_rule_version")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_file_id"], ["stored_file.id"], name=op.f("fk_hand_over_sheet_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(["to_id"], ["user.id"], name=op.f("fk_hand_over_to_id_user")),
        sa.ForeignKeyConstraint(["witness_id"], ["user.id"], name=op.f("fk_hand_over_witness_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
        sa.UniqueConstraint("number", name=op.f("uq_hand_over_number")),
    )
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_over_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_over_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_over_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_over_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_over_to_id"), ["to_id"], unique=False)

    op.create_table(
        "asset_custody",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hand_over_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('held', 'borrowed', 'store')", name=op.f("ck_asset_custody_kind")),
        sa.CheckConstraint(
            "previous_until IS NULL OR previous_until = from_at", name=op.f("ck_asset_custody_touches")
        ),
        sa.CheckConstraint("until_at IS NULL OR until_at > from_at", name=op.f("ck_asset_custody_forward")),
        sa.ForeignKeyConstraint(
            ["hand_over_id"], ["hand_over.id"], name=op.f("fk_asset_custody_hand_over_id_hand_over")
        ),
        sa.ForeignKeyConstraint(
            ["item_id", "previous_until"],
            ["asset_custody.item_id", "asset_custody.until_at"],
            name="fk_asset_custody_previous_until",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["asset_item.id"], name=op.f("fk_asset_custody_item_id_asset_item")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_asset_custody_person_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_custody")),
        sa.UniqueConstraint("item_id", "previous_until", name="uq_asset_custody_item_id_previous_until"),
        sa.UniqueConstraint("item_id", "until_at", name="uq_asset_custody_item_id_until_at"),
    )
    with op.batch_alter_table("asset_custody", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asset_custody_hand_over_id"), ["hand_over_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_custody_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_asset_custody_first",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("previous_until IS NULL"),
            postgresql_where=sa.text("previous_until IS NULL"),
        )
        batch_op.create_index(
            "uq_asset_custody_open",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("until_at IS NULL"),
            postgresql_where=sa.text("until_at IS NULL"),
        )

    op.create_table(
        "hand_over_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hand_over_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("condition", sa.String(length=12), nullable=False),
        sa.Column("condition_note", sa.String(length=200), nullable=False),
        sa.Column("accessories", sa.JSON(), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "condition IN ('good', 'worn', 'damaged')", name=op.f("ck_hand_over_line_condition")
        ),
        sa.ForeignKeyConstraint(
            ["hand_over_id"], ["hand_over.id"], name=op.f("fk_hand_over_line_hand_over_id_hand_over")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["asset_item.id"], name=op.f("fk_hand_over_line_item_id_asset_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over_line")),
        sa.UniqueConstraint("hand_over_id", "item_id", name="uq_hand_over_line_hand_over_id_item_id"),
    )
    with op.batch_alter_table("hand_over_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_over_line_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "uq_hand_over_line_open",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open"),
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("hand_over_line", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hand_over_line_open", sqlite_where=sa.text("is_open = 1"), postgresql_where=sa.text("is_open")
        )
        batch_op.drop_index(batch_op.f("ix_hand_over_line_item_id"))

    op.drop_table("hand_over_line")
    with op.batch_alter_table("asset_custody", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_asset_custody_open",
            sqlite_where=sa.text("until_at IS NULL"),
            postgresql_where=sa.text("until_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_asset_custody_first",
            sqlite_where=sa.text("previous_until IS NULL"),
            postgresql_where=sa.text("previous_until IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_asset_custody_person_id"))
        batch_op.drop_index(batch_op.f("ix_asset_custody_hand_over_id"))

    op.drop_table("asset_custody")
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_over_to_id"))
        batch_op.drop_index(batch_op.f("ix_hand_over_status"))
        batch_op.drop_index(batch_op.f("ix_hand_over_owner_id"))
        batch_op.drop_index(batch_op.f("ix_hand_over_from_id"))
        batch_op.drop_index(batch_op.f("ix_hand_over_department_id"))

    op.drop_table("hand_over")
    with op.batch_alter_table("asset_self_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_asset_self_check_item_id"))

    op.drop_table("asset_self_check")
    with op.batch_alter_table("asset_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_asset_item_status"))
        batch_op.drop_index("ix_asset_item_serial_number")
        batch_op.drop_index(batch_op.f("ix_asset_item_place_id"))
        batch_op.drop_index(batch_op.f("ix_asset_item_owner_id"))
        batch_op.drop_index(batch_op.f("ix_asset_item_keeper_id"))
        batch_op.drop_index(batch_op.f("ix_asset_item_department_id"))
        batch_op.drop_index(batch_op.f("ix_asset_item_category_id"))

    op.drop_table("asset_item")
    op.drop_table("asset_place")
    op.drop_table("asset_category")
