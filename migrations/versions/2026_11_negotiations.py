"""Negotiations, notes of calls, the terms library; lines known through all revisions; how a rival's price was learnt."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_negotiations"
down_revision = "2026_11_customers_contacts_imports"
branch_labels = None
depends_on = None

TEXT = {"nullable": False, "server_default": ""}
KINDS = "'inquiry', 'comparison', 'tender', 'central'"
PAYMENTS = "'prepaid', 'thirty_seventy', 'thirty_sixty_ten', 'on_delivery', 'monthly', 'other'"


def create_negotiation() -> None:
    op.create_table(
        "negotiation",
        sa.Column("quotation_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("counterpart", sa.String(length=120), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("offered", sa.Text(), nullable=False),
        sa.Column("outside_payment", sa.Boolean(), nullable=False),
        sa.Column("outside_price", sa.Boolean(), nullable=False),
        sa.Column("outside_liability", sa.Boolean(), nullable=False),
        sa.Column("next_step", sa.String(length=300), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_for", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('recorded', 'waiting', 'consented', 'refused', 'lapsed')",
            name=op.f("ck_negotiation_status"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user.id"], name=op.f("fk_negotiation_answered_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_negotiation_department_id_department")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_negotiation_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["quotation_id"], ["quotation.id"], name=op.f("fk_negotiation_quotation_id_quotation")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["quotation_revision.id"],
            name=op.f("fk_negotiation_revision_id_quotation_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negotiation")),
        sa.UniqueConstraint("number", name=op.f("uq_negotiation_number")),
    )
    with op.batch_alter_table("negotiation") as batch_op:
        batch_op.create_index("ix_negotiation_list", ["held_at", "id"], unique=False)
        batch_op.create_index("ix_negotiation_quotation_status", ["quotation_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_negotiation_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_negotiation_revision_id"), ["revision_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_negotiation_status"), ["status"], unique=False)


def create_contact_note() -> None:
    op.create_table(
        "contact_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quotation_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_contact_note_author_id_user")),
        sa.ForeignKeyConstraint(
            ["quotation_id"], ["quotation.id"], name=op.f("fk_contact_note_quotation_id_quotation")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["quotation_revision.id"],
            name=op.f("fk_contact_note_revision_id_quotation_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_note")),
    )
    with op.batch_alter_table("contact_note") as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_note_quotation_id"), ["quotation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_note_revision_id"), ["revision_id"], unique=False)


def create_terms_set() -> None:
    op.create_table(
        "terms_set",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("legal_entity_id", sa.Integer(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("payment_term", sa.String(length=20), nullable=False),
        sa.Column("payment_other", sa.String(length=300), nullable=False),
        sa.Column("freight", sa.String(length=20), nullable=False),
        sa.Column("delivery_place", sa.String(length=300), nullable=False),
        sa.Column("delivery_start", sa.String(length=200), nullable=False),
        sa.Column("packing", sa.String(length=300), nullable=False),
        sa.Column("acceptance", sa.String(length=300), nullable=False),
        sa.Column("warranty", sa.String(length=300), nullable=False),
        sa.Column("other_terms", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IS NULL OR kind IN ({KINDS})", name=op.f("ck_terms_set_kind")),
        sa.CheckConstraint(
            f"payment_term = '' OR payment_term IN ({PAYMENTS})", name=op.f("ck_terms_set_payment_term")
        ),
        sa.CheckConstraint(
            "freight = '' OR freight IN ('included', 'excluded')", name=op.f("ck_terms_set_freight")
        ),
        sa.ForeignKeyConstraint(
            ["legal_entity_id"], ["legal_entity.id"], name=op.f("fk_terms_set_legal_entity_id_legal_entity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_set")),
    )


def upgrade() -> None:
    """Go forward."""
    create_negotiation()
    create_contact_note()
    create_terms_set()
    with op.batch_alter_table("quotation") as batch_op:
        batch_op.add_column(sa.Column("followed_up_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("quotation_revision") as batch_op:
        batch_op.add_column(sa.Column("approved_before", sa.JSON(), nullable=True))
    with op.batch_alter_table("quotation_line") as batch_op:
        batch_op.add_column(sa.Column("origin", sa.String(length=16), **TEXT))
    with op.batch_alter_table("inquiry") as batch_op:
        batch_op.add_column(sa.Column("price_source", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("price_source_note", sa.String(length=300), **TEXT))
    with op.batch_alter_table("quotation_line") as batch_op:
        batch_op.alter_column("origin", server_default=None)
    with op.batch_alter_table("inquiry") as batch_op:
        batch_op.alter_column("price_source_note", server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_inquiry_price_source"),
            "price_source IS NULL OR price_source IN ('opening', 'customer', 'other')",
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("inquiry") as batch_op:
        batch_op.drop_constraint(op.f("ck_inquiry_price_source"), type_="check")
        batch_op.drop_column("price_source_note")
        batch_op.drop_column("price_source")
    with op.batch_alter_table("quotation_line") as batch_op:
        batch_op.drop_column("origin")
    with op.batch_alter_table("quotation_revision") as batch_op:
        batch_op.drop_column("approved_before")
    with op.batch_alter_table("quotation") as batch_op:
        batch_op.drop_column("followed_up_at")
    op.drop_table("terms_set")
    op.drop_table("contact_note")
    op.drop_table("negotiation")
