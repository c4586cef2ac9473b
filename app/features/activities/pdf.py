"""The settlement sheet 活动结算单: who came, what it cost against the budget, who bears what is over it."""

from datetime import datetime

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.money import format_amount
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table
from app.features.activities.models import Activity
from app.features.activities.settlement import Settlement

NOTHING_DEDUCTED = "本单只作计算和签字用，系统不从工资或其他款项中扣款；超出预算的部分由参加的人按人数分担。"

_MARGINS = Margins(20 * MM, 14 * MM, 20 * MM, 18 * MM)
_BODY = Style("regular", 9.4, 14.4)
_HEAD = Style("bold", 9, 13)


def stamp(moment: datetime | None) -> str:
    """Return a moment in the company's zone, an empty text for none."""
    return "" if moment is None else clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


def settlement_sheet(activity: Activity, settlement: Settlement, company: str) -> bytes:
    """Return the settlement of an activity as PDF. What the fonts lack is replaced."""
    with using_locale(CHINESE):
        number, heading = str(activity.number), "团队活动结算单"
        facts = DocumentFacts(heading, printable(company), number, clock.now())
        document = Document(facts, _MARGINS)
        blocks.page_foot(document, Foot(number, heading, "", f"打印时间 {stamp(clock.now())}"))
        blocks.running_head(document, heading, number)
        blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
        blocks.title(document, heading)
        blocks.facts_grid(document, summary(activity, settlement))
        document.y += 5 * MM
        _people(document, settlement)
        for text in filter(None, (activity.over_reason, NOTHING_DEDUCTED)):
            document.y += 3 * MM
            blocks.draw_paragraph(document, Paragraph(printable(text)), style=_BODY)
        _signatures(document, "组织人", "财务", "批准人")
        return document.to_bytes()


def summary(activity: Activity, settlement: Settlement) -> list[Fact]:
    """Return what the sheet says above the names."""
    return [
        Fact("编号", str(activity.number)),
        Fact("组织人", printable(activity.owner.name)),
        Fact("活动", printable(activity.title), wide=True),
        Fact("时间", stamp(activity.starts_at)),
        Fact("地点", printable(activity.place)),
        Fact("批准人", printable(activity.approved_by.name if activity.approved_by else "")),
        Fact("到场", f"{settlement.heads} 人（含家属）"),
        Fact("预算", f"{format_amount(settlement.budget)} 元"),
        Fact("实际花费", f"{format_amount(settlement.cost)} 元"),
        Fact("人均", f"{format_amount(settlement.per_head)} 元"),
        Fact("公司承担", f"{format_amount(settlement.company)} 元"),
        Fact("超出预算", f"{format_amount(settlement.over)} 元"),
    ]


def _people(document: Document, settlement: Settlement) -> None:
    columns = (
        Column("序号", "centre", minimum=10 * MM, maximum=12 * MM),
        Column("姓名", weight=1.4),
        Column("人数", "right", minimum=16 * MM, maximum=20 * MM),
        Column("分担（元）", "right", minimum=26 * MM, maximum=34 * MM),
        Column("签字", weight=1.6),
    )
    rows = [
        _row(str(place), share.name, str(share.heads), format_amount(share.amount), "")
        for place, share in enumerate(settlement.shares, 1)
    ]
    rows.append(_row("", "合计", str(settlement.heads), format_amount(settlement.over), ""))
    Table(columns, _HEAD).draw(document, rows)


def _row(*texts: str) -> Row:
    return Row(tuple((Part(printable(text), _BODY),) for text in texts))


def _signatures(document: Document, *labels: str) -> None:
    document.y += 8 * MM
    for label in labels:
        document.need(_BODY.leading + 4 * MM)
        y = document.y + blocks.baseline(_BODY)
        for left, said, width in (
            (document.left, f"{label}（签字）：", 94 * MM),
            (document.left + 102 * MM, "日期：", 58 * MM),
        ):
            document.page.text(left, y, said, _BODY)
            document.page.line(left + _BODY.width(said), y + 2, left + width, y + 2, width=0.45)
        document.y += _BODY.leading + 4 * MM
