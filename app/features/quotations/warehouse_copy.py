"""The warehouse copy 仓库联: the lines of the frozen snapshot without any price, for picking and shipping.

Like the quotation itself it is Chinese paper; it carries no seal and is no offer.
"""

from decimal import Decimal

from app.core import money
from app.core.pdf import blocks
from app.core.pdf.blocks import BODY, Fact, Foot, Letterhead, Paragraph, baseline
from app.core.pdf.document import MM, SOFT_INK, Document, DocumentFacts, Margins, Style
from app.core.pdf.table import Column, Part, Row, Table
from app.features.quotations.models import QuotationRevision
from app.features.quotations.pdf import day_text, printable
from app.features.quotations.snapshot_schema import Line, QuotationSnapshot, snapshot_from

NOT_AN_OFFER = "本联不含价格，不盖章，仅供备货和发货使用，不作报价凭证。"
# Which terms the warehouse needs; those about money stay away.
TERMS = ("交货地点与方式", "交货期", "运输与包装", "验收标准")
SIGNERS = ("制单", "备货", "复核", "日期")

_MARGINS = Margins(13 * MM, 11 * MM, 13 * MM, 17 * MM)
_CELL = Style("regular", 8.6, 12)
_CELL_SOFT = Style("regular", 7.6, 10.4, SOFT_INK)
_HEAD = Style("bold", 8.2, 11)


def render(revision: QuotationRevision) -> bytes:
    """Return the PDF of the warehouse copy, made of the frozen snapshot alone; the same bytes on every call.

    Raises MissingGlyph naming a character that the fonts lack.
    """
    snapshot: QuotationSnapshot = printable(snapshot_from(revision.snapshot))
    assert revision.approved_at is not None  # noqa: S101 - a snapshot is frozen by the approval
    number = snapshot.full_number
    document = Document(
        DocumentFacts(
            f"仓库联 {number}", snapshot.company.name, snapshot.customer.name, revision.approved_at
        ),
        _MARGINS,
    )
    blocks.running_head(document, f"{snapshot.company.name}　仓库联", number)
    blocks.page_foot(document, Foot(f"报价编号 {number}", "仓库联", second_left=NOT_AN_OFFER))
    blocks.letterhead(document, Letterhead(snapshot.company.name, ((NOT_AN_OFFER,),)))
    blocks.title(document, "仓库联")
    blocks.facts_grid(document, facts(snapshot))
    document.y += 3 * MM
    draw_lines(document, snapshot)
    draw_terms(document, snapshot)
    draw_signers(document)
    return document.to_bytes()


def facts(snapshot: QuotationSnapshot) -> list[Fact]:
    """Return whom the goods go to, and under which number."""
    return [
        Fact("收货单位", snapshot.customer.name),
        Fact("报价编号", snapshot.full_number),
        Fact("收货人", snapshot.customer.attention),
        Fact("报价日期", day_text(snapshot.date)),
        Fact("电话", snapshot.customer.phone),
        Fact("业务员", f"{snapshot.contact.name}　{snapshot.contact.mobile}"),
        Fact("地址", snapshot.customer.address, wide=True),
    ]


def draw_lines(document: Document, snapshot: QuotationSnapshot) -> None:
    """Draw the table: what, how many, by when; every column of money left out."""
    columns = (
        Column("序号", "centre", minimum=8 * MM, maximum=14 * MM),
        Column("名称/品牌", weight=2.4),
        Column("型号规格/技术参数", weight=4.2),
        Column("单位", "centre", minimum=10 * MM, maximum=16 * MM),
        Column("数量", "right", minimum=14 * MM, maximum=24 * MM),
        Column("交货期\n(天)", "centre", minimum=12 * MM, maximum=16 * MM),
        Column("实发数", "centre", minimum=18 * MM, maximum=18 * MM),
        Column("备注", weight=1.6),
    )
    rows = []
    for line in snapshot.lines:
        if line.kind == "group":
            rows.append(Row(heading=Part(line.name, _HEAD)))
        elif line.kind == "item":
            rows.append(item_row(line))
    Table(columns, _HEAD).draw(document, rows, keep_with_last=4 * MM)


def item_row(line: Line) -> Row:
    """Return a line without its price; an option that was not bought is none of the warehouse's business."""
    name = [Part(line.name, _CELL), *([Part(line.brand, _CELL_SOFT)] if line.brand else [])]
    model = [Part(line.model, _CELL)] if line.model else []
    if line.technical:
        model.append(Part(line.technical, _CELL_SOFT))
    quantity = money.format_quantity(Decimal(line.quantity)) if line.quantity else ""
    days = "" if line.lead_time_days is None else str(line.lead_time_days or "现货")
    cells = (line.position, *(None,) * 2, line.unit, quantity, days, "")
    drawn: list[tuple[Part, ...]] = [(Part(text or "", _CELL),) for text in cells]
    drawn[1], drawn[2] = tuple(name), tuple(model)
    return Row((*drawn, (Part(line.remark, _CELL_SOFT),)))


def draw_terms(document: Document, snapshot: QuotationSnapshot) -> None:
    """Write the terms that concern the goods."""
    document.y += 3 * MM
    for term in snapshot.terms:
        if term.heading in TERMS:
            blocks.draw_paragraph(document, Paragraph(term.text, lead=f"{term.heading}："))


def draw_signers(document: Document) -> None:
    """Leave the places where people sign."""
    document.y += 8 * MM
    document.need(BODY.leading + 4)
    width = document.body_width / len(SIGNERS)
    for place, label in enumerate(SIGNERS):
        x = document.left + place * width
        y = document.y + baseline(BODY)
        document.page.text(x, y, f"{label}：", BODY)
        start = x + BODY.width(f"{label}：")
        document.page.line(start, y + 2, x + width - 5 * MM, y + 2)
    document.y += BODY.leading + 4
