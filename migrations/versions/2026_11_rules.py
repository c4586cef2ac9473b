"""Rules: versions of clauses, comments, records of the procedure, reading and signing."""

import sqlalchemy as sa
from alembic import op

from app.core.db_objects import append_only_statements, drop_append_only_statements

revision = "2026_11_rules"
down_revision = "2026_11_counting_indexes"
branch_labels = None
depends_on = None

APPEND_ONLY = ("rule_evidence", "rule_signature")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "rule",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_rule_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
        sa.UniqueConstraint("number", name=op.f("uq_rule_number")),
    )
    with op.batch_alter_table("rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "rule_clause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_clause_rule_id_rule")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_clause")),
    )
    with op.batch_alter_table("rule_clause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_clause_rule_id"), ["rule_id"], unique=False)

    op.create_table(
        "rule_version",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.Column("correction", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("for_everybody", sa.Boolean(), nullable=False),
        sa.Column("affects_staff", sa.Boolean(), nullable=False),
        sa.Column("comments_until", sa.Date(), nullable=True),
        sa.Column("consulted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("material", sa.Boolean(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_on", sa.Date(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "category IN ('organisation', 'sales', 'contracts', 'finance', 'assets', 'people', 'other')",
            name=op.f("ck_rule_version_category"),
        ),
        sa.CheckConstraint(
            "status <> 'void' OR void_on IS NOT NULL", name=op.f("ck_rule_version_void_from_a_day")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'consultation', 'review', 'approved', 'void', 'dropped')",
            name=op.f("ck_rule_version_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('approved', 'void') OR (effective_on IS NOT NULL AND edition IS NOT NULL AND content_hash IS NOT NULL AND approved_by_id IS NOT NULL)",
            name=op.f("ck_rule_version_published_whole"),
        ),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_rule_version_sequence")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user.id"], name=op.f("fk_rule_version_approved_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_rule_version_department_id_department")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_rule_version_owner_id_user")),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_version_rule_id_rule")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
        sa.UniqueConstraint("number", name=op.f("uq_rule_version_number")),
        sa.UniqueConstraint("rule_id", "sequence", name="uq_rule_version_sequence"),
    )
    with op.batch_alter_table("rule_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_version_department_id"), ["department_id"], unique=False)
        batch_op.create_index("ix_rule_version_effect", ["rule_id", "effective_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_rule_version_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rule_version_status"), ["status"], unique=False)

    op.create_table(
        "clause_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("style", sa.String(length=24), nullable=False),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("cited", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("plain", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "style IN ('chapter', 'section', 'article', 'han', 'han_in_brackets', 'decimal', 'decimal_in_brackets', 'circled', 'none')",
            name=op.f("ck_clause_text_style"),
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 6", name=op.f("ck_clause_text_level")),
        sa.CheckConstraint("start IS NULL OR start BETWEEN 1 AND 999", name=op.f("ck_clause_text_start")),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["rule_clause.id"], name=op.f("fk_clause_text_clause_id_rule_clause")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rule_version.id"], name=op.f("fk_clause_text_version_id_rule_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause_text")),
        sa.UniqueConstraint("version_id", "clause_id", name="uq_clause_text_once_in_a_version"),
    )
    with op.batch_alter_table("clause_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clause_text_clause_id"), ["clause_id"], unique=False)
        batch_op.create_index("ix_clause_text_place", ["version_id", "position"], unique=False)

    op.create_table(
        "procedure_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("participants", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('staff_discussion', 'equal_consultation')", name=op.f("ck_procedure_record_kind")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["user.id"], name=op.f("fk_procedure_record_entered_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"],
            ["stored_file.id"],
            name=op.f("fk_procedure_record_stored_file_id_stored_file"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rule_version.id"], name=op.f("fk_procedure_record_version_id_rule_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_record")),
        sa.UniqueConstraint("version_id", "kind", name="uq_procedure_record_kind"),
    )
    op.create_table(
        "rule_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "answer IS NULL OR answer IN ('adopted', 'declined')", name=op.f("ck_rule_comment_answer")
        ),
        sa.CheckConstraint(
            "answer IS NULL OR answered_by_id IS NOT NULL", name=op.f("ck_rule_comment_answered_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user.id"], name=op.f("fk_rule_comment_answered_by_id_user")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_rule_comment_author_id_user")),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["rule_clause.id"], name=op.f("fk_rule_comment_clause_id_rule_clause")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rule_version.id"], name=op.f("fk_rule_comment_version_id_rule_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_comment")),
    )
    with op.batch_alter_table("rule_comment", schema=None) as batch_op:
        batch_op.create_index("ix_rule_comment_version", ["version_id"], unique=False)

    op.create_table(
        "rule_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("signatures", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_rule_evidence_made_by_id_user")),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_rule_evidence_stored_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_rule_evidence_user_id_user")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rule_version.id"], name=op.f("fk_rule_evidence_version_id_rule_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_evidence")),
        sa.UniqueConstraint("code", name=op.f("uq_rule_evidence_code")),
        sa.UniqueConstraint("document_id", name=op.f("uq_rule_evidence_document_id")),
    )
    with op.batch_alter_table("rule_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_evidence_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_rule_evidence_version_id"), ["version_id"], unique=False)

    op.create_table(
        "rule_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("answer", sa.Integer(), nullable=False),
        sa.CheckConstraint("answer >= 0", name=op.f("ck_rule_question_answer")),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["rule_clause.id"], name=op.f("fk_rule_question_clause_id_rule_clause")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rule_version.id"], name=op.f("fk_rule_question_version_id_rule_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_question")),
    )
    with op.batch_alter_table("rule_question", schema=None) as batch_op:
        batch_op.create_index("ix_rule_question_version", ["version_id", "position"], unique=False)

    op.create_table(
        "rule_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_rule_reading_user_id_user")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rule_version.id"], name=op.f("fk_rule_reading_version_id_rule_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_reading")),
        sa.UniqueConstraint("version_id", "user_id", name="uq_rule_reading_person"),
    )
    with op.batch_alter_table("rule_reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_reading_user_id"), ["user_id"], unique=False)

    op.create_table(
        "rule_scope",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(department_id IS NULL) <> (role IS NULL)", name=op.f("ck_rule_scope_department_or_role")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_rule_scope_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["rule_version.id"],
            name=op.f("fk_rule_scope_version_id_rule_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_scope")),
    )
    with op.batch_alter_table("rule_scope", schema=None) as batch_op:
        batch_op.create_index("ix_rule_scope_version", ["version_id"], unique=False)

    op.create_table(
        "rule_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("staff_number", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(way = 'paper') = (entered_by_id IS NOT NULL AND stored_file_id IS NOT NULL)",
            name=op.f("ck_rule_signature_paper"),
        ),
        sa.CheckConstraint("way IN ('account', 'paper')", name=op.f("ck_rule_signature_way")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["user.id"], name=op.f("fk_rule_signature_entered_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_rule_signature_stored_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_rule_signature_user_id_user")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rule_version.id"], name=op.f("fk_rule_signature_version_id_rule_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_signature")),
        sa.UniqueConstraint("version_id", "user_id", name="uq_rule_signature_person"),
    )
    with op.batch_alter_table("rule_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_signature_user_id"), ["user_id"], unique=False)
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in append_only_statements(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    """Go back."""
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in drop_append_only_statements(table, dialect):
            op.execute(statement)
    with op.batch_alter_table("rule_signature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_signature_user_id"))

    op.drop_table("rule_signature")
    with op.batch_alter_table("rule_scope", schema=None) as batch_op:
        batch_op.drop_index("ix_rule_scope_version")

    op.drop_table("rule_scope")
    with op.batch_alter_table("rule_reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_reading_user_id"))

    op.drop_table("rule_reading")
    with op.batch_alter_table("rule_question", schema=None) as batch_op:
        batch_op.drop_index("ix_rule_question_version")

    op.drop_table("rule_question")
    with op.batch_alter_table("rule_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_evidence_version_id"))
        batch_op.drop_index(batch_op.f("ix_rule_evidence_sha256"))

    op.drop_table("rule_evidence")
    with op.batch_alter_table("rule_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_rule_comment_version")

    op.drop_table("rule_comment")
    op.drop_table("procedure_record")
    with op.batch_alter_table("clause_text", schema=None) as batch_op:
        batch_op.drop_index("ix_clause_text_place")
        batch_op.drop_index(batch_op.f("ix_clause_text_clause_id"))

    op.drop_table("clause_text")
    with op.batch_alter_table("rule_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_version_status"))
        batch_op.drop_index(batch_op.f("ix_rule_version_owner_id"))
        batch_op.drop_index("ix_rule_version_effect")
        batch_op.drop_index(batch_op.f("ix_rule_version_department_id"))

    op.drop_table("rule_version")
    with op.batch_alter_table("rule_clause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_clause_rule_id"))

    op.drop_table("rule_clause")
    with op.batch_alter_table("rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_owner_id"))

    op.drop_table("rule")
