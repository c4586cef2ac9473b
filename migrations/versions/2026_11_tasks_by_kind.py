"""An index by which the decisions that wait are counted without reading every task there ever was."""

from alembic import op

revision = "2026_11_tasks_by_kind"
down_revision = "2026_11_booking_calendars"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_index("ix_task_open_kind", "task", ["kind", "closed_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_task_open_kind", table_name="task")
