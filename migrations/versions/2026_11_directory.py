"""Positions by date, planned structures, and the letters people are found by."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_directory"
down_revision = "2026_11_profiles"
branch_labels = None
depends_on = None

PLACES = "places BETWEEN 1 AND 500"
DATES = "until_date IS NULL OR until_date >= from_date"
NOT_TO_ITSELF = "reports_to_id IS NULL OR reports_to_id <> position_id"
STAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "position",
        *versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
    )
    op.create_table(
        "structure_plan",
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *versioned(),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'adopted', 'dropped')", name=op.f("ck_structure_plan_status")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_structure_plan_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_structure_plan")),
        sa.UniqueConstraint("number", name=op.f("uq_structure_plan_number")),
    )
    with op.batch_alter_table("structure_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_structure_plan_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_structure_plan_status"), ["status"], unique=False)
    create_terms()
    create_holders()
    op.create_table(
        "planned_position",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        *what_it_is(),
        sa.Column("falls_away", sa.Boolean(), nullable=False),
        sa.CheckConstraint(PLACES, name=op.f("ck_planned_position_places")),
        sa.CheckConstraint(NOT_TO_ITSELF, name=op.f("ck_planned_position_not_to_itself")),
        *keys("planned_position"),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["structure_plan.id"], name=op.f("fk_planned_position_plan_id_structure_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_position")),
        sa.UniqueConstraint("plan_id", "position_id", name="uq_planned_position_once"),
    )
    with op.batch_alter_table("planned_position", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_planned_position_position_id"), ["position_id"], unique=False)
    with op.batch_alter_table("user") as batch_op:
        batch_op.add_column(sa.Column("search_key", sa.Text(), nullable=False, server_default=""))
    fill_people(op.get_bind())


def versioned() -> tuple[sa.Column, ...]:
    """Return the columns of a row that several people may edit."""
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", STAMP, nullable=False),
        sa.Column("updated_at", STAMP, nullable=False),
    )


def what_it_is() -> tuple[sa.Column, ...]:
    """Return the columns that say what a position is."""
    return (
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("reports_to_id", sa.Integer(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
    )


def keys(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    """Return the foreign keys of those columns."""
    return tuple(
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
        for column, other in (
            ("department_id", "department"),
            ("position_id", "position"),
            ("reports_to_id", "position"),
        )
    )


def create_terms() -> None:
    """Make the table of what positions were and are."""
    op.create_table(
        "position_term",
        sa.Column("id", sa.Integer(), nullable=False),
        *what_it_is(),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=True),
        sa.CheckConstraint(PLACES, name=op.f("ck_position_term_places")),
        sa.CheckConstraint(DATES, name=op.f("ck_position_term_dates_in_order")),
        sa.CheckConstraint(NOT_TO_ITSELF, name=op.f("ck_position_term_not_to_itself")),
        *keys("position_term"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_term")),
        sa.UniqueConstraint("position_id", "from_date", name="uq_position_term_begin"),
    )
    with op.batch_alter_table("position_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_position_term_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_position_term_reports_to_id"), ["reports_to_id"], unique=False)


def create_holders() -> None:
    """Make the table of who was and is in which position."""
    op.create_table(
        "position_holder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=True),
        sa.Column("created_at", STAMP, nullable=False),
        sa.CheckConstraint("kind IN ('holder', 'deputy', 'successor')", name=op.f("ck_position_holder_kind")),
        sa.CheckConstraint(DATES, name=op.f("ck_position_holder_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_position_holder_position_id_position")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_position_holder_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_holder")),
    )
    with op.batch_alter_table("position_holder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_position_holder_position_id"), ["position_id"], unique=False)
        batch_op.create_index("ix_position_holder_user", ["user_id", "until_date"], unique=False)


def fill_people(connection: sa.Connection) -> None:
    """Give each person the key they are found by."""
    from app.features.people.models import User, search_key  # slow import

    table = sa.Table("user", sa.MetaData(), autoload_with=connection)
    for row in connection.execute(sa.select(table)).all():
        known = User(name=row.name, staff_number=row.staff_number, position=row.position)
        connection.execute(table.update().where(table.c.id == row.id).values(search_key=search_key(known)))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("user", table_kwargs={"sqlite_autoincrement": False}) as batch_op:
        batch_op.drop_column("search_key")
    op.drop_table("planned_position")
    op.drop_table("position_holder")
    op.drop_table("position_term")
    op.drop_table("structure_plan")
    op.drop_table("position")
