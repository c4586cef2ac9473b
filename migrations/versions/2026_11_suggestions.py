"""Suggestions, their deadlines, votes, comments, scores, milestones and themes; of what a rule version was begun."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_suggestions"
down_revision = "2026_11_talks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "suggestion_theme",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_theme")),
        sa.UniqueConstraint("month", name="uq_suggestion_theme_month"),
    )
    op.create_table(
        "suggestion",
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("naming", sa.String(length=12), nullable=False),
        sa.Column("receipt_hash", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("clause_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("days_left", sa.Integer(), nullable=True),
        sa.Column("returned_from", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("benefit_estimated", sa.BigInteger(), nullable=True),
        sa.Column("benefit_verified", sa.BigInteger(), nullable=True),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("implementer_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("verified_text", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("rule_version_id", sa.Integer(), nullable=True),
        sa.Column("votes_told", sa.Integer(), nullable=False),
        sa.Column("comments_told", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(naming = 'named') = (owner_id IS NOT NULL)", name=op.f("ck_suggestion_owner_where_named")
        ),
        sa.CheckConstraint(
            "(naming = 'unnamed') = (receipt_hash IS NOT NULL)",
            name=op.f("ck_suggestion_receipt_where_unnamed"),
        ),
        sa.CheckConstraint("naming IN ('named', 'keeper', 'unnamed')", name=op.f("ck_suggestion_naming")),
        sa.CheckConstraint(
            "status <> 'duplicate' OR duplicate_of_id IS NOT NULL", name=op.f("ck_suggestion_duplicate_of")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'accepted', 'returned', 'redirected', 'answered', 'review', 'company_review', 'adopted', 'trial', 'parked', 'declined', 'duplicate', 'implementing', 'verifying', 'done', 'rewarded', 'withdrawn')",
            name=op.f("ck_suggestion_status"),
        ),
        sa.CheckConstraint(
            "number IS NULL OR (submitted_at IS NOT NULL AND month IS NOT NULL)",
            name=op.f("ck_suggestion_submitted"),
        ),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["rule_clause.id"], name=op.f("fk_suggestion_clause_id_rule_clause")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_suggestion_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["suggestion.id"], name=op.f("fk_suggestion_duplicate_of_id_suggestion")
        ),
        sa.ForeignKeyConstraint(
            ["implementer_id"], ["user.id"], name=op.f("fk_suggestion_implementer_id_user")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_suggestion_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_suggestion_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["rule_version_id"], ["rule_version.id"], name=op.f("fk_suggestion_rule_version_id_rule_version")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["suggestion_theme.id"], name=op.f("fk_suggestion_theme_id_suggestion_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint("number", name=op.f("uq_suggestion_number")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_suggestion_proposal_id")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_suggestion_receipt_hash")),
    )
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestion_department_id"), ["department_id"], unique=False)
        batch_op.create_index("ix_suggestion_due_at", ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_duplicate_of_id"), ["duplicate_of_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_implementer_id"), ["implementer_id"], unique=False)
        batch_op.create_index("ix_suggestion_month", ["month", "department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_status"), ["status"], unique=False)

    op.create_table(
        "suggestion_author",
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_suggestion_author_suggestion_id_suggestion")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_suggestion_author_user_id_user")),
        sa.PrimaryKeyConstraint("suggestion_id", name=op.f("pk_suggestion_author")),
    )
    with op.batch_alter_table("suggestion_author", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestion_author_user_id"), ["user_id"], unique=False)

    op.create_table(
        "suggestion_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_suggestion_comment_suggestion_id_suggestion")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_suggestion_comment_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_comment")),
    )
    with op.batch_alter_table("suggestion_comment", schema=None) as batch_op:
        batch_op.create_index("ix_suggestion_comment_suggestion", ["suggestion_id"], unique=False)

    op.create_table(
        "suggestion_deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('accept', 'department', 'company', 'answer')",
            name=op.f("ck_suggestion_deadline_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_suggestion_deadline_suggestion_id_suggestion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_deadline")),
    )
    with op.batch_alter_table("suggestion_deadline", schema=None) as batch_op:
        batch_op.create_index("ix_suggestion_deadline_due_at", ["due_at"], unique=False)
        batch_op.create_index("ix_suggestion_deadline_suggestion", ["suggestion_id"], unique=False)

    op.create_table(
        "suggestion_effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("benefit", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["user.id"], name=op.f("fk_suggestion_effect_checked_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_suggestion_effect_suggestion_id_suggestion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_effect")),
        sa.UniqueConstraint("suggestion_id", "months", name="uq_suggestion_effect_months"),
    )
    with op.batch_alter_table("suggestion_effect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestion_effect_due_on"), ["due_on"], unique=False)

    op.create_table(
        "suggestion_milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestion.id"],
            name=op.f("fk_suggestion_milestone_suggestion_id_suggestion"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_milestone")),
    )
    with op.batch_alter_table("suggestion_milestone", schema=None) as batch_op:
        batch_op.create_index("ix_suggestion_milestone_suggestion", ["suggestion_id"], unique=False)

    op.create_table(
        "suggestion_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["user.id"], name=op.f("fk_suggestion_score_reviewer_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_suggestion_score_suggestion_id_suggestion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_score")),
        sa.UniqueConstraint("suggestion_id", "reviewer_id", name="uq_suggestion_score_once"),
    )
    op.create_table(
        "suggestion_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_suggestion_vote_suggestion_id_suggestion")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_suggestion_vote_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_vote")),
        sa.UniqueConstraint("suggestion_id", "user_id", name="uq_suggestion_vote_once"),
    )
    with op.batch_alter_table("suggestion_vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestion_vote_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("rule_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin_type", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("origin_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("rule_version", schema=None) as batch_op:
        batch_op.drop_column("origin_id")
        batch_op.drop_column("origin_type")

    with op.batch_alter_table("suggestion_vote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestion_vote_user_id"))

    op.drop_table("suggestion_vote")
    op.drop_table("suggestion_score")
    with op.batch_alter_table("suggestion_milestone", schema=None) as batch_op:
        batch_op.drop_index("ix_suggestion_milestone_suggestion")

    op.drop_table("suggestion_milestone")
    with op.batch_alter_table("suggestion_effect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestion_effect_due_on"))

    op.drop_table("suggestion_effect")
    with op.batch_alter_table("suggestion_deadline", schema=None) as batch_op:
        batch_op.drop_index("ix_suggestion_deadline_suggestion")
        batch_op.drop_index("ix_suggestion_deadline_due_at")

    op.drop_table("suggestion_deadline")
    with op.batch_alter_table("suggestion_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_suggestion_comment_suggestion")

    op.drop_table("suggestion_comment")
    with op.batch_alter_table("suggestion_author", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestion_author_user_id"))

    op.drop_table("suggestion_author")
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestion_status"))
        batch_op.drop_index(batch_op.f("ix_suggestion_owner_id"))
        batch_op.drop_index("ix_suggestion_month")
        batch_op.drop_index(batch_op.f("ix_suggestion_implementer_id"))
        batch_op.drop_index(batch_op.f("ix_suggestion_duplicate_of_id"))
        batch_op.drop_index("ix_suggestion_due_at")
        batch_op.drop_index(batch_op.f("ix_suggestion_department_id"))

    op.drop_table("suggestion")
    op.drop_table("suggestion_theme")
