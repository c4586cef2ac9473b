"""What people give of themselves and to whom, cards, thanks, who looked; the list of erasures."""

import sqlalchemy as sa
from alembic import op

from app.core.db_objects import append_only_statements, drop_append_only_statements

revision = "2026_11_profiles"
down_revision = "2026_11_tasks_by_kind"
branch_labels = None
depends_on = None

FIELDS = "'birthday', 'anniversary', 'photo', 'about', 'skills', 'hobbies', 'mobile'"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "erasure",
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_erasure")),
    )
    create_profile()
    op.create_table(
        "birth_year",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_birth_year_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_birth_year")),
    )
    op.create_table(
        "employment",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("joined_month", sa.Integer(), nullable=False),
        sa.Column("joined_day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_employment_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_employment")),
    )
    create_consent()
    create_cards()
    create_thanks()
    op.create_table(
        "profile_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('view', 'export')", name=op.f("ck_profile_access_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_profile_access_person_id_user")),
        sa.ForeignKeyConstraint(["reader_id"], ["user.id"], name=op.f("fk_profile_access_reader_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_access")),
        sa.UniqueConstraint("person_id", "reader_id", "kind", "day", name="uq_profile_access_day"),
    )
    with op.batch_alter_table("profile_access", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_profile_access_reader_id"), ["reader_id"], unique=False)


def create_profile() -> None:
    """Create the table of voluntary data."""
    op.create_table(
        "profile",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("birthday_calendar", sa.String(length=8), nullable=True),
        sa.Column("birthday_month", sa.Integer(), nullable=True),
        sa.Column("birthday_day", sa.Integer(), nullable=True),
        sa.Column("birthday_leap", sa.Boolean(), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("skills", sa.String(length=300), nullable=False),
        sa.Column("hobbies", sa.String(length=300), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "birthday_calendar IS NULL OR birthday_calendar IN ('solar', 'lunar')",
            name=op.f("ck_profile_calendar"),
        ),
        sa.CheckConstraint(
            "(birthday_calendar IS NULL) = (birthday_month IS NULL)"
            " AND (birthday_month IS NULL) = (birthday_day IS NULL)",
            name=op.f("ck_profile_birthday_whole"),
        ),
        sa.ForeignKeyConstraint(["id"], ["user.id"], name=op.f("fk_profile_id_user")),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["stored_file.id"], name=op.f("fk_profile_photo_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
    )
    with op.batch_alter_table("profile", schema=None) as batch_op:
        batch_op.create_index("ix_profile_birthday", ["birthday_month", "birthday_day"], unique=False)


def create_consent() -> None:
    """Create the table of consents, whose rows the database keeps as they are."""
    op.create_table(
        "profile_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.String(length=12), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("wording_version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"field IN ({FIELDS})", name=op.f("ck_profile_consent_field")),
        sa.CheckConstraint(
            "audience IN ('nobody', 'me', 'manager', 'department', 'company')",
            name=op.f("ck_profile_consent_audience"),
        ),
        sa.CheckConstraint(
            "(audience = 'department') = (department_id IS NOT NULL)",
            name=op.f("ck_profile_consent_department"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_profile_consent_user_id_user")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_profile_consent_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_consent")),
    )
    with op.batch_alter_table("profile_consent", schema=None) as batch_op:
        batch_op.create_index("ix_profile_consent_latest", ["user_id", "field", "id"], unique=False)
    for statement in append_only_statements("profile_consent", op.get_bind().dialect.name):
        op.execute(statement)


def create_cards() -> None:
    """Create cards with their lines."""
    op.create_table(
        "greeting_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("occasion IN ('birthday', 'anniversary')", name=op.f("ck_greeting_card_occasion")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_greeting_card_person_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_greeting_card")),
        sa.UniqueConstraint("person_id", "occasion", "day", name="uq_greeting_card_day"),
    )
    with op.batch_alter_table("greeting_card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_greeting_card_day"), ["day"], unique=False)
    op.create_table(
        "greeting_card_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["greeting_card.id"], name=op.f("fk_greeting_card_line_card_id_greeting_card")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_greeting_card_line_author_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_greeting_card_line")),
        sa.UniqueConstraint("card_id", "author_id", name="uq_greeting_card_line_author"),
    )
    with op.batch_alter_table("greeting_card_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_greeting_card_line_author_id"), ["author_id"], unique=False)


def create_thanks() -> None:
    """Create the table of thanks."""
    op.create_table(
        "thanks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("audience", sa.String(length=12), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("audience IN ('person', 'department')", name=op.f("ck_thanks_audience")),
        sa.CheckConstraint(
            "(audience = 'department') = (department_id IS NOT NULL)", name=op.f("ck_thanks_department")
        ),
        sa.CheckConstraint("author_id <> person_id", name=op.f("ck_thanks_two_people")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_thanks_author_id_user")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_thanks_person_id_user")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_thanks_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thanks")),
    )
    with op.batch_alter_table("thanks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thanks_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_thanks_person", ["person_id", "id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("profile_access")
    op.drop_table("thanks")
    op.drop_table("greeting_card_line")
    op.drop_table("greeting_card")
    for statement in drop_append_only_statements("profile_consent", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("profile_consent")
    op.drop_table("employment")
    op.drop_table("birth_year")
    op.drop_table("profile")
    op.drop_table("erasure")
