"""Reward and penalty proposals with tips and ranges; checks that the system finds, or that become a proposal."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_proposals"
down_revision = "2026_11_clause_supervision"
branch_labels = None
depends_on = None

OLD_STATES = "status IN ('recorded', 'explained', 'guided', 'closed')"
NEW_STATES = "status IN ('recorded', 'explained', 'guided', 'closed', 'proposed')"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "clause_range",
        sa.Column("clause_id", sa.Integer(), nullable=False),
        sa.Column("least", sa.BigInteger(), nullable=True),
        sa.Column("most", sa.BigInteger(), nullable=True),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("least IS NULL OR least >= 0", name=op.f("ck_clause_range_least")),
        sa.CheckConstraint(
            "most IS NULL OR least IS NULL OR most >= least", name=op.f("ck_clause_range_most")
        ),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["rule_clause.id"], name=op.f("fk_clause_range_clause_id_rule_clause")
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["user.id"], name=op.f("fk_clause_range_set_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause_range")),
        sa.UniqueConstraint("clause_id", name="uq_clause_range_clause_id"),
    )
    op.create_table(
        "proposal_tip",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('reward', 'penalty')", name=op.f("ck_proposal_tip_kind")),
        sa.CheckConstraint("status IN ('sent', 'taken_up', 'closed')", name=op.f("ck_proposal_tip_status")),
        sa.CheckConstraint("subject_id <> owner_id", name=op.f("ck_proposal_tip_two_people")),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["rule_clause.id"], name=op.f("fk_proposal_tip_clause_id_rule_clause")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_proposal_tip_department_id_department")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_proposal_tip_owner_id_user")),
        sa.ForeignKeyConstraint(["subject_id"], ["user.id"], name=op.f("fk_proposal_tip_subject_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_tip")),
        sa.UniqueConstraint("number", name=op.f("uq_proposal_tip_number")),
    )
    with op.batch_alter_table("proposal_tip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_tip_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_tip_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_tip_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_tip_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.Integer(), nullable=False),
        sa.Column("rule_version_id", sa.Integer(), nullable=False),
        sa.Column("rule_title", sa.String(length=120), nullable=False),
        sa.Column("clause_name", sa.String(length=80), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("check_id", sa.Integer(), nullable=True),
        sa.Column("tip_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("hearing_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("no_objection", sa.Boolean(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("joint_liability", sa.Boolean(), nullable=True),
        sa.Column("joint_reason", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=True),
        sa.Column("decision_text", sa.Text(), nullable=False),
        sa.Column("decided_measure", sa.Text(), nullable=False),
        sa.Column("decided_amount", sa.BigInteger(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_for_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("witness_id", sa.Integer(), nullable=True),
        sa.Column("appeal_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_decision", sa.String(length=12), nullable=True),
        sa.Column("second_text", sa.Text(), nullable=False),
        sa.Column("second_decided_by_id", sa.Integer(), nullable=True),
        sa.Column("second_decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("execution", sa.Text(), nullable=False),
        sa.Column("executed_by_id", sa.Integer(), nullable=True),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('agreed', 'changed', 'refused')",
            name=op.f("ck_proposal_decision"),
        ),
        sa.CheckConstraint(
            "kind <> 'penalty' OR decision IS NULL OR (joint_liability IS NOT NULL AND joint_reason <> '')",
            name=op.f("ck_proposal_joint_liability_answered"),
        ),
        sa.CheckConstraint("kind IN ('reward', 'penalty')", name=op.f("ck_proposal_kind")),
        sa.CheckConstraint(
            "second_decision IS NULL OR second_decision IN ('agreed', 'changed', 'refused')",
            name=op.f("ck_proposal_second_decision"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'proposed', 'hearing', 'decided', 'served', 'appealed', 'redecided', 'executed', 'closed', 'dismissed', 'withdrawn')",
            name=op.f("ck_proposal_status"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'withdrawn') OR (submitted_at IS NOT NULL AND month IS NOT NULL)",
            name=op.f("ck_proposal_submitted"),
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_proposal_decided_by_somebody")
        ),
        sa.CheckConstraint("amount IS NULL OR amount >= 0", name=op.f("ck_proposal_amount")),
        sa.CheckConstraint(
            "second_decided_by_id IS NULL OR second_decided_by_id <> decided_by_id",
            name=op.f("ck_proposal_decided_by_two"),
        ),
        sa.CheckConstraint("subject_id <> owner_id", name=op.f("ck_proposal_two_people")),
        sa.ForeignKeyConstraint(
            ["check_id"], ["clause_check.id"], name=op.f("fk_proposal_check_id_clause_check")
        ),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["rule_clause.id"], name=op.f("fk_proposal_clause_id_rule_clause")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_proposal_decided_by_id_user")),
        sa.ForeignKeyConstraint(
            ["decided_for_id"], ["user.id"], name=op.f("fk_proposal_decided_for_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_proposal_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["executed_by_id"], ["user.id"], name=op.f("fk_proposal_executed_by_id_user")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_proposal_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["rule_version_id"], ["rule_version.id"], name=op.f("fk_proposal_rule_version_id_rule_version")
        ),
        sa.ForeignKeyConstraint(
            ["second_decided_by_id"], ["user.id"], name=op.f("fk_proposal_second_decided_by_id_user")
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["user.id"], name=op.f("fk_proposal_subject_id_user")),
        sa.ForeignKeyConstraint(
            ["tip_id"], ["proposal_tip.id"], name=op.f("fk_proposal_tip_id_proposal_tip")
        ),
        sa.ForeignKeyConstraint(["witness_id"], ["user.id"], name=op.f("fk_proposal_witness_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("check_id", name=op.f("uq_proposal_check_id")),
        sa.UniqueConstraint("number", name=op.f("uq_proposal_number")),
        sa.UniqueConstraint("tip_id", name=op.f("uq_proposal_tip_id")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_clause_id"), ["clause_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_department_id"), ["department_id"], unique=False)
        batch_op.create_index("ix_proposal_month", ["month", "department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "proposal_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("doc_type", sa.String(length=40), nullable=True),
        sa.Column("doc_id", sa.Integer(), nullable=True),
        sa.Column("event_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind <> 'address' OR address <> ''", name=op.f("ck_proposal_evidence_address")),
        sa.CheckConstraint(
            "kind <> 'event' OR event_seq IS NOT NULL", name=op.f("ck_proposal_evidence_event")
        ),
        sa.CheckConstraint(
            "kind <> 'file' OR stored_file_id IS NOT NULL", name=op.f("ck_proposal_evidence_file")
        ),
        sa.CheckConstraint(
            "kind IN ('check', 'event', 'file', 'address')", name=op.f("ck_proposal_evidence_kind")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('check', 'event') OR doc_id IS NOT NULL", name=op.f("ck_proposal_evidence_document")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user.id"], name=op.f("fk_proposal_evidence_added_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_evidence_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"],
            ["stored_file.id"],
            name=op.f("fk_proposal_evidence_stored_file_id_stored_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_evidence")),
    )
    with op.batch_alter_table("proposal_evidence", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_evidence_document", ["doc_type", "doc_id"], unique=False)
        batch_op.create_index("ix_proposal_evidence_proposal", ["proposal_id"], unique=False)

    with op.batch_alter_table("clause_check") as batch_op:
        batch_op.add_column(sa.Column("finding_kind", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("finding_key", sa.String(length=160), nullable=True))
        batch_op.add_column(sa.Column("doc_type", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("doc_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("doc_number", sa.String(length=40), nullable=False, server_default=""))
        batch_op.alter_column("owner_id", existing_type=sa.Integer(), nullable=True)
        batch_op.drop_constraint(op.f("ck_clause_check_status"), type_="check")
    with op.batch_alter_table("clause_check") as batch_op:
        batch_op.alter_column("doc_number", server_default=None)
        batch_op.create_check_constraint(op.f("ck_clause_check_status"), NEW_STATES)
        batch_op.create_check_constraint(
            op.f("ck_clause_check_recorded_by_somebody"), "(owner_id IS NULL) = (finding_key IS NOT NULL)"
        )
        batch_op.create_unique_constraint(op.f("uq_clause_check_finding_key"), ["finding_key"])


def downgrade() -> None:
    """Go back; what the system found is lost, what became a proposal is a closed check again."""
    for table in ("proposal_evidence", "proposal", "proposal_tip", "clause_range"):
        op.drop_table(table)
    op.execute("DELETE FROM clause_check WHERE owner_id IS NULL")
    op.execute("UPDATE clause_check SET status = 'closed', closed_at = updated_at WHERE status = 'proposed'")
    with op.batch_alter_table("clause_check") as batch_op:
        batch_op.drop_constraint(op.f("uq_clause_check_finding_key"), type_="unique")
        batch_op.drop_constraint(op.f("ck_clause_check_recorded_by_somebody"), type_="check")
        batch_op.drop_constraint(op.f("ck_clause_check_status"), type_="check")
        for column in ("doc_number", "doc_id", "doc_type", "finding_key", "finding_kind"):
            batch_op.drop_column(column)
        batch_op.alter_column("owner_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("clause_check") as batch_op:
        batch_op.create_check_constraint(op.f("ck_clause_check_status"), OLD_STATES)
