"""A case as a hand-out on paper. A Chinese paper; of its documents it names none."""

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.features.cases.enums import OUTCOME_LABELS, STAGE_LABELS, Outcome, Stage
from app.features.cases.models import CaseStudy

HEADING = "案例"
_MARGINS = Margins(20 * MM, 14 * MM, 20 * MM, 18 * MM)
_BODY = Style("regular", 10.2, 17)
_BOLD = Style("bold", 10.8, 18)


def case_paper(row: CaseStudy, company: str) -> bytes:
    """Return a case as PDF."""
    with using_locale(CHINESE):
        number = str(row.number or "草稿")
        stamp = clock.to_local(clock.now()).strftime("%Y-%m-%d %H:%M")
        document = Document(DocumentFacts(HEADING, printable(company), number, clock.now()), _MARGINS)
        blocks.page_foot(document, Foot(number, HEADING, "内部资料，请勿外传", f"打印时间 {stamp}"))
        blocks.running_head(document, printable(row.title), number)
        blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
        blocks.title(document, printable(row.title))
        day = clock.to_local(row.published_at).date().isoformat() if row.published_at else "未入库"
        facts = [
            Fact("编号", number),
            Fact("作者", printable(row.owner.name)),
            Fact("阶段", str(STAGE_LABELS[Stage(row.stage)])),
            Fact("结果", str(OUTCOME_LABELS[Outcome(row.outcome)])),
            Fact("入库日期", day),
            Fact("标签", printable("、".join(row.tag_list)) or "无"),
        ]
        blocks.facts_grid(document, facts)
        for heading, text in parts(row):
            document.y += 4 * MM
            blocks.draw_paragraph(document, Paragraph(heading), style=_BOLD)
            for line in text.splitlines():
                blocks.draw_paragraph(document, Paragraph(printable(line)), style=_BODY)
        return document.to_bytes()


def parts(row: CaseStudy) -> list[tuple[str, str]]:
    """Return the parts of a case that say something, each with its heading."""
    told = [
        ("情况", row.situation),
        ("做法", row.done),
        ("结果", row.result),
        ("数据", row.figures),
        ("经验教训", row.lesson),
    ]
    return [(heading, text) for heading, text in told if text.strip()]
