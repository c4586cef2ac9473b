"""The minutes of a meeting on paper, to be signed where that is wanted.

They are Chinese papers. What the fonts lack is replaced: a paper that reaches a person refuses nobody.
"""

from collections.abc import Sequence
from datetime import datetime

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table
from app.features.meetings.models import Meeting
from app.features.resolutions.models import Resolution

_MARGINS = Margins(16 * MM, 14 * MM, 16 * MM, 18 * MM)
_BODY = Style("regular", 10.2, 16.6)
_STRONG = Style("bold", 10.6, 18)
_CELL = Style("regular", 8.8, 12.4)
_HEAD = Style("bold", 8.8, 12.4)


def stamp(moment: datetime | None) -> str:
    """Return a moment in the company's zone, an empty text for none."""
    return "" if moment is None else clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


def heading(document: Document, text: str) -> None:
    """Draw the heading of a part."""
    document.y += 4 * MM
    blocks.draw_paragraph(document, Paragraph(text), style=_STRONG)


def cells(*texts: str) -> Row:
    """Return a row of a table."""
    return Row(tuple((Part(printable(text), _CELL),) for text in texts))


def minutes(meeting: Meeting, resolutions: Sequence[Resolution], company: str) -> bytes:
    """Return the minutes: when and who, what was to be talked about, what was said, what was decided, who confirmed."""
    with using_locale(CHINESE):
        number = str(meeting.number)
        document = Document(DocumentFacts("会议纪要", printable(company), number, clock.now()), _MARGINS)
        blocks.page_foot(document, Foot(number, "会议纪要", "", f"打印时间 {stamp(clock.now())}"))
        blocks.running_head(document, "会议纪要", number)
        blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
        blocks.title(document, "会议纪要")
        there = [row.person.name for row in meeting.people if row.present]
        away = [row.person.name for row in meeting.people if row.present is False]
        facts = [
            Fact("会议", printable(meeting.title), wide=True),
            Fact("编号", number),
            Fact("时间", stamp(meeting.starts_at)),
            Fact("主持人", printable(meeting.owner.name)),
            Fact("地点", printable(meeting.place)),
            Fact("到会", printable("、".join(there)), wide=True),
        ]
        if away:
            facts.append(Fact("未到", printable("、".join(away)), wide=True))
        blocks.facts_grid(document, facts)
        if meeting.items:
            heading(document, "议题")
            for place, item in enumerate(meeting.items, 1):
                text = f"{place}. {item.text}（{item.person.name}）"
                blocks.draw_paragraph(document, Paragraph(printable(text)), style=_BODY)
        heading(document, "纪要")
        for line in meeting.text.splitlines():
            blocks.draw_paragraph(document, Paragraph(printable(line)), style=_BODY)
        decided(document, resolutions)
        confirmed(document, meeting)
        return document.to_bytes()


def decided(document: Document, resolutions: Sequence[Resolution]) -> None:
    """Draw what was decided: who carries it out, until when."""
    if not resolutions:
        return
    heading(document, "决议")
    columns = (
        Column("序号", "centre", minimum=9 * MM, maximum=11 * MM),
        Column("编号", minimum=26 * MM, maximum=30 * MM),
        Column("决议", weight=3),
        Column("落实人", minimum=18 * MM, maximum=24 * MM),
        Column("期限", minimum=20 * MM, maximum=22 * MM),
    )
    rows = [
        cells(str(place), str(row.number), row.text, row.responsible.name, row.due_on.isoformat())
        for place, row in enumerate(resolutions, 1)
    ]
    Table(columns, _HEAD).draw(document, rows)


def confirmed(document: Document, meeting: Meeting) -> None:
    """Draw who confirmed the minutes, and when."""
    heading(document, "确认")
    columns = (Column("姓名", weight=1), Column("确认时间", weight=1), Column("签字", weight=2))
    rows = [
        cells(row.person.name, stamp(row.confirmed_at) or "未确认", "")
        for row in meeting.people
        if row.present
    ]
    Table(columns, _HEAD).draw(document, rows)
