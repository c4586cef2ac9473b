"""The record of a pair on paper 以优带优记录: goals, every week, reviews, ratings. A Chinese paper."""

from datetime import timedelta

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table
from app.features.mentoring.enums import WEEK_LABELS, WeekState
from app.features.mentoring.flow import FLOW
from app.features.mentoring.models import MentorPair, MentorWeek

HEADING = "以优带优记录"
_MARGINS = Margins(20 * MM, 14 * MM, 20 * MM, 18 * MM)
_BODY = Style("regular", 10.2, 16.6)
_BOLD = Style("bold", 10.2, 16.6)
_CELL = Style("regular", 9, 13.4)
_HEAD = Style("bold", 9, 13.4)


def pair_paper(row: MentorPair, company: str) -> bytes:
    """Return the record of a pair as PDF; ratings stand on it once both sides have given them."""
    with using_locale(CHINESE):
        number = row.number or "未编号"
        stamp = clock.to_local(clock.now()).strftime("%Y-%m-%d %H:%M")
        document = Document(DocumentFacts(HEADING, printable(company), number, clock.now()), _MARGINS)
        blocks.page_foot(document, Foot(number, HEADING, "内部资料，请勿外传", f"打印时间 {stamp}"))
        blocks.running_head(document, printable(row.name), number)
        blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
        blocks.title(document, HEADING)
        blocks.facts_grid(document, head(row))
        section(document, "带教目标", row.goals)
        week_table(document, row)
        section(document, "中期考评", row.mid_text or "未进行")
        for rating in row.ratings:
            if rating.period == row.period and row.unrated:
                continue
            who = "师傅" if rating.author_id == row.mentor_id else "徒弟"
            section(document, f"第 {rating.period} 期{who}评价：{rating.score} 分", rating.words)
        section(document, "结业意见", row.conclusion or "未结业")
        signatures(document, "师傅", "徒弟", "部门经理")
        return document.to_bytes()


def head(row: MentorPair) -> list[Fact]:
    """Return who, from when to when, how it stands."""
    return [
        Fact("师傅", printable(row.mentor.name)),
        Fact("徒弟", printable(row.pupil.name)),
        Fact("部门", printable(row.department.name if row.department is not None else "无")),
        Fact("状态", str(FLOW.state(row.status).label)),
        Fact("带教期", f"{row.starts_on} 至 {row.ends_on}"),
        Fact("提出人", printable(row.owner.name)),
    ]


def section(document: Document, heading: str, text: str) -> None:
    """Write a part: its heading in bold, its text below."""
    document.y += 4 * MM
    blocks.draw_paragraph(document, Paragraph(heading), style=_BOLD)
    for line in text.splitlines():
        blocks.draw_paragraph(document, Paragraph(printable(line)), style=_BODY)


def week_table(document: Document, row: MentorPair) -> None:
    """Write the weeks that have begun, one a line."""
    begun = [week for week in row.weeks if week.state != WeekState.COMING]
    document.y += 4 * MM
    blocks.draw_paragraph(document, Paragraph("每周记录"), style=_BOLD)
    columns = (
        Column("星期", minimum=24 * MM, maximum=26 * MM),
        Column("师傅周记", weight=2),
        Column("徒弟反馈", weight=1.2),
        Column("情况", "centre", minimum=16 * MM, maximum=20 * MM),
    )
    rows = [week_line(week) for week in begun] or [Row(heading=Part("还没有开始", _CELL))]
    Table(columns, _HEAD).draw(document, rows)


def week_line(week: MentorWeek) -> Row:
    """Return a week as a row."""
    last = week.first_day + timedelta(days=6)
    texts = (f"{week.first_day:%m-%d} 至 {last:%m-%d}", week.note, week.answer, str(WEEK_LABELS[week.state]))
    return Row(tuple((Part(printable(text), _CELL),) for text in texts))


def signatures(document: Document, *labels: str) -> None:
    """Leave room for signatures with their dates."""
    document.y += 8 * MM
    for label in labels:
        document.need(_BODY.leading)
        y = document.y + blocks.baseline(_BODY)
        for left, said, width in (
            (document.left, f"{label}（签字）：", 94 * MM),
            (document.left + 102 * MM, "日期：", 58 * MM),
        ):
            document.page.text(left, y, said, _BODY)
            document.page.line(left + _BODY.width(said), y + 2, left + width, y + 2, width=0.45)
        document.y += _BODY.leading + 4 * MM
