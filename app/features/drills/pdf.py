"""The score sheet of a drill on paper: blank to fill by hand, of one judge, and the result. A Chinese paper."""

from collections.abc import Callable, Sequence

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table
from app.features.drills import score_sheet
from app.features.drills.enums import MOST_POINTS, STAGE_LABELS
from app.features.drills.models import Drill, DrillCriterion, DrillSheet, points_text

_MARGINS = Margins(20 * MM, 14 * MM, 20 * MM, 18 * MM)
_BODY = Style("regular", 10.2, 16.6)
_BOLD = Style("bold", 10.2, 16.6)
_CELL = Style("regular", 9.6, 15)
_HEAD = Style("bold", 9.6, 15)
SHEET, RESULT = "情景演练评分表", "情景演练成绩"


def begin(row: Drill, company: str, heading: str) -> Document:
    """Return a paper with letterhead, title, what is rehearsed and by whom."""
    number = str(row.number)
    stamp = clock.to_local(clock.now()).strftime("%Y-%m-%d %H:%M")
    document = Document(DocumentFacts(heading, printable(company), number, clock.now()), _MARGINS)
    blocks.page_foot(document, Foot(number, heading, "内部资料，请勿外传", f"打印时间 {stamp}"))
    blocks.running_head(document, printable(row.title), number)
    blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
    blocks.title(document, heading)
    players = "；".join(f"{part.person.name}（{part.role}）" for part in row.players)
    blocks.facts_grid(
        document,
        [
            Fact("演练", printable(row.title)),
            Fact("日期", row.held_on.isoformat()),
            Fact("参演", printable(players) or "未安排", wide=True),
            Fact("情景", printable(row.scene), wide=True),
        ],
    )
    document.y += 4 * MM
    return document


def cells(*texts: str) -> Row:
    """Return a row of a table."""
    return Row(tuple((Part(printable(text), _CELL),) for text in texts))


def table(
    document: Document,
    row: Drill,
    columns: Sequence[Column],
    told: Callable[[DrillCriterion], tuple[str, ...]],
) -> None:
    """Draw the criteria, a stage after the other; ``told`` gives what stands behind name and weight."""
    head = (Column("评分标准", weight=2), Column("权重", "centre", minimum=14 * MM, maximum=16 * MM))
    rows: list[Row] = []
    for kind, label in STAGE_LABELS.items():
        rows.append(Row(heading=Part(str(label), _HEAD)))
        rows += [
            cells(each.name, str(each.weight), *told(each)) for each in row.criteria if each.stage == kind
        ]
    Table((*head, *columns), _HEAD).draw(document, rows)


def blank_sheet(row: Drill, company: str) -> bytes:
    """Return a sheet to fill by hand."""
    with using_locale(CHINESE):
        document = begin(row, company, SHEET)
        columns = (
            Column(f"得分（0–{MOST_POINTS}）", minimum=26 * MM, maximum=28 * MM),
            Column("备注", weight=1.4),
        )
        table(document, row, columns, lambda each: ("", ""))
        write(document, "评语", "\n\n\n")
        note = f"总分 = 各条得分 × 权重 ÷ {MOST_POINTS} 之和，满分 {score_sheet.WHOLE}；参演的人不评分。"
        write(document, "说明", note)
        signature(document, "评委")
        return document.to_bytes()


def filled_sheet(row: Drill, sheet: DrillSheet, company: str) -> bytes:
    """Return the sheet of a judge with what was given."""
    with using_locale(CHINESE):
        document = begin(row, company, SHEET)
        points = sheet.points
        columns = (Column(f"得分（0–{MOST_POINTS}）", "centre", minimum=26 * MM, maximum=28 * MM),)
        table(document, row, columns, lambda each: (str(points[each.id]),))
        total = score_sheet.total({each.id: each.weight for each in row.criteria}, points)
        write(document, f"总分：{points_text(total)}", "")
        write(document, "评语", sheet.words or "无")
        given = clock.to_local(sheet.given_at).strftime("%Y-%m-%d %H:%M")
        write(document, f"评委：{printable(sheet.judge.name)}  {given}", "")
        signature(document, "评委")
        return document.to_bytes()


def result_sheet(row: Drill, company: str) -> bytes:
    """Return the averages with lowest and highest points, and what was learnt."""
    with using_locale(CHINESE):
        document = begin(row, company, RESULT)

        def told(each: DrillCriterion) -> tuple[str, ...]:
            points = [sheet.points[each.id] for sheet in row.sheets]
            mean = score_sheet.average([10 * value for value in points])
            return (points_text(mean), f"{min(points)}–{max(points)}")

        columns = (
            Column("平均", "centre", minimum=18 * MM, maximum=20 * MM),
            Column("最低–最高", "centre", minimum=22 * MM, maximum=24 * MM),
        )
        table(document, row, columns, told)
        result = f"平均 {points_text(row.average)}，最高与最低之差 {points_text(row.spread)}"
        write(document, f"{len(row.sheets)} 位评委，{result}", "")
        for heading, text in (("做得好的", row.good), ("不足", row.bad), ("经验教训", row.lesson)):
            if text:
                write(document, heading, text)
        signature(document, "组织人")
        return document.to_bytes()


def write(document: Document, heading: str, text: str) -> None:
    """Write a part: its heading in bold, its text below."""
    document.y += 4 * MM
    blocks.draw_paragraph(document, Paragraph(heading), style=_BOLD)
    for line in text.splitlines():
        blocks.draw_paragraph(document, Paragraph(printable(line) or " "), style=_BODY)


def signature(document: Document, label: str) -> None:
    """Leave room for a signature with its date."""
    document.y += 8 * MM
    document.need(_BODY.leading)
    y = document.y + blocks.baseline(_BODY)
    for left, said, width in (
        (document.left, f"{label}（签字）：", 94 * MM),
        (document.left + 102 * MM, "日期：", 58 * MM),
    ):
        document.page.text(left, y, said, _BODY)
        document.page.line(left + _BODY.width(said), y + 2, left + width, y + 2, width=0.45)
    document.y += _BODY.leading
