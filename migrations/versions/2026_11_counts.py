"""Stock counts: the count, its places, a line for each item, what was found without a label."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_counts"
down_revision = "2026_11_vehicles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "stock_count",
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("only_department_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'counting', 'reconciling', 'approved', 'closed', 'cancelled')",
            name=op.f("ck_stock_count_status"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user.id"], name=op.f("fk_stock_count_approved_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["asset_category.id"], name=op.f("fk_stock_count_category_id_asset_category")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_stock_count_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["only_department_id"],
            ["department.id"],
            name=op.f("fk_stock_count_only_department_id_department"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_stock_count_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("number", name=op.f("uq_stock_count_number")),
    )
    with op.batch_alter_table("stock_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_count_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_count_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_count_status"), ["status"], unique=False)
    op.create_table(
        "stock_count_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.Column("expected_status", sa.String(length=32), nullable=False),
        sa.Column("expected_place_id", sa.Integer(), nullable=True),
        sa.Column("expected_keeper_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_by_id", sa.Integer(), nullable=True),
        sa.Column("found_place_id", sa.Integer(), nullable=True),
        sa.Column("person_seen_id", sa.Integer(), nullable=True),
        sa.Column("remedy", sa.String(length=16), nullable=True),
        sa.Column("remedy_note", sa.String(length=200), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "remedy IS NULL OR remedy IN ('move', 'put_back', 'report_loss', 'found_again', 'offer', 'registered', 'leave')",
            name=op.f("ck_stock_count_line_remedy"),
        ),
        sa.CheckConstraint(
            "result IN ('match', 'misplaced', 'missing', 'surplus', 'other_keeper')",
            name=op.f("ck_stock_count_line_result"),
        ),
        sa.CheckConstraint(
            "(found_at IS NULL) = (found_by_id IS NULL)", name=op.f("ck_stock_count_line_found")
        ),
        sa.CheckConstraint("expected OR found_at IS NOT NULL", name=op.f("ck_stock_count_line_known")),
        sa.ForeignKeyConstraint(
            ["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_line_count_id_stock_count")
        ),
        sa.ForeignKeyConstraint(
            ["expected_keeper_id"], ["user.id"], name=op.f("fk_stock_count_line_expected_keeper_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["expected_place_id"],
            ["asset_place.id"],
            name=op.f("fk_stock_count_line_expected_place_id_asset_place"),
        ),
        sa.ForeignKeyConstraint(
            ["found_by_id"], ["user.id"], name=op.f("fk_stock_count_line_found_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["found_place_id"],
            ["asset_place.id"],
            name=op.f("fk_stock_count_line_found_place_id_asset_place"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["asset_item.id"], name=op.f("fk_stock_count_line_item_id_asset_item")
        ),
        sa.ForeignKeyConstraint(
            ["person_seen_id"], ["user.id"], name=op.f("fk_stock_count_line_person_seen_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count_line")),
        sa.UniqueConstraint("count_id", "item_id", name="uq_stock_count_line_count_id_item_id"),
    )
    with op.batch_alter_table("stock_count_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_count_line_item_id"), ["item_id"], unique=False)
    op.create_table(
        "stock_count_place",
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_place_count_id_stock_count")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["asset_place.id"], name=op.f("fk_stock_count_place_place_id_asset_place")
        ),
        sa.PrimaryKeyConstraint("count_id", "place_id", name=op.f("pk_stock_count_place")),
    )
    op.create_table(
        "stock_count_stray",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by_id", sa.Integer(), nullable=False),
        sa.Column("remedy", sa.String(length=16), nullable=True),
        sa.Column("remedy_note", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "remedy IS NULL OR remedy <> 'registered' OR item_id IS NOT NULL",
            name=op.f("ck_stock_count_stray_registered"),
        ),
        sa.CheckConstraint(
            "remedy IS NULL OR remedy IN ('registered', 'leave')", name=op.f("ck_stock_count_stray_remedy")
        ),
        sa.ForeignKeyConstraint(
            ["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_stray_count_id_stock_count")
        ),
        sa.ForeignKeyConstraint(
            ["found_by_id"], ["user.id"], name=op.f("fk_stock_count_stray_found_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["asset_item.id"], name=op.f("fk_stock_count_stray_item_id_asset_item")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["asset_place.id"], name=op.f("fk_stock_count_stray_place_id_asset_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count_stray")),
        sa.UniqueConstraint("count_id", "code", name="uq_stock_count_stray_count_id_code"),
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    """Go back."""
    op.drop_table("stock_count_stray")
    op.drop_table("stock_count_place")
    with op.batch_alter_table("stock_count_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_count_line_item_id"))
    op.drop_table("stock_count_line")
    with op.batch_alter_table("stock_count", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_count_status"))
        batch_op.drop_index(batch_op.f("ix_stock_count_owner_id"))
        batch_op.drop_index(batch_op.f("ix_stock_count_department_id"))
    op.drop_table("stock_count")
