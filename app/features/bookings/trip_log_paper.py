"""The log of trips of a car and month on paper 行车记录: every trip with its kilometres and fuel, sums, signatures."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.core import clock, money
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead
from app.core.pdf.document import A4, MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table
from app.features.vehicles import fuel
from app.features.vehicles.fuel import Consumption
from app.features.vehicles.models import Vehicle

LANDSCAPE = (A4[1], A4[0])

_MARGINS = Margins(14 * MM, 12 * MM, 14 * MM, 16 * MM)
_HEAD = Style("bold", 8.4, 11.6)
_CELL = Style("regular", 8.4, 11.6)
_SUM = Style("bold", 8.4, 11.6)
_BODY = Style("regular", 9.4, 15)
_COLUMNS = (
    Column("出车", "left", 60),
    Column("还车", "left", 60),
    Column("驾驶员", "left", 40),
    Column("用车人", "left", 40),
    Column("目的地", weight=2),
    Column("出车里程", "right", 44),
    Column("还车里程", "right", 44),
    Column("公里", "right", 34),
    Column("加油（升）", "right", 40),
    Column("油费（元）", "right", 44),
    Column("备注", weight=1),
)


def paper(
    vehicle: Vehicle, month: str, rows: Sequence[Any], burnt: Consumption | None, company: str
) -> bytes:
    """Return the log of a car and month (2026-11) as PDF; ``rows`` are those of the list, the earliest first."""
    with using_locale(CHINESE):
        heading = "行车记录"
        document = Document(
            DocumentFacts(heading, printable(company), month, clock.now()), _MARGINS, LANDSCAPE
        )
        printed = clock.to_local(clock.now())
        blocks.page_foot(
            document, Foot(vehicle.plate, f"{heading} {month}", "", f"打印时间 {printed:%Y-%m-%d %H:%M}")
        )
        blocks.running_head(document, f"{heading} {vehicle.plate}", month)
        blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
        blocks.title(document, heading)
        blocks.facts_grid(document, facts(vehicle, month, rows, burnt))
        document.y += 4 * MM
        Table(_COLUMNS, _HEAD).draw(document, [*map(trip_row, rows), sum_row(rows)], keep_with_last=12 * MM)
        signatures(document, ("车辆管理员", "部门负责人"))
        return document.to_bytes()


def facts(vehicle: Vehicle, month: str, rows: Sequence[Any], burnt: Consumption | None) -> list[Fact]:
    """Return which car and month it is, and what the fuel came to."""
    return [
        Fact("车辆", printable(f"{vehicle.plate} {vehicle.name}")),
        Fact("月份", month),
        Fact("责任人", printable(vehicle.item.keeper.name)),
        Fact("用车次数", str(len(rows))),
        Fact("百公里油耗", fuel.in_words(burnt), wide=True),
    ]


def trip_row(row: Any) -> Row:
    """Return a trip as a line of the table."""
    marks = {"retro": "补办", "gap": "有未登记里程"}
    texts = (
        stamp(row.out_at),
        stamp(row.returned_at),
        row.driver,
        row.owner,
        row.destination,
        f"{row.odometer_out:,}",
        f"{row.odometer_in:,}",
        f"{row.distance:,}",
        "" if row.litres is None else money.format_quantity(row.litres),
        "" if row.amount is None else money.format_amount(row.amount),
        marks.get(row.mark, ""),
    )
    return Row(tuple((Part(printable(text), _CELL),) for text in texts))


def sum_row(rows: Sequence[Any]) -> Row:
    """Return the sums below the trips."""
    litres = sum((row.litres for row in rows if row.litres is not None), Decimal(0))
    amount = sum((row.amount for row in rows if row.amount is not None), Decimal(0))
    texts = ["合计", "", "", "", "", "", "", f"{sum(row.distance for row in rows):,}"]
    texts += [money.format_quantity(litres), money.format_amount(amount), ""]
    return Row(tuple((Part(text, _SUM),) for text in texts))


def stamp(moment: datetime) -> str:
    """Return a moment as the table writes it: month, day and time."""
    return clock.to_local(moment).strftime("%m-%d %H:%M")


def signatures(document: Document, labels: Sequence[str]) -> None:
    """Leave room for signatures side by side."""
    document.need(12 * MM)
    document.y += 6 * MM
    y, width = document.y + blocks.baseline(_BODY), document.body_width / len(labels)
    for number, label in enumerate(labels):
        left, said = document.left + number * width, f"{label}（签字、日期）："
        document.page.text(left, y, said, _BODY)
        document.page.line(left + _BODY.width(said), y + 2, left + width - 10 * MM, y + 2, width=0.45)
    document.y += _BODY.leading
