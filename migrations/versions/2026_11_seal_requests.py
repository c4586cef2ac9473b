"""Requests for wet seals, consent to further copies, tender checklists; the register names paper and request."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from app.core.db_objects import append_only_statements, drop_append_only_statements

revision = "2026_11_seal_requests"
down_revision = "2026_11_configuration_stamp"
branch_labels = None
depends_on = None

FORMS_BEFORE = "form IN ('electronic', 'paper')"
FORMS = "form IN ('electronic', 'paper', 'wet', 'taken_out')"


def run(statements: list[str]) -> None:
    """Execute statements as they are."""
    for statement in statements:
        op.execute(statement)


def allow_forms(batch_op: BatchOperations, forms: str) -> None:
    """Replace the check of the form."""
    batch_op.drop_constraint(batch_op.f("ck_seal_use_form"), type_="check")
    batch_op.create_check_constraint(batch_op.f("ck_seal_use_form"), sa.text(forms))


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "seal_request",
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("seal_id", sa.Integer(), nullable=False),
        sa.Column("paper_kind", sa.String(length=20), nullable=False),
        sa.Column("doc_type", sa.String(length=40), nullable=True),
        sa.Column("doc_id", sa.Integer(), nullable=True),
        sa.Column("doc_number", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("impressions", sa.Integer(), nullable=False),
        sa.Column("split_seal", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("destination", sa.String(length=200), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by_id", sa.Integer(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("copies_made", sa.Integer(), nullable=True),
        sa.Column("impressions_made", sa.Integer(), nullable=True),
        sa.Column("first_companion_id", sa.Integer(), nullable=True),
        sa.Column("second_companion_id", sa.Integer(), nullable=True),
        sa.Column("due_back", sa.DateTime(timezone=True), nullable=True),
        sa.Column("out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("condition", sa.String(length=12), nullable=True),
        sa.Column("originals", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "condition IS NULL OR condition IN ('sound', 'worn', 'damaged')",
            name=op.f("ck_seal_request_condition"),
        ),
        sa.CheckConstraint("mode IN ('stamp', 'take_out')", name=op.f("ck_seal_request_mode")),
        sa.CheckConstraint(
            "paper_kind IN ('quotation', 'bid', 'contract', 'authorisation', 'letter', 'other')",
            name=op.f("ck_seal_request_paper_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('requested', 'approved', 'handed_over', 'stamped', 'out', 'back', 'closed', 'refused', 'cancelled')",
            name=op.f("ck_seal_request_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('approved', 'handed_over', 'stamped', 'out', 'back', 'closed') OR approved_by_id IS NOT NULL",
            name=op.f("ck_seal_request_approved_by_somebody"),
        ),
        sa.CheckConstraint("(doc_type IS NULL) = (doc_id IS NULL)", name=op.f("ck_seal_request_document")),
        sa.CheckConstraint("copies > 0", name=op.f("ck_seal_request_copies")),
        sa.CheckConstraint("impressions > 0", name=op.f("ck_seal_request_impressions")),
        sa.CheckConstraint(
            "impressions_made IS NULL OR impressions_made BETWEEN 0 AND impressions",
            name=op.f("ck_seal_request_impressions_made"),
        ),
        sa.CheckConstraint("pages > 0", name=op.f("ck_seal_request_pages")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user.id"], name=op.f("fk_seal_request_approved_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_seal_request_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["first_companion_id"], ["user.id"], name=op.f("fk_seal_request_first_companion_id_user")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_seal_request_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["user.id"], name=op.f("fk_seal_request_released_by_id_user")
        ),
        sa.ForeignKeyConstraint(["seal_id"], ["seal.id"], name=op.f("fk_seal_request_seal_id_seal")),
        sa.ForeignKeyConstraint(
            ["second_companion_id"], ["user.id"], name=op.f("fk_seal_request_second_companion_id_user")
        ),
        sa.ForeignKeyConstraint(["used_by_id"], ["user.id"], name=op.f("fk_seal_request_used_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_request")),
        sa.UniqueConstraint("number", name=op.f("uq_seal_request_number")),
    )
    with op.batch_alter_table("seal_request", schema=None) as batch_op:
        batch_op.create_index("ix_seal_request_created", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_seal_request_document", ["doc_type", "doc_id"], unique=False)
        batch_op.create_index("ix_seal_request_due_back", ["status", "due_back"], unique=False)
        batch_op.create_index(batch_op.f("ix_seal_request_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seal_request_seal_id"), ["seal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seal_request_status"), ["status"], unique=False)

    op.create_table(
        "tender_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("needs_file", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("waived", sa.Boolean(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["done_by_id"], ["user.id"], name=op.f("fk_tender_item_done_by_id_user")),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_tender_item_inquiry_id_inquiry"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_tender_item_stored_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender_item")),
        sa.UniqueConstraint("inquiry_id", "position", name="uq_tender_item_position"),
    )
    with op.batch_alter_table("tender_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tender_item_inquiry_id"), ["inquiry_id"], unique=False)

    op.create_table(
        "extra_copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consented_by_id", sa.Integer(), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "consented_by_id IS NULL OR consented_by_id <> asked_by_id",
            name=op.f("ck_extra_copies_two_persons"),
        ),
        sa.CheckConstraint("copies BETWEEN 1 AND 10", name=op.f("ck_extra_copies_copies")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_extra_copies_asked_by_id_user")),
        sa.ForeignKeyConstraint(
            ["consented_by_id"], ["user.id"], name=op.f("fk_extra_copies_consented_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["quotation_revision.id"],
            name=op.f("fk_extra_copies_revision_id_quotation_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_copies")),
    )
    with op.batch_alter_table("extra_copies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extra_copies_revision_id"), ["revision_id"], unique=False)

    dialect = op.get_bind().dialect.name
    run(drop_append_only_statements("seal_use", dialect))
    with op.batch_alter_table("seal_use", schema=None) as batch_op:
        allow_forms(batch_op, FORMS)
        batch_op.add_column(sa.Column("title", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_seal_use_request_id"), ["request_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_seal_use_request_id_seal_request"), "seal_request", ["request_id"], ["id"]
        )
    run(append_only_statements("seal_use", dialect))


def downgrade() -> None:
    """Go back."""
    dialect = op.get_bind().dialect.name
    run(drop_append_only_statements("seal_use", dialect))
    # What was pressed by hand has no place in the older register.
    op.execute("DELETE FROM seal_use WHERE form IN ('wet', 'taken_out')")
    with op.batch_alter_table("seal_use", schema=None) as batch_op:
        allow_forms(batch_op, FORMS_BEFORE)
        batch_op.drop_constraint(batch_op.f("fk_seal_use_request_id_seal_request"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_seal_use_request_id"))
        batch_op.drop_column("request_id")
        batch_op.drop_column("title")
    run(append_only_statements("seal_use", dialect))

    with op.batch_alter_table("extra_copies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extra_copies_revision_id"))

    op.drop_table("extra_copies")
    with op.batch_alter_table("tender_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tender_item_inquiry_id"))

    op.drop_table("tender_item")
    with op.batch_alter_table("seal_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seal_request_status"))
        batch_op.drop_index(batch_op.f("ix_seal_request_seal_id"))
        batch_op.drop_index(batch_op.f("ix_seal_request_owner_id"))
        batch_op.drop_index("ix_seal_request_due_back")
        batch_op.drop_index("ix_seal_request_document")
        batch_op.drop_index("ix_seal_request_created")

    op.drop_table("seal_request")
