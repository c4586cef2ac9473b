"""Training on paper: the sheet to sign 培训签到表, and the record of who was there 培训出勤记录.

They are Chinese papers. What the fonts lack is replaced.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table
from app.features.training.enums import (
    HAS_SEAT,
    METHOD_LABELS,
    PRESENCE_LABELS,
    PersonStatus,
    Presence,
    SignInMethod,
)
from app.features.training.models import TrainingSession

_MARGINS = Margins(18 * MM, 14 * MM, 18 * MM, 18 * MM)
_HEAD = Style("bold", 9, 13)
_CELL = Style("regular", 9.4, 18)
_BODY = Style("regular", 9.4, 15)
_SHEET_COLUMNS = (
    Column("序号", "left", 30),
    Column("姓名", "left", 60),
    Column("部门", "left", 80),
    Column("签名", weight=2),
    Column("备注", weight=1),
)
_RECORD_COLUMNS = (
    Column("序号", "left", 30),
    Column("姓名", "left", 60),
    Column("部门", weight=1),
    Column("出勤", "left", 40),
    Column("签到方式", "left", 66),
    Column("签到时间", "left", 80),
)
# Room on the sheet for those who come without being enrolled.
SPARE_LINES = 3


def stamp(moment: datetime | None) -> str:
    """Return a moment in the company's zone, an empty text for none."""
    return "" if moment is None else clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


def rule_words(training_session: TrainingSession) -> str:
    """Return the rule a session teaches, with its version; an empty text for none."""
    version = training_session.rule_version
    if version is None:
        return ""
    edition = f"第 {version.edition} 版" if version.edition is not None else ""
    correction = f"（第 {version.correction} 次更正）" if version.correction else ""
    return f"《{version.title}》{edition}{correction}"


def begin(training_session: TrainingSession, company: str, heading: str) -> Document:
    """Return a paper with letterhead, title, foot, and what the session is."""
    number = str(training_session.number)
    document = Document(DocumentFacts(heading, printable(company), number, clock.now()), _MARGINS)
    blocks.page_foot(document, Foot(number, heading, "", f"打印时间 {stamp(clock.now())}"))
    blocks.running_head(document, heading, number)
    blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
    blocks.title(document, heading)
    facts = [
        Fact("主题", printable(training_session.title), wide=True),
        Fact(
            "时间", f"{stamp(training_session.starts_at)} 至 {clock.to_local(training_session.ends_at):%H:%M}"
        ),
        Fact("地点", printable(training_session.place)),
        Fact("主持人", printable(training_session.chair.name)),
        Fact("编号", number),
    ]
    rule = rule_words(training_session)
    if rule:
        facts.append(Fact("学习的制度", printable(rule), wide=True))
    blocks.facts_grid(document, facts)
    document.y += 4 * MM
    return document


def line(*texts: str) -> Row:
    """Return a row of a table."""
    return Row(tuple((Part(printable(text), _CELL),) for text in texts))


def signature(document: Document, label: str) -> None:
    """Leave room for a signature with its date."""
    document.need(14 * MM)
    document.y += 6 * MM
    y, said = document.y + blocks.baseline(_BODY), f"{label}（签字、日期）："
    document.page.text(document.left, y, said, _BODY)
    document.page.line(document.left + _BODY.width(said), y + 2, document.left + 110 * MM, y + 2, width=0.45)
    document.y += _BODY.leading


def sign_in_sheet(training_session: TrainingSession, people: Sequence[Any], company: str) -> bytes:
    """Return the sheet that people sign, by name, with title and version of the rule it is about."""
    with using_locale(CHINESE):
        document = begin(training_session, company, "培训签到表")
        listed = [row for row in people if row.status in HAS_SEAT]
        rows = [
            line(str(number), row.name, row.department or "", "", "") for number, row in enumerate(listed, 1)
        ]
        rows += [line(str(len(listed) + spare), "", "", "", "") for spare in range(1, SPARE_LINES + 1)]
        Table(_SHEET_COLUMNS, _HEAD).draw(document, rows, keep_with_last=14 * MM)
        signature(document, "主持人")
        return document.to_bytes()


def how_there(row: Any) -> str:
    """Return how somebody was there, in words."""
    if row.presence is not None:
        return str(PRESENCE_LABELS[Presence(row.presence)])
    return "准假" if row.status == PersonStatus.LEAVE_GRANTED else "未参加"


def attendance_record(training_session: TrainingSession, people: Sequence[Any], company: str) -> bytes:
    """Return the record of who was there, when and how they signed in."""
    with using_locale(CHINESE):
        document = begin(training_session, company, "培训出勤记录")
        listed = [
            row for row in people if row.status not in (PersonStatus.WAITLISTED, PersonStatus.WITHDRAWN)
        ]
        rows = [
            line(
                str(number),
                row.name,
                row.department or "",
                how_there(row),
                "" if row.signed_in_how is None else str(METHOD_LABELS[SignInMethod(row.signed_in_how)]),
                stamp(row.signed_in_at),
            )
            for number, row in enumerate(listed, 1)
        ]
        Table(_RECORD_COLUMNS, _HEAD).draw(document, rows, keep_with_last=14 * MM)
        signature(document, "主持人")
        return document.to_bytes()
