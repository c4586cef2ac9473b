"""Indexes by which lists are sorted and a person's own open tasks are found."""

from alembic import op

revision = "2026_11_index_lists"
down_revision = "2026_11_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("customer") as batch_op:
        batch_op.create_index("ix_customer_updated_at", ["updated_at"], unique=False)
        batch_op.create_index("ix_customer_region", ["region"], unique=False)
    with op.batch_alter_table("product") as batch_op:
        batch_op.create_index("ix_product_brand", ["brand"], unique=False)
        batch_op.create_index("ix_product_list_price", ["list_price"], unique=False)
    with op.batch_alter_table("task") as batch_op:
        batch_op.drop_index("ix_task_closed_at")
        batch_op.drop_index("ix_task_permission")
        batch_op.drop_index("ix_task_user_id")
        batch_op.create_index("ix_task_open_person", ["user_id", "closed_at"], unique=False)
        batch_op.create_index("ix_task_open_permission", ["permission", "closed_at"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("task") as batch_op:
        batch_op.drop_index("ix_task_open_permission")
        batch_op.drop_index("ix_task_open_person")
        batch_op.create_index("ix_task_user_id", ["user_id"], unique=False)
        batch_op.create_index("ix_task_permission", ["permission"], unique=False)
        batch_op.create_index("ix_task_closed_at", ["closed_at"], unique=False)
    with op.batch_alter_table("product") as batch_op:
        batch_op.drop_index("ix_product_list_price")
        batch_op.drop_index("ix_product_brand")
    with op.batch_alter_table("customer") as batch_op:
        batch_op.drop_index("ix_customer_region")
        batch_op.drop_index("ix_customer_updated_at")
