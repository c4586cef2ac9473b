"""Papers of equipment: the hand-over sheet 设备交接单, the list of what a person holds 个人领用清单, a blank form.

They are Chinese papers. What the fonts lack is replaced: a paper of what happened refuses nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core import clock
from app.core.files import CheckedFile
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph
from app.core.pdf.document import INK, MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table
from app.features.assets.enums import (
    CONDITION_LABELS,
    CUSTODY_LABELS,
    HAND_OVER_KIND_LABELS,
    Condition,
    CustodyKind,
    HandOverKind,
)
from app.features.assets.models import AssetCustody, AssetItem, HandOver, HandOverLine
from app.features.people.models import User

SHEET, LIST = "设备交接单", "个人领用清单"
BLANK_ROWS = 14

_MARGINS = Margins(16 * MM, 14 * MM, 16 * MM, 18 * MM)
_BODY = Style("regular", 9.4, 14.6)
_HEAD = Style("bold", 8.6, 12)
_CELL = Style("regular", 8.6, 12)
_NAME = Style("bold", 8.6, 12)
_COLUMNS = (
    Column("序号", "centre", minimum=9 * MM),
    Column("设备编号", minimum=24 * MM),
    Column("设备", weight=1.2),
    Column("序列号", maximum=90),
    Column("配件", weight=1),
    Column("状况", weight=0.9),
)


@dataclass(frozen=True)
class Acceptance:
    """What the sheet of an accepted hand-over says of the acceptance itself.

    ``checklists`` are by line: ``{"text", "ok", "note"}``. ``keeper_name`` is whose screen it was confirmed on.
    """

    at: datetime
    rule_version_id: int | None = None
    rule_title: str = ""
    witness_id: int | None = None
    witness_name: str = ""
    keeper_name: str = ""
    checklists: dict[int, list[dict[str, Any]]] = field(default_factory=dict)


def stamp(moment: datetime | None) -> str:
    """Return a moment in the company's zone, an empty text for none."""
    return "" if moment is None else clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


def begin(company: str, heading: str, number: str) -> Document:
    """Return a paper with letterhead, title and foot."""
    document = Document(DocumentFacts(heading, printable(company), number, clock.now()), _MARGINS)
    blocks.page_foot(document, Foot(number, heading, "", f"打印时间 {stamp(clock.now())}"))
    blocks.running_head(document, heading, number)
    blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
    blocks.title(document, heading)
    return document


def accepted_sheet(hand_over: HandOver, acceptance: Acceptance, company: str) -> CheckedFile:
    """Return the sheet of a hand-over as it is accepted, ready to be stored."""
    content = sheet(hand_over, acceptance, company)
    return CheckedFile(f"{SHEET}-{hand_over.number}.pdf", "application/pdf", content)


def sheet(hand_over: HandOver, acceptance: Acceptance | None, company: str) -> bytes:
    """Return the sheet of a hand-over; without its acceptance with room for both signatures."""
    with using_locale(CHINESE):
        number = str(hand_over.number)
        document = begin(company, SHEET, number)
        blocks.facts_grid(document, facts(hand_over, acceptance), split=0.5)
        document.y += 4 * MM
        rows = [line_row(place, line) for place, line in enumerate(hand_over.lines, 1)]
        Table(_COLUMNS, _HEAD).draw(document, rows)
        if acceptance is not None:
            draw_checklists(document, hand_over.lines, acceptance)
        if hand_over.note:
            draw_text(document, f"说明：{hand_over.note}")
        if acceptance is None:
            signatures(document, "交出人", "接收人", "见证人")
        else:
            draw_confirmed(document, hand_over, acceptance)
        return document.to_bytes()


def facts(hand_over: HandOver, acceptance: Acceptance | None) -> list[Fact]:
    """Return between whom, in which way, under which rule."""
    found = [
        Fact("编号", str(hand_over.number)),
        Fact("方式", str(HAND_OVER_KIND_LABELS[HandOverKind(hand_over.kind)])),
        Fact("交出人", named(hand_over.giver)),
        Fact("接收人", named(hand_over.receiver)),
        Fact("部门", printable(hand_over.department.name)),
        Fact("发起时间", stamp(hand_over.created_at)),
    ]
    if hand_over.due_back_on is not None:
        found.append(Fact("归还日期", hand_over.due_back_on.isoformat()))
    if hand_over.place is not None:
        found.append(Fact("存放地点", printable(hand_over.place.name)))
    if acceptance is not None and acceptance.rule_title:
        found.append(Fact("依据制度", printable(acceptance.rule_title), wide=True))
    return found


def named(user: User) -> str:
    """Return name and staff number of a person."""
    return printable(f"{user.name}（{user.staff_number}）")


def line_row(place: int, line: HandOverLine) -> Row:
    """Return a row of the sheet."""
    item = line.item
    condition = str(CONDITION_LABELS[Condition(line.condition)])
    if line.condition_note:
        condition = f"{condition}：{line.condition_note}"
    return item_row(place, item, "、".join(line.accessories) or "无", condition)


