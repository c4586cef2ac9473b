"""One car, one file 一车一档: card, papers, services, defects, costs, fines and who was responsible, on paper.

It is a Chinese paper. What the fonts lack is replaced: a file for the cupboard refuses nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.core import clock, money
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table
from app.features.assets.enums import CUSTODY_LABELS
from app.features.assets.models import AssetCustody
from app.features.vehicles.enums import (
    COST_LABELS,
    FINE_LABELS,
    LICENCE_CLASS_LABELS,
    PAPER_LABELS,
    POLICY_LABELS,
    STATUS_LABELS,
)
from app.features.vehicles.models import (
    Vehicle,
    VehicleCost,
    VehicleDefect,
    VehicleFine,
    VehiclePaper,
    VehicleService,
)

HEADING = "车辆档案（一车一档）"

_MARGINS = Margins(20 * MM, 14 * MM, 20 * MM, 18 * MM)
_CELL = Style("regular", 9, 13)
_HEAD = Style("bold", 9, 13)
_BOLD = Style("bold", 10.2, 16.6)
_BODY = Style("regular", 10.2, 16.6)


@dataclass(frozen=True)
class CarFile:
    """All that stands in the file of a car, read beforehand; each list the newest first."""

    vehicle: Vehicle
    papers: Sequence[VehiclePaper]
    services: Sequence[VehicleService]
    defects: Sequence[VehicleDefect]
    costs: Sequence[VehicleCost]
    fines: Sequence[VehicleFine]
    custody: Sequence[AssetCustody]


def stamp(moment: datetime | None) -> str:
    """Return a moment in the company's zone, an empty text for none."""
    return "" if moment is None else clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


def car_file(file: CarFile, company: str) -> bytes:
    """Return the file of a car as PDF."""
    with using_locale(CHINESE):
        vehicle = file.vehicle
        document = Document(DocumentFacts(HEADING, printable(company), vehicle.plate, clock.now()), _MARGINS)
        blocks.page_foot(document, Foot(vehicle.plate, HEADING, "", f"打印时间 {stamp(clock.now())}"))
        blocks.running_head(document, HEADING, vehicle.plate)
        blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
        blocks.title(document, HEADING)
        blocks.facts_grid(document, card(vehicle))
        write_papers(document, file.papers)
        write_services(document, file.services)
        write_defects(document, file.defects)
        write_costs(document, file.costs)
        write_fines(document, file.fines)
        write_custody(document, file.custody)
        return document.to_bytes()


def card(vehicle: Vehicle) -> list[Fact]:
    """Return what the card of the car says."""
    return [
        Fact("车牌号", printable(vehicle.plate)),
        Fact("车辆名称", printable(vehicle.name)),
        Fact("资产编号", str(vehicle.item.number)),
        Fact("状态", str(STATUS_LABELS[vehicle.status])),
        Fact("部门", printable(vehicle.department.name)),
        Fact("责任人", printable(vehicle.item.keeper.name)),
        Fact("座位数", str(vehicle.seats)),
        Fact("准驾车型", str(LICENCE_CLASS_LABELS[vehicle.licence_class])),
        Fact("约车方式", str(POLICY_LABELS[vehicle.policy])),
        Fact("里程表读数", f"{vehicle.odometer:,} 公里"),
        Fact("备注", printable(vehicle.note) or "无", wide=True),
    ]


def section(
    document: Document, heading: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]
) -> None:
    """Write a part of the file: its heading, and a table or that there is nothing."""
    document.y += 5 * MM
    document.need(_BOLD.leading + 3 * _CELL.leading)
    blocks.draw_paragraph(document, Paragraph(heading), style=_BOLD)
    if not rows:
        blocks.draw_paragraph(document, Paragraph("无"), style=_BODY)
        return
    document.y += 1 * MM
    cells = [Row(tuple((Part(printable(text), _CELL),) for text in row)) for row in rows]
    Table(columns, _HEAD).draw(document, cells)


def write_papers(document: Document, papers: Sequence[VehiclePaper]) -> None:
    """Write insurance and inspection."""
    columns = (
        Column("证件", minimum=44),
        Column("有效期", minimum=124, maximum=124),
        Column("保险公司或检测站", weight=1),
        Column("保单号或证号", weight=1),
    )
    rows = [
        (
            str(PAPER_LABELS[paper.kind]),
            f"{paper.valid_from} 至 {paper.valid_until}",
            paper.issuer,
            paper.paper_number,
        )
        for paper in papers
    ]
    section(document, "保险与年检", columns, rows)


def write_services(document: Document, services: Sequence[VehicleService]) -> None:
    """Write services and stays in the workshop."""
    columns = (
        Column("日期"),
        Column("里程（公里）", "right"),
        Column("项目", weight=2),
        Column("修理厂", weight=1),
    )
    rows = [(str(row.done_on), f"{row.kilometres:,}", row.work, row.workshop) for row in services]
    section(document, "保养", columns, rows)


def write_defects(document: Document, defects: Sequence[VehicleDefect]) -> None:
    """Write defects with how they were mended."""
    columns = (
        Column("报告时间"),
        Column("报告人", minimum=44),
        Column("故障", weight=2),
        Column("停驶"),
        Column("修复", weight=1),
    )
    rows = [
        (
            stamp(row.reported_at),
            row.reported_by.name,
            row.text,
            "是" if row.grounds else "否",
            f"{stamp(row.mended_at)} {row.mended_note}".strip() or "未修复",
        )
        for row in defects
    ]
    section(document, "故障与维修", columns, rows)


def write_costs(document: Document, costs: Sequence[VehicleCost]) -> None:
    """Write what was paid, with its sum."""
    columns = (
        Column("日期"),
        Column("类别", minimum=44),
        Column("金额（元）", "right"),
        Column("升数", "right"),
        Column("说明", weight=1),
    )
    rows = [
        (
            str(row.paid_on),
            str(COST_LABELS[row.kind]),
            money.format_amount(row.amount),
            money.format_quantity(row.litres) if row.litres is not None else "",
            row.note,
        )
        for row in costs
    ]
    total = sum((row.amount for row in costs), Decimal(0))
    section(document, f"费用（合计 {money.format_amount(total)} 元）", columns, rows)


def write_fines(document: Document, fines: Sequence[VehicleFine]) -> None:
    """Write fines with whoever drove."""
    columns = (
        Column("时间"),
        Column("行为", weight=1),
        Column("驾驶人", minimum=44),
        Column("罚款（元）", "right"),
        Column("记分", "right"),
        Column("状态"),
    )
    rows = [
        (
            stamp(row.happened_at),
            row.offence,
            row.driver.name if row.driver is not None else "待查明",
            money.format_amount(row.amount),
            str(row.points),
            str(FINE_LABELS[row.status]),
        )
        for row in fines
    ]
    section(document, "交通违章", columns, rows)


def write_custody(document: Document, custody: Sequence[AssetCustody]) -> None:
    """Write who was responsible from when to when."""
    columns = (Column("责任人", weight=1), Column("方式"), Column("起"), Column("止"))
    rows = [
        (
            row.person.name,
            str(CUSTODY_LABELS[row.kind]),
            stamp(row.from_at),
            stamp(row.until_at) or "至今",
        )
        for row in custody
    ]
    section(document, "责任人与交接", columns, rows)


def paper_name(vehicle: Vehicle, day: date) -> str:
    """Return the name under which the file is saved."""
    return f"一车一档-{vehicle.plate}-{day.isoformat()}.pdf"
