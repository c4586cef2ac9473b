"""Contacts and levels of customers, categories of products, what both are looked for by, imports."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_customers_contacts_imports"
down_revision = "2026_11_seal_requests"
branch_labels = None
depends_on = None

# The last of the parts of a search entry, which no entry fills by itself.
SPOKEN_PART = 999


def upgrade() -> None:
    """Go forward."""
    # SQLite hands the highest id out again once its row is deleted, unless the table is made to count on.
    with op.batch_alter_table(
        "customer",
        recreate="always" if is_sqlite() else "auto",
        table_kwargs={"sqlite_autoincrement": True},
    ) as batch_op:
        batch_op.add_column(sa.Column("level", sa.String(1), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("search_key", sa.Text(), nullable=False, server_default=""))
        batch_op.create_check_constraint(op.f("ck_customer_level_known"), "level IN ('', 'A', 'B', 'C')")
        batch_op.create_index(op.f("ix_customer_level"), ["level"], unique=False)
    with op.batch_alter_table(
        "product",
        recreate="always" if is_sqlite() else "auto",
        table_kwargs={"sqlite_autoincrement": True},
    ) as batch_op:
        batch_op.add_column(sa.Column("category", sa.String(80), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("search_key", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index(op.f("ix_product_category"), ["category"], unique=False)
    with op.batch_alter_table("quotation_line") as batch_op:
        batch_op.create_index(op.f("ix_quotation_line_product_id"), ["product_id"], unique=False)
    create_contacts()
    create_imports()
    fill_customers(op.get_bind())
    fill_products(op.get_bind())


def is_sqlite() -> bool:
    """Tell whether this database is SQLite."""
    return op.get_bind().dialect.name == "sqlite"


def create_contacts() -> None:
    """Create the people at customers."""
    op.create_table(
        "customer_contact",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("position", sa.String(80), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("email", sa.String(120), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_customer_contact_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_contact")),
    )
    with op.batch_alter_table("customer_contact") as batch_op:
        batch_op.create_index(op.f("ix_customer_contact_customer_id"), ["customer_id"], unique=False)


def create_imports() -> None:
    """Create the batches of imports and their rows."""
    numbers = ("total", "done", "created_rows", "changed_rows", "skipped_rows", "faulty_rows", "removed_rows")
    op.create_table(
        "import_batch",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("owner_name", sa.String(80), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("sheet", sa.String(120), nullable=False),
        sa.Column("other_sheets", sa.JSON(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("update_existing", sa.Boolean(), nullable=False),
        sa.Column("accept_similar", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_import_batch_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_import_batch_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_table(
        "import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("doc_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batch.id"],
            name=op.f("fk_import_row_batch_id_import_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
    )
    with op.batch_alter_table("import_batch") as batch_op:
        batch_op.create_index("ix_import_batch_list", ["kind", "created_at"], unique=False)
    with op.batch_alter_table("import_row") as batch_op:
        batch_op.create_index("ix_import_row_place", ["batch_id", "number"], unique=False)
        batch_op.create_index("ix_import_row_outcome", ["batch_id", "outcome", "number"], unique=False)


def fill_customers(connection: sa.Connection) -> None:
    """Give each customer the keys the program looks by, a main contact, and their pinyin in the search."""
    from app.core import pinyin  # slow import
    from app.features.customers.models import Customer, name_key, region_text, search_key  # slow import

    metadata = sa.MetaData()
    table = sa.Table("customer", metadata, autoload_with=connection)
    contact = sa.Table("customer_contact", metadata, autoload_with=connection)
    names = (
        "number",
        "name",
        "short_name",
        "region",
        "contact_name",
        "contact_phone",
        "phone",
        "credit_code",
    )
    for row in connection.execute(sa.select(table)).all():
        region = region_text(row.region)
        known = Customer(**{**{name: getattr(row, name) for name in names}, "region": region})
        keys = {"name_key": name_key(row.name), "search_key": search_key(known), "region": region}
        connection.execute(table.update().where(table.c.id == row.id).values(**keys))
        if row.contact_name or row.contact_phone:
            connection.execute(
                contact.insert().values(
                    customer_id=row.id,
                    name=row.contact_name,
                    position="",
                    phone=row.contact_phone,
                    email="",
                    note="",
                    main=True,
                    version=1,
                    created_at=row.updated_at,
                    updated_at=row.updated_at,
                )
            )
        speak(connection, "customer", row.id, pinyin.keys(f"{row.name} {row.short_name}"))


def fill_products(connection: sa.Connection) -> None:
    """Give each product the key the program looks by, and its pinyin in the search."""
    from app.core import pinyin  # slow import
    from app.features.products.models import Product, search_key  # slow import

    table = sa.Table("product", sa.MetaData(), autoload_with=connection)
    names = ("code", "name", "brand", "model", "spec")
    for row in connection.execute(sa.select(table)).all():
        known = Product(**{name: getattr(row, name) for name in names}, category="")
        connection.execute(table.update().where(table.c.id == row.id).values(search_key=search_key(known)))
        speak(connection, "product", row.id, pinyin.keys(row.name))


def speak(connection: sa.Connection, doc_type: str, doc_id: int, keys: str) -> None:
    """Add the pinyin of a record to its entry in the search, as one more part."""
    from app.core.search import parts_of  # slow import

    found = connection.execute(
        sa.text("SELECT id FROM search_entry WHERE doc_type = :doc_type AND doc_id = :doc_id"),
        {"doc_type": doc_type, "doc_id": doc_id},
    ).scalar_one_or_none()
    part = next(parts_of(keys), None)
    if found is None or part is None:
        return
    if is_sqlite():
        connection.execute(
            sa.text("INSERT INTO search_part (rowid, tokens) VALUES (:row, :tokens)"),
            {"row": found * 1_000 + SPOKEN_PART, "tokens": " ".join(part)},
        )
        return
    tokens = " ".join(f"'{item}':{place}" for place, item in enumerate(part, 1))
    connection.execute(
        sa.text(
            "INSERT INTO search_part (entry_id, number, tokens) VALUES (:entry, :number, CAST(:tokens AS tsvector))"
        ),
        {"entry": found, "number": SPOKEN_PART, "tokens": tokens},
    )


def downgrade() -> None:
    """Go back."""
    search_part = sa.table("search_part", sa.column("rowid"), sa.column("number"))
    place = search_part.c.rowid % 1_000 if is_sqlite() else search_part.c.number
    op.execute(sa.delete(search_part).where(place == SPOKEN_PART))
    op.drop_table("import_row")
    op.drop_table("import_batch")
    op.drop_table("customer_contact")
    with op.batch_alter_table("quotation_line") as batch_op:
        batch_op.drop_index(op.f("ix_quotation_line_product_id"))
    with op.batch_alter_table(
        "product",
        table_kwargs={"sqlite_autoincrement": False},
    ) as batch_op:
        batch_op.drop_index(op.f("ix_product_category"))
        batch_op.drop_column("search_key")
        batch_op.drop_column("category")
    with op.batch_alter_table(
        "customer",
        table_kwargs={"sqlite_autoincrement": False},
    ) as batch_op:
        batch_op.drop_index(op.f("ix_customer_level"))
        batch_op.drop_constraint(op.f("ck_customer_level_known"), type_="check")
        batch_op.drop_column("search_key")
        batch_op.drop_column("level")
