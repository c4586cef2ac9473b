"""Products known by code and model in one spelling, and the product a line is said not to be."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_products_of_lines"
down_revision = "2026_11_search_kinds"
branch_labels = None
depends_on = None

LINES = ("inquiry_line", "quotation_line")


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("product", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        for name in ("code_key", "model_key"):
            batch_op.add_column(sa.Column(name, sa.String(120), nullable=False, server_default=""))
    with op.batch_alter_table("product", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        for name in ("code_key", "model_key"):
            batch_op.alter_column(name, server_default=None)
            batch_op.create_index(op.f(f"ix_product_{name}"), [name], unique=False)
    for table in LINES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("unmatched_code", sa.String(40), nullable=False, server_default=""))
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("unmatched_code", server_default=None)
    fill_keys(op.get_bind())


def fill_keys(connection: sa.Connection) -> None:
    """Give each product the keys the program knows it by."""
    from app.features.products.models import number_key  # slow import

    table = sa.Table("product", sa.MetaData(), autoload_with=connection)
    wanted = sa.select(table.c.id, table.c.code, table.c.model)
    for row in connection.execute(wanted).all():
        keys = {"code_key": number_key(row.code), "model_key": number_key(row.model)}
        connection.execute(table.update().where(table.c.id == row.id).values(**keys))


def downgrade() -> None:
    """Go back."""
    for table in LINES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("unmatched_code")
    with op.batch_alter_table("product", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        for name in ("code_key", "model_key"):
            batch_op.drop_index(op.f(f"ix_product_{name}"))
            batch_op.drop_column(name)
