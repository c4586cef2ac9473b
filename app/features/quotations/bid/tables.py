"""开标一览表 and 分项报价表 of a tender, drawn from the quotation, to be put into the bid.

Chinese paper without seal or signature. Before the approval it is drawn from what would be submitted and carries
未审核; from the approval on from the frozen snapshot.
"""

from collections.abc import Mapping
from typing import Any

from app.core import clock
from app.core.pdf import blocks
from app.core.pdf.blocks import BODY, BODY_BOLD, Fact, Foot, baseline
from app.core.pdf.document import MM, Document, DocumentFacts, Margins
from app.core.pdf.table import Table
from app.features.quotations import pdf, price_table, snapshot
from app.features.quotations.bid.comparison import longest_lead_time
from app.features.quotations.models import QuotationRevision
from app.features.quotations.snapshot_schema import Line

OPENING, ITEMISED = "opening", "itemised"
TITLES = {OPENING: "开标一览表", ITEMISED: "分项报价表"}
UNREVIEWED = "未审核"
SIGNERS = ("投标人（盖章）", "法定代表人或授权代表（签字）", "日期")
# Which of the quotation's terms the opening table names.
TERMS = ("付款方式", "交货地点与方式", "质保期")

_MARGINS = Margins(15 * MM, 15 * MM, 15 * MM, 17 * MM)


def render(revision: QuotationRevision, kind: str) -> bytes:
    """Return one of the two tables (OPENING, ITEMISED) as a PDF; raises MissingGlyph for what cannot be printed."""
    content = revision.snapshot or snapshot.content(revision)
    moment = revision.approved_at or clock.now()
    number = revision.number or ""
    company = content["company"]["name"]
    document = Document(
        DocumentFacts(f"{TITLES[kind]} {number}".strip(), company, content["customer"]["name"], moment),
        _MARGINS,
    )
    blocks.page_foot(document, Foot(f"报价编号 {number}" if number else "", TITLES[kind]))
    if not revision.reviewed:
        blocks.watermark(document, UNREVIEWED)
    blocks.title(document, TITLES[kind])
    draw = draw_opening if kind == OPENING else draw_itemised
    draw(document, content)
    draw_signers(document, company)
    return document.to_bytes()


def heading_facts(content: Mapping[str, Any]) -> list[Fact]:
    """Return for what and by whom is bid."""
    return [
        Fact("项目名称", one_line(content["project"]), wide=True),
        Fact("招标人", one_line(content["customer"]["name"])),
        Fact("询价编号", content["inquiry_number"]),
        Fact("投标人", content["company"]["name"], wide=True),
    ]


def draw_opening(document: Document, content: Mapping[str, Any]) -> None:
    """Draw what is read out at the opening: total in figures and words, lead time, validity, the main terms."""
    totals, days = content["totals"], longest_lead_time(content)
    terms = {term["heading"]: one_line(term["text"]) for term in content["terms"]}
    until = content["valid_until"]
    facts = [
        *heading_facts(content),
        Fact("投标总价", f"¥{price_table.money_text(totals['gross'])}（含税）", wide=True),
        Fact("大写", totals["capital"], wide=True),
        Fact("交货期", f"{days} 天" if days else "现货"),
        Fact("有效期至", pdf.day_text(until) if until else ""),
        *(Fact(name, terms[name], wide=True) for name in TERMS if name in terms),
    ]
    blocks.facts_grid(document, facts)


def draw_itemised(document: Document, content: Mapping[str, Any]) -> None:
    """Draw each line with unit price and amount, and the total in figures and words."""
    blocks.facts_grid(document, heading_facts(content))
    document.y += 3 * MM
    rows = []
    for entry in content["lines"]:
        line: Line = pdf.printable(Line(**entry))
        if line.kind == "group":
            rows.append(price_table.heading_row(line.name))
        else:
            rows.append(price_table.item_row(line, line.position))
    Table(price_table.item_columns("元"), price_table.HEAD).draw(
        document, rows, keep_with_last=BODY.leading * 2 + 6 * MM
    )
    totals = content["totals"]
    for label, text in (("合计", f"¥{price_table.money_text(totals['gross'])}"), ("大写", totals["capital"])):
        document.y += 2 * MM
        document.need(BODY_BOLD.leading)
        document.page.text(document.left, document.y + baseline(BODY_BOLD), f"{label}：{text}", BODY_BOLD)
        document.y += BODY_BOLD.leading


def draw_signers(document: Document, company: str) -> None:
    """Leave the places for seal and signature."""
    document.y += 10 * MM
    document.need(len(SIGNERS) * 12 * MM)
    for label in SIGNERS:
        y = document.y + baseline(BODY)
        said = f"{label}：{company}" if label == SIGNERS[0] else f"{label}："
        document.page.text(document.left, y, said, BODY)
        document.y += 12 * MM


def one_line(text: str) -> str:
    """Return a text without breaks, as the grid takes it."""
    return " ".join(text.split())
