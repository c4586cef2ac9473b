"""One's own data on paper. It is a Chinese paper; what the fonts lack is replaced, since nobody waits for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.lunar import CalendarKind, YearlyDay
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table
from app.features.profiles.enums import (
    AUDIENCE_LABELS,
    FIELD_LABELS,
    OCCASION_LABELS,
    Audience,
    Occasion,
    ProfileField,
)

HEADING = "本人资料"

_MARGINS = Margins(20 * MM, 14 * MM, 20 * MM, 18 * MM)
_CELL = Style("regular", 9, 13)
_HEAD = Style("bold", 9, 13)
_BOLD = Style("bold", 10.2, 16.6)
_BODY = Style("regular", 10.2, 16.6)


def own_data(data: dict[str, Any], company: str) -> bytes:
    """Return the data of ``own_data.collect`` as PDF."""
    with using_locale(CHINESE):
        work = data["work"]
        document = Document(
            DocumentFacts(HEADING, printable(company), work["staff_number"], clock.now()), _MARGINS
        )
        printed = clock.to_local(clock.now()).strftime("%Y-%m-%d %H:%M")
        blocks.page_foot(document, Foot(printable(work["name"]), HEADING, "", f"导出时间 {printed}"))
        blocks.running_head(document, HEADING, printable(work["name"]))
        blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
        blocks.title(document, HEADING)
        _heading(document, "工作资料")
        blocks.facts_grid(document, work_facts(work))
        _heading(document, "自愿提供的资料")
        blocks.facts_grid(document, voluntary_facts(data["voluntary"]))
        _table(
            document,
            "同意与撤回",
            (Column("时间"), Column("资料"), Column("给谁看"), Column("同意时的文字", weight=1)),
            [
                (
                    moment(row["at"]),
                    str(FIELD_LABELS[ProfileField(row["field"])]),
                    str(AUDIENCE_LABELS[Audience(row["audience"])]),
                    row["wording"],
                )
                for row in data["consents"]
            ],
        )
        _table(
            document,
            "谁查看或导出过",
            (Column("时间"), Column("姓名"), Column("方式", weight=1)),
            [(moment(row["at"]), row["who"], row["how"]) for row in data["accesses"]],
        )
        _table(
            document,
            "感谢",
            (Column("日期"), Column("来自"), Column("给"), Column("内容", weight=1)),
            [(row["at"][:10], row["from"], row["to"], row["text"]) for row in data["thanks"]],
        )
        _table(
            document,
            "贺卡",
            (Column("日期"), Column("来自"), Column("内容", weight=1)),
            [line for card in data["cards"] for line in card_lines(card)],
        )
        return document.to_bytes()


def work_facts(work: dict[str, Any]) -> list[Fact]:
    """Return the work data as facts."""
    roles = "；".join(f"{role['role']}（{role['department'] or '全公司'}）" for role in work["roles"])
    return [
        Fact("姓名", printable(work["name"])),
        Fact("工号", printable(work["staff_number"])),
        Fact("部门", printable(work["department"])),
        Fact("职务", printable(work["position"])),
        Fact("电话", printable(work["phone"])),
        Fact("邮箱", printable(work["email"])),
        Fact("入职日期", work["joined_on"]),
        Fact("角色", printable(roles), wide=True),
    ]


def voluntary_facts(given: dict[str, Any]) -> list[Fact]:
    """Return the voluntary data as facts; what was not given says so."""
    day = given["birthday"]
    birthday = (
        str(YearlyDay(CalendarKind(day["calendar"]), day["month"], day["day"], day["leap"]))
        if day
        else "未填写"
    )
    return [
        Fact("生日", birthday),
        Fact("出生年份", str(given["birth_year"] or "未填写")),
        Fact("私人手机", printable(given["mobile"]) or "未填写"),
        Fact("照片", "有，见压缩包" if given["photo"] else "未提供"),
        Fact("特长", printable(given["skills"]) or "未填写", wide=True),
        Fact("爱好", printable(given["hobbies"]) or "未填写", wide=True),
        Fact("一句话介绍", printable(given["about"]) or "未填写", wide=True),
    ]


def card_lines(card: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return a card, or one's own line on a card of somebody else, as rows of the table."""
    if "written" in card:
        return [(card["at"][:10], "本人", card["written"])]
    occasion = str(OCCASION_LABELS[Occasion(card["occasion"])])
    return [(f"{card['day']} {occasion}", line["from"], line["text"]) for line in card["lines"]]


def moment(text: str) -> str:
    """Return a moment of the data in the company's zone, to the minute."""
    return clock.to_local(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M")


def _heading(document: Document, text: str) -> None:
    document.y += 5 * MM
    document.need(_BOLD.leading + 3 * _CELL.leading)
    blocks.draw_paragraph(document, Paragraph(text), style=_BOLD)
    document.y += 1 * MM


def _table(
    document: Document, heading: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]
) -> None:
    _heading(document, heading)
    if not rows:
        blocks.draw_paragraph(document, Paragraph("无"), style=_BODY)
        return
    cells = [Row(tuple((Part(printable(text), _CELL),) for text in row)) for row in rows]
    Table(columns, _HEAD).draw(document, cells)
