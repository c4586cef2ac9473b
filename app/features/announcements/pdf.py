"""An announcement on paper: its text, and who has confirmed having read it. A Chinese paper."""

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table
from app.features.announcements import queries
from app.features.announcements.actions import stamp
from app.features.announcements.models import Announcement
from app.features.rules import writing
from app.features.rules.clause_text import ItemList, words_of

HEADING = "通知"
_MARGINS = Margins(20 * MM, 14 * MM, 20 * MM, 18 * MM)
ITEM_INDENT = 6 * MM
_BODY = Style("regular", 10.2, 17)
_BOLD = Style("bold", 10.2, 17)
_CELL = Style("regular", 8.6, 12.6)
_HEAD = Style("bold", 8.6, 12.6)


def announcement_paper(row: Announcement, company: str, *, with_receipts: bool) -> bytes:
    """Return an announcement as PDF; the list of confirmations only for those who may know who has read it."""
    with using_locale(CHINESE):
        number = str(row.number or "草稿")
        document = Document(DocumentFacts(HEADING, printable(company), number, clock.now()), _MARGINS)
        blocks.page_foot(document, Foot(number, HEADING, "", f"打印时间 {stamp(clock.now())}"))
        blocks.running_head(document, printable(row.title), number)
        blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
        blocks.title(document, printable(row.title))
        scope = "、".join(queries.scope_words(row)) or "全体人员"
        facts = [
            Fact("编号", number),
            Fact("发布人", printable(row.owner.name)),
            Fact("发布时间", stamp(row.published_at or row.visible_from) or "未发布"),
            Fact("确认要求", f"{row.confirm_hours} 个工作小时内" if row.must_confirm else "不要求确认"),
            Fact("通知对象", printable(scope), wide=True),
        ]
        blocks.facts_grid(document, facts)
        document.y += 5 * MM
        draw_text(document, row)
        if with_receipts and row.must_confirm:
            draw_confirmations(document, row)
        return document.to_bytes()


def draw_text(document: Document, row: Announcement) -> None:
    """Draw the text; the items of a list keep their numbers or dots."""
    for block in writing.read(row.text, lambda _name: None):
        for place, line in enumerate(words_of((block,)).splitlines(), 1):
            mark = (f"{place}." if block.ordered else "•") if isinstance(block, ItemList) else ""
            indent = ITEM_INDENT if mark else 0.0
            blocks.draw_paragraph(document, Paragraph(printable(line), mark), indent=indent, style=_BODY)


def draw_confirmations(document: Document, row: Announcement) -> None:
    """Draw who has confirmed when, and who has not."""
    rows = queries.confirmations(row)
    confirmed = sum(each.confirmed_at is not None for each in rows)
    document.y += 6 * MM
    blocks.draw_paragraph(document, Paragraph(f"确认情况：{confirmed} / {len(rows)} 人"), style=_BOLD)
    document.y += 2 * MM
    columns = (
        Column("姓名", weight=1),
        Column("工号", weight=0.8),
        Column("部门", weight=1.3),
        Column("确认期限", weight=1.3),
        Column("确认时间", weight=1.3),
    )
    cells = [
        (
            each.name,
            each.staff_number,
            each.department or "—",
            stamp(each.due_at),
            stamp(each.confirmed_at) or "未确认",
        )
        for each in rows
    ]
    drawn = [Row(tuple((Part(printable(text), _CELL),) for text in line)) for line in cells]
    if drawn:
        Table(columns, _HEAD).draw(document, drawn)