def item_row(place: int, item: AssetItem, accessories: str, last: str) -> Row:
    """Return a row that names an item; ``last`` is what its last column says."""
    described = " ".join(part for part in (item.maker, item.model) if part)
    name = [Part(printable(item.name), _NAME)] + ([Part(printable(described), _CELL)] if described else [])
    return Row(
        (
            (Part(str(place), _CELL),),
            (Part(str(item.number), _CELL),),
            tuple(name),
            (Part(printable(item.serial_number) or "—", _CELL),),
            (Part(printable(accessories), _CELL),),
            (Part(printable(last), _CELL),),
        )
    )


def draw_checklists(document: Document, lines: Iterable[HandOverLine], acceptance: Acceptance) -> None:
    """Write what was looked at on return."""
    for line in lines:
        checked = acceptance.checklists.get(line.id, [])
        if checked:
            said = "；".join(checked_words(row) for row in checked)
            draw_text(document, f"{line.item.number} 检查：{said}")


def checked_words(row: Mapping[str, Any]) -> str:
    """Return what was looked at with what was found."""
    found = [word for word in ("正常" if row["ok"] else "", str(row["note"])) if word]
    return f"{row['text']} {'，'.join(found)}"


def draw_text(document: Document, text: str) -> None:
    """Write a paragraph with room above it."""
    document.y += 3 * MM
    for line in text.splitlines() or [""]:
        blocks.draw_paragraph(document, Paragraph(printable(line)), style=_BODY)


def draw_confirmed(document: Document, hand_over: HandOver, acceptance: Acceptance) -> None:
    """Write who confirmed what and when: the place of the signatures on a sheet that was accepted."""
    where = (
        f"在资产管理员{acceptance.keeper_name}的设备上输入本人密码"
        if acceptance.keeper_name
        else "以本人账号登录"
    )
    draw_text(
        document,
        f"交出人 {hand_over.giver.name} 交出、接收人 {hand_over.receiver.name} 接收以上设备及配件。"
        f"接收人于 {stamp(acceptance.at)} {where}确认，自该时刻起对以上设备负责。",
    )
    if acceptance.rule_title:
        draw_text(document, f"接收人同时确认遵守{acceptance.rule_title}。")
    if acceptance.witness_name:
        draw_text(document, f"见证人：{acceptance.witness_name}")


def signatures(document: Document, *labels: str) -> None:
    """Leave room for signatures with their dates."""
    document.y += 8 * MM
    for label in labels:
        document.need(_BODY.leading)
        y = document.y + blocks.baseline(_BODY)
        for left, said, width in (
            (document.left, f"{label}（签字）：", 94 * MM),
            (document.left + 102 * MM, "日期：", 62 * MM),
        ):
            document.page.text(left, y, said, _BODY)
            document.page.line(left + _BODY.width(said), y + 2, left + width, y + 2, width=0.45, colour=INK)
        document.y += _BODY.leading + 4 * MM


def person_list(
    person: User, held: Sequence[tuple[AssetItem, AssetCustody]], company: str, department: str
) -> bytes:
    """Return the list of what a person is responsible for now, with room for the signature."""
    with using_locale(CHINESE):
        document = begin(company, LIST, printable(person.staff_number))
        blocks.facts_grid(
            document,
            [
                Fact("姓名", printable(person.name)),
                Fact("工号", printable(person.staff_number)),
                Fact("部门", printable(department) or "—"),
                Fact("件数", str(len(held))),
            ],
            split=0.5,
        )
        document.y += 4 * MM
        columns = (*_COLUMNS[:5], Column("起始", weight=0.9))
        rows = [
            item_row(
                place,
                item,
                "、".join(item.accessories) or "无",
                f"{CUSTODY_LABELS[CustodyKind(period.kind)]} {stamp(period.from_at)[:10]}",
            )
            for place, (item, period) in enumerate(held, 1)
        ]
        Table(columns, _HEAD).draw(document, rows)
        draw_text(document, "本人确认以上设备由本人负责保管，调岗、离职时当面交接。")
        signatures(document, "责任人", "资产管理员")
        return document.to_bytes()


def blank_sheet(company: str) -> bytes:
    """Return an empty hand-over sheet to be filled in by hand."""
    with using_locale(CHINESE):
        document = begin(company, SHEET, "　")
        labels = ("交出人", "接收人", "部门", "日期", "归还日期", "存放地点")
        blocks.facts_grid(document, [Fact(label, "　") for label in labels], split=0.5)
        document.y += 4 * MM
        empty = tuple((Part("　", Style("regular", 8.6, 20)),) for _column in _COLUMNS[1:])
        rows = [Row(((Part(str(place), _CELL),), *empty)) for place in range(1, BLANK_ROWS + 1)]
        Table(_COLUMNS, _HEAD).draw(document, rows)
        signatures(document, "交出人", "接收人", "见证人")
        return document.to_bytes()
