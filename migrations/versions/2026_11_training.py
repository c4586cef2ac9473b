"""Training: subjects, providers, series, topics, sessions, people, feedback."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_training"
down_revision = "2026_11_suggestions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "training_provider",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_provider")),
        sa.UniqueConstraint("name", name=op.f("uq_training_provider_name")),
    )
    op.create_table(
        "training_subject",
        sa.Column("key", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_subject")),
        sa.UniqueConstraint("key", name=op.f("uq_training_subject_key")),
        sa.UniqueConstraint("name", name=op.f("uq_training_subject_name")),
    )
    op.create_table(
        "training_series",
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("attendance", sa.String(length=12), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "attendance IN ('required', 'optional')", name=op.f("ck_training_series_attendance")
        ),
        sa.CheckConstraint("form IN ('inside', 'outside', 'online')", name=op.f("ck_training_series_form")),
        sa.CheckConstraint(
            "capacity IS NULL OR capacity BETWEEN 1 AND 500", name=op.f("ck_training_series_capacity")
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_training_series_forward")
        ),
        sa.CheckConstraint("minutes BETWEEN 10 AND 720", name=op.f("ck_training_series_minutes")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_training_series_weekday")),
        sa.ForeignKeyConstraint(["chair_id"], ["user.id"], name=op.f("fk_training_series_chair_id_user")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_training_series_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["training_subject.id"],
            name=op.f("fk_training_series_subject_id_training_subject"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_series")),
    )
    with op.batch_alter_table("training_series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_series_chair_id"), ["chair_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_series_department_id"), ["department_id"], unique=False)

    op.create_table(
        "training_topic",
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("doc_type", sa.String(length=40), nullable=True),
        sa.Column("doc_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status <> 'dropped' OR reason <> ''", name=op.f("ck_training_topic_dropped_for_a_reason")
        ),
        sa.CheckConstraint(
            "status IN ('wanted', 'planned', 'done', 'dropped')", name=op.f("ck_training_topic_status")
        ),
        sa.CheckConstraint("(doc_type IS NULL) = (doc_id IS NULL)", name=op.f("ck_training_topic_document")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user.id"], name=op.f("fk_training_topic_proposed_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_topic")),
        sa.UniqueConstraint("doc_type", "doc_id", name="uq_training_topic_document"),
    )
    with op.batch_alter_table("training_topic", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_topic_proposed_by_id"), ["proposed_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_training_topic_status"), ["status"], unique=False)

    op.create_table(
        "training_topic_vote",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["training_topic.id"], name=op.f("fk_training_topic_vote_topic_id_training_topic")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_training_topic_vote_user_id_user")),
        sa.PrimaryKeyConstraint("topic_id", "user_id", name=op.f("pk_training_topic_vote")),
    )
    with op.batch_alter_table("training_topic_vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_topic_vote_user_id"), ["user_id"], unique=False)

    op.create_table(
        "training_session",
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("series_day", sa.Date(), nullable=True),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("chair_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("attendance", sa.String(length=12), nullable=False),
        sa.Column("rule_version_id", sa.Integer(), nullable=True),
        sa.Column("moved_from_id", sa.Integer(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrapped_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code_secret", sa.String(length=64), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "attendance IN ('required', 'optional')", name=op.f("ck_training_session_attendance")
        ),
        sa.CheckConstraint("form IN ('inside', 'outside', 'online')", name=op.f("ck_training_session_form")),
        sa.CheckConstraint(
            "status IN ('planned', 'announced', 'open', 'wrap_up', 'completed', 'cancelled', 'moved')",
            name=op.f("ck_training_session_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('wrap_up', 'completed') OR wrapped_up_at IS NOT NULL",
            name=op.f("ck_training_session_wrapped_up"),
        ),
        sa.CheckConstraint(
            "(series_id IS NULL) = (series_day IS NULL)", name=op.f("ck_training_session_series")
        ),
        sa.CheckConstraint(
            "capacity IS NULL OR capacity BETWEEN 1 AND 500", name=op.f("ck_training_session_capacity")
        ),
        sa.CheckConstraint("cost IS NULL OR cost >= 0", name=op.f("ck_training_session_cost")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_training_session_forward")),
        sa.ForeignKeyConstraint(["chair_id"], ["user.id"], name=op.f("fk_training_session_chair_id_user")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_training_session_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["moved_from_id"],
            ["training_session.id"],
            name=op.f("fk_training_session_moved_from_id_training_session"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_training_session_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["training_provider.id"],
            name=op.f("fk_training_session_provider_id_training_provider"),
        ),
        sa.ForeignKeyConstraint(
            ["rule_version_id"],
            ["rule_version.id"],
            name=op.f("fk_training_session_rule_version_id_rule_version"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["training_series.id"], name=op.f("fk_training_session_series_id_training_series")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["training_subject.id"],
            name=op.f("fk_training_session_subject_id_training_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["training_topic.id"], name=op.f("fk_training_session_topic_id_training_topic")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_session")),
        sa.UniqueConstraint("moved_from_id", name="uq_training_session_moved_from_id"),
        sa.UniqueConstraint("number", name=op.f("uq_training_session_number")),
        sa.UniqueConstraint("series_id", "series_day", name="uq_training_session_series_day"),
    )
    with op.batch_alter_table("training_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_session_chair_id"), ["chair_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_training_session_department_id"), ["department_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_training_session_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_session_provider_id"), ["provider_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_training_session_rule_version_id"), ["rule_version_id"], unique=False
        )
        batch_op.create_index("ix_training_session_starts", ["starts_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_session_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_session_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_session_topic_id"), ["topic_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_session_week"), ["week"], unique=False)

    op.create_table(
        "training_feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.Integer(), nullable=False),
        sa.Column("usefulness", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.CheckConstraint("content BETWEEN 1 AND 5", name=op.f("ck_training_feedback_content")),
        sa.CheckConstraint("delivery BETWEEN 1 AND 5", name=op.f("ck_training_feedback_delivery")),
        sa.CheckConstraint("usefulness BETWEEN 1 AND 5", name=op.f("ck_training_feedback_usefulness")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_training_feedback_session_id_training_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_feedback")),
    )
    with op.batch_alter_table("training_feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_feedback_session_id"), ["session_id"], unique=False)

    op.create_table(
        "training_person",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("attendance", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("queue_number", sa.Integer(), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leave_reason", sa.String(length=200), nullable=False),
        sa.Column("leave_answer", sa.String(length=200), nullable=False),
        sa.Column("leave_answered_by_id", sa.Integer(), nullable=True),
        sa.Column("presence", sa.String(length=12), nullable=True),
        sa.Column("signed_in_how", sa.String(length=12), nullable=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_in_by_id", sa.Integer(), nullable=True),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'waitlisted') = (queue_number IS NOT NULL)", name=op.f("ck_training_person_queue")
        ),
        sa.CheckConstraint(
            "(status IN ('present', 'late', 'left_early', 'absent', 'tested', 'gave_feedback')) = (presence IS NOT NULL)",
            name=op.f("ck_training_person_presence_known"),
        ),
        sa.CheckConstraint(
            "attendance IN ('required', 'optional')", name=op.f("ck_training_person_attendance")
        ),
        sa.CheckConstraint(
            "presence IS NULL OR presence = 'absent' OR (signed_in_at IS NOT NULL AND signed_in_how IS NOT NULL)",
            name=op.f("ck_training_person_signed_in"),
        ),
        sa.CheckConstraint(
            "presence IS NULL OR presence IN ('present', 'late', 'left_early', 'absent')",
            name=op.f("ck_training_person_presence"),
        ),
        sa.CheckConstraint(
            "signed_in_how IS NULL OR signed_in_how IN ('chair', 'sheet', 'code')",
            name=op.f("ck_training_person_signed_in_how"),
        ),
        sa.CheckConstraint(
            "status IN ('enrolled', 'waitlisted', 'withdrawn', 'leave_asked', 'leave_granted', 'present', 'late', 'left_early', 'absent', 'tested', 'gave_feedback')",
            name=op.f("ck_training_person_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('leave_asked', 'leave_granted') OR leave_reason <> ''",
            name=op.f("ck_training_person_leave_with_reason"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('tested', 'gave_feedback') OR presence <> 'absent'",
            name=op.f("ck_training_person_was_there"),
        ),
        sa.ForeignKeyConstraint(
            ["leave_answered_by_id"], ["user.id"], name=op.f("fk_training_person_leave_answered_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_training_person_session_id_training_session"),
        ),
        sa.ForeignKeyConstraint(
            ["signed_in_by_id"], ["user.id"], name=op.f("fk_training_person_signed_in_by_id_user")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_training_person_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_person")),
        sa.UniqueConstraint("session_id", "queue_number", name="uq_training_person_queue"),
        sa.UniqueConstraint("session_id", "user_id", name="uq_training_person_session_id_user_id"),
    )
    with op.batch_alter_table("training_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_person_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("training_person")
    op.drop_table("training_feedback")
    op.drop_table("training_session")
    op.drop_table("training_topic_vote")
    op.drop_table("training_topic")
    op.drop_table("training_series")
    op.drop_table("training_subject")
    op.drop_table("training_provider")
