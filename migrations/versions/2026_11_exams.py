"""Questions, tests, sheets, certificates, and signing a rule version by training."""

import sqlalchemy as sa
from alembic import op

from app.core.db_objects import append_only_statements, drop_append_only_statements

revision = "2026_11_exams"
down_revision = "2026_11_training"
branch_labels = None
depends_on = None


def protect(on: bool) -> None:
    """Let the database refuse changes of signatures, or not while its table is rebuilt."""
    make = append_only_statements if on else drop_append_only_statements
    for statement in make("rule_signature", op.get_bind().dialect.name):
        op.execute(statement)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "exam_question",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("difficulty", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "difficulty IN ('basic', 'skilled', 'expert')", name=op.f("ck_exam_question_difficulty")
        ),
        sa.CheckConstraint("kind IN ('single', 'several', 'true_false')", name=op.f("ck_exam_question_kind")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["training_subject.id"], name=op.f("fk_exam_question_subject_id_training_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_question")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("exam_question", schema=None) as batch_op:
        batch_op.create_index("ix_exam_question_subject", ["subject_id", "difficulty"], unique=False)
    op.create_table(
        "exam",
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("draw_count", sa.Integer(), nullable=False),
        sa.Column("draw_subject_id", sa.Integer(), nullable=True),
        sa.Column("draw_difficulty", sa.String(length=12), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "draw_difficulty IS NULL OR draw_difficulty IN ('basic', 'skilled', 'expert')",
            name=op.f("ck_exam_draw_difficulty"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'closed', 'cancelled')", name=op.f("ck_exam_status")
        ),
        sa.CheckConstraint("attempts BETWEEN 1 AND 10", name=op.f("ck_exam_attempts")),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_exam_forward")),
        sa.CheckConstraint("draw_count >= 0", name=op.f("ck_exam_draw_count")),
        sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name=op.f("ck_exam_pass_mark")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_exam_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["draw_subject_id"],
            ["training_subject.id"],
            name=op.f("fk_exam_draw_subject_id_training_subject"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_exam_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_session.id"], name=op.f("fk_exam_session_id_training_session")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["training_subject.id"], name=op.f("fk_exam_subject_id_training_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam")),
        sa.UniqueConstraint("number", name=op.f("uq_exam_number")),
    )
    with op.batch_alter_table("exam", schema=None) as batch_op:
        batch_op.create_index("ix_exam_closes", ["status", "closes_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_exam_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exam_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exam_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exam_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_exam_subject_id"), ["subject_id"], unique=False)
    op.create_table(
        "exam_certificate",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("person_name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("exam_id", sa.Integer(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoke_reason", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoke_reason = '')", name=op.f("ck_exam_certificate_revoked")
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= issued_on", name=op.f("ck_exam_certificate_valid")
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exam.id"], name=op.f("fk_exam_certificate_exam_id_exam")),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["user.id"], name=op.f("fk_exam_certificate_issued_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"],
            ["stored_file.id"],
            name=op.f("fk_exam_certificate_stored_file_id_stored_file"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_exam_certificate_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_exam_certificate_code")),
        sa.UniqueConstraint("document_id", name=op.f("uq_exam_certificate_document_id")),
        sa.UniqueConstraint("number", name=op.f("uq_exam_certificate_number")),
    )
    with op.batch_alter_table("exam_certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exam_certificate_exam_id"), ["exam_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exam_certificate_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_exam_certificate_user_id"), ["user_id"], unique=False)
    op.create_table(
        "exam_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('single', 'several', 'true_false')", name=op.f("ck_exam_item_kind")),
        sa.ForeignKeyConstraint(["exam_id"], ["exam.id"], name=op.f("fk_exam_item_exam_id_exam")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["exam_question.id"], name=op.f("fk_exam_item_question_id_exam_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_item")),
        sa.UniqueConstraint("exam_id", "question_id", name="uq_exam_item_question"),
    )
    with op.batch_alter_table("exam_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exam_item_question_id"), ["question_id"], unique=False)
    op.create_table(
        "exam_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("right_count", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (right_count IS NULL) AND (submitted_at IS NULL) = (passed IS NULL)",
            name=op.f("ck_exam_sheet_judged"),
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_exam_sheet_attempt")),
        sa.CheckConstraint(
            "right_count IS NULL OR right_count BETWEEN 0 AND total", name=op.f("ck_exam_sheet_right_count")
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exam.id"], name=op.f("fk_exam_sheet_exam_id_exam")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_exam_sheet_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_sheet")),
        sa.UniqueConstraint("exam_id", "user_id", "attempt", name="uq_exam_sheet_attempt"),
    )
    with op.batch_alter_table("exam_sheet", schema=None) as batch_op:
        batch_op.create_index("ix_exam_sheet_person", ["user_id", "submitted_at"], unique=False)
    protect(False)
    with op.batch_alter_table("rule_signature") as batch_op:
        batch_op.add_column(sa.Column("basis", sa.String(length=200), nullable=False, server_default=""))
        batch_op.drop_constraint(op.f("ck_rule_signature_way"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_rule_signature_way"), "way IN ('account', 'paper', 'training')"
        )
        batch_op.create_check_constraint(
            op.f("ck_rule_signature_basis"), "(way = 'training') = (basis <> '')"
        )
    with op.batch_alter_table("rule_signature") as batch_op:
        batch_op.alter_column("basis", server_default=None)
    protect(True)


def downgrade() -> None:
    """Go back."""
    protect(False)
    with op.batch_alter_table("rule_signature") as batch_op:
        batch_op.drop_constraint(op.f("ck_rule_signature_basis"), type_="check")
        batch_op.drop_constraint(op.f("ck_rule_signature_way"), type_="check")
        batch_op.create_check_constraint(op.f("ck_rule_signature_way"), "way IN ('account', 'paper')")
        batch_op.drop_column("basis")
    protect(True)
    with op.batch_alter_table("exam_sheet", schema=None) as batch_op:
        batch_op.drop_index("ix_exam_sheet_person")
    op.drop_table("exam_sheet")
    with op.batch_alter_table("exam_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exam_item_question_id"))
    op.drop_table("exam_item")
    with op.batch_alter_table("exam_certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exam_certificate_user_id"))
        batch_op.drop_index(batch_op.f("ix_exam_certificate_sha256"))
        batch_op.drop_index(batch_op.f("ix_exam_certificate_exam_id"))
    op.drop_table("exam_certificate")
    with op.batch_alter_table("exam", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exam_subject_id"))
        batch_op.drop_index(batch_op.f("ix_exam_status"))
        batch_op.drop_index(batch_op.f("ix_exam_session_id"))
        batch_op.drop_index(batch_op.f("ix_exam_owner_id"))
        batch_op.drop_index(batch_op.f("ix_exam_department_id"))
        batch_op.drop_index("ix_exam_closes")
    op.drop_table("exam")
    with op.batch_alter_table("exam_question", schema=None) as batch_op:
        batch_op.drop_index("ix_exam_question_subject")
    op.drop_table("exam_question")
