"""Why an order was lost, as one of a list; what was written before is told by its words."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_loss_cause"
down_revision = "2026_11_late_tender"
branch_labels = None
depends_on = None

CAUSES = (
    "price",
    "lead_time",
    "technical",
    "terms",
    "brand",
    "service",
    "access",
    "incumbent",
    "cancelled",
    "late",
    "other",
)
# The rule the figures went by until now: the first row with a word of the text tells its cause.
WORDS = (
    ("access", ("集中采购", "集采", "入围", "供应商名录", "资格", "资质")),
    ("service", ("售后", "本地", "服务响应", "距离")),
    ("brand", ("品牌", "原厂", "指定厂家", "指定供应商")),
    ("terms", ("付款", "账期", "预付", "质保金", "承兑", "赊")),
    ("lead_time", ("交货期", "交期", "工期", "供货周期", "交货时间", "货期")),
    ("technical", ("技术", "参数", "性能", "型号", "偏离", "不符合要求")),
    ("price", ("价",)),
)


def cause_of(text: str) -> str:
    """Return the cause that the words of a loss tell, ``other`` where none of the known ones occurs."""
    return next((cause for cause, words in WORDS if any(word in text for word in words)), "other")


def upgrade() -> None:
    """Go forward."""
    listed = ", ".join(f"'{code}'" for code in CAUSES)
    with op.batch_alter_table("inquiry") as batch_op:
        batch_op.add_column(sa.Column("loss_cause", sa.String(length=20), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_inquiry_loss_cause"), f"loss_cause IS NULL OR loss_cause IN ({listed})"
        )
    inquiry = sa.table(
        "inquiry",
        sa.column("id", sa.Integer),
        sa.column("lost_reason", sa.Text),
        sa.column("loss_cause", sa.String),
    )
    connection = op.get_bind()
    told = sa.select(inquiry.c.id, inquiry.c.lost_reason).where(inquiry.c.lost_reason != "")
    found: dict[str, list[int]] = {}
    for row in connection.execute(told).all():
        found.setdefault(cause_of(row.lost_reason), []).append(row.id)
    for cause, ids in found.items():
        for start in range(0, len(ids), 500):
            some = inquiry.c.id.in_(ids[start : start + 500])
            connection.execute(sa.update(inquiry).where(some).values(loss_cause=cause))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("inquiry") as batch_op:
        batch_op.drop_constraint(op.f("ck_inquiry_loss_cause"), type_="check")
        batch_op.drop_column("loss_cause")
