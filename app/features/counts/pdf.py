"""The papers of a count: the blank sheet to walk with, and the result to be signed.

They are Chinese papers. What the fonts lack is replaced: a paper that reaches a person refuses nobody.
"""

from datetime import datetime

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table
from app.core.permissions import directory
from app.features.counts import lines
from app.features.counts.enums import REMEDY_LABELS, RESULT_LABELS, Remedy, Result
from app.features.counts.models import StockCount, StockCountLine

BLANK_ROWS = 12

_MARGINS = Margins(16 * MM, 14 * MM, 16 * MM, 18 * MM)
_BODY = Style("regular", 10.2, 16.6)
_CELL = Style("regular", 8.4, 11.6)
_HEAD = Style("bold", 8.4, 11.6)
_TICK = "□"


def stamp(moment: datetime | None) -> str:
    """Return a moment in the company's zone, an empty text for none."""
    return "" if moment is None else clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


def begin(count: StockCount, company: str, heading: str) -> Document:
    """Return a paper with letterhead, title, foot and what is counted."""
    number = str(count.number)
    document = Document(DocumentFacts(heading, printable(company), number, clock.now()), _MARGINS)
    blocks.page_foot(document, Foot(number, heading, "", f"打印时间 {stamp(clock.now())}"))
    blocks.running_head(document, heading, number)
    blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
    blocks.title(document, heading)
    names = [place.name for place in count.places]
    names += [row.name for row in (count.category, count.only_department) if row is not None]
    blocks.facts_grid(
        document,
        [
            Fact("编号", number),
            Fact("名称", printable(count.title)),
            Fact("范围", printable("、".join(names)), wide=True),
            Fact("组织人", printable(count.owner.name)),
            Fact("发起时间", stamp(count.created_at)),
        ],
    )
    document.y += 4 * MM
    return document


def cells(*texts: str) -> Row:
    """Return a row of a table."""
    return Row(tuple((Part(printable(text), _CELL),) for text in texts))


def blank_sheet(count: StockCount, company: str) -> bytes:
    """Return the sheet one walks with: what is expected by place, a box to tick each, and room for what is more."""
    with using_locale(CHINESE):
        document = begin(count, company, "盘点表")
        columns = (
            Column("序号", "centre", minimum=9 * MM, maximum=11 * MM),
            Column("在", "centre", minimum=8 * MM, maximum=9 * MM),
            Column("编号", minimum=26 * MM, maximum=30 * MM),
            Column("设备", weight=2.4),
            Column("责任人", weight=1),
            Column("实际位置、使用人、备注", weight=2),
        )
        rows: list[Row] = []
        place = None
        for number, line in enumerate(lines.expected_lines(count.id), 1):
            name = line.expected_place.name if line.expected_place is not None else "未登记位置"
            if name != place:
                place = name
                rows.append(Row(heading=Part(printable(name), _HEAD)))
            item = line.item
            rows.append(
                cells(
                    str(number),
                    _TICK,
                    str(item.number),
                    f"{item.name} {item.model}",
                    line.expected_keeper.name,
                    "",
                )
            )
        rows.append(Row(heading=Part("登记上没有的（写标签号、编号或名称）", _HEAD)))
        rows += [cells("", _TICK, "", "", "", "") for _row in range(BLANK_ROWS)]
        Table(columns, _HEAD).draw(document, rows)
        signatures(document, "盘点人", "监盘人")
        return document.to_bytes()


def result_sheet(count: StockCount, company: str) -> bytes:
    """Return the result of a count with every difference and what is done about it, to be signed."""
    with using_locale(CHINESE):
        document = begin(count, company, "盘点结果")
        found, expected = lines.progress(count.id)
        totals = lines.totals(count.id)
        counted_by = directory().people(lines.counters(count.id)).values()
        blocks.facts_grid(
            document,
            [
                Fact("应盘", f"{expected} 件"),
                Fact("盘到", f"{found} 件"),
                *(Fact(str(RESULT_LABELS[result]), f"{number} 件") for result, number in totals.items()),
                Fact("盘点人", printable("、".join(person.name for person in counted_by))),
                Fact("批准", approval(count)),
            ],
        )
        document.y += 4 * MM
        columns = (
            Column("序号", "centre", minimum=9 * MM, maximum=11 * MM),
            Column("编号", minimum=26 * MM, maximum=30 * MM),
            Column("设备", weight=1.8),
            Column("结果", minimum=16 * MM, maximum=20 * MM),
            Column("登记", weight=1.3),
            Column("实际", weight=1.3),
            Column("处理", weight=1.8),
        )
        rows = [
            difference(number, line, closed=count.closed_at is not None)
            for number, line in enumerate(lines.differences(count.id), 1)
        ]
        for number, stray in enumerate(lines.strays(count.id), len(rows) + 1):
            entered = f"（{stray.item.number}）" if stray.item is not None else ""
            remedy = REMEDY_LABELS[Remedy(stray.remedy)] if stray.remedy else "未定"
            rows.append(
                cells(
                    str(number),
                    stray.code,
                    "登记上没有",
                    str(RESULT_LABELS[Result.SURPLUS]),
                    "—",
                    stray.place.name,
                    f"{remedy}{entered} {stray.remedy_note}".strip(),
                )
            )
        Table(columns, _HEAD).draw(document, rows or [Row(heading=Part("全部相符", _CELL))])
        signatures(document, "盘点人", "资产管理员", "审批人")
        return document.to_bytes()


def approval(count: StockCount) -> str:
    """Return who approved it and when; that nobody did yet where it is so."""
    if count.approved_by is None:
        return "未批准"
    return printable(f"{count.approved_by.name} {stamp(count.approved_at)}")


def difference(number: int, line: StockCountLine, *, closed: bool) -> Row:
    """Return a difference as a row: what is recorded, what was found, what is done; once closed, what was not."""
    recorded = " ".join(
        filter(None, (line.expected_place.name if line.expected_place else "", line.expected_keeper.name))
    )
    person = line.person_seen.name if line.person_seen is not None else ""
    found = " ".join(filter(None, (line.found_place.name if line.found_place else "", person))) or "没有找到"
    remedy = REMEDY_LABELS[Remedy(line.remedy)] if line.remedy else "未定"
    undone = closed and line.done_at is None and line.remedy != Remedy.LEAVE
    left = "（情况已变，没有执行）" if undone else ""
    return cells(
        str(number),
        str(line.item.number),
        line.item.name,
        str(RESULT_LABELS[Result(line.result)]),
        recorded,
        found,
        f"{remedy}{left} {line.remedy_note}".strip(),
    )


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
