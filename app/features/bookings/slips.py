"""Papers of a trip: the dispatch slip 派车单 on A5, and the sticker on the dashboard of a car.

They are Chinese papers. What the fonts lack is replaced: a slip refuses nobody their car.
"""

from collections.abc import Sequence
from datetime import datetime

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead
from app.core.pdf.document import MM, SOFT_INK, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.qr import qr_operations
from app.features.bookings.models import Booking
from app.features.vehicles.models import Vehicle

A5 = (148 * MM, 210 * MM)
STICKER = (60 * MM, 40 * MM)
UNKNOWN = "＿＿＿＿＿＿"

_MARGINS = Margins(12 * MM, 11 * MM, 12 * MM, 14 * MM)
_QR_SIDE = 24 * MM
_BODY = Style("regular", 9.4, 15)
_PLATE = Style("bold", 15, 19)
_SMALL = Style("regular", 7.4, 10.6, SOFT_INK)


def stamp(moment: datetime | None) -> str:
    """Return a moment in the company's zone to the minute; a line to write on for none."""
    return UNKNOWN if moment is None else clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


def kilometres(value: int | None) -> str:
    """Return a reading of the odometer; a line to write on for none."""
    return f"{UNKNOWN} 公里" if value is None else f"{value:,} 公里"


def slip(booking: Booking, riders: Sequence[str], company: str, address: str) -> bytes:
    """Return the dispatch slip of a booking with a car and a driver as PDF.

    ``riders`` are the names of colleagues with a seat; ``address`` is where its code leads, to the form of out or
    return.
    """
    if booking.vehicle is None or booking.driver is None:
        raise ValueError("a slip names a car and a driver")
    with using_locale(CHINESE):
        heading, number = "派车单", str(booking.slip_number)
        document = Document(DocumentFacts(heading, printable(company), number, clock.now()), _MARGINS, A5)
        blocks.page_foot(document, Foot(number, heading, "", f"打印时间 {stamp(clock.now())}"))
        blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
        blocks.title(document, heading)
        blocks.facts_grid(document, slip_facts(booking, riders), label_width=17 * MM, split=0.53)
        document.y += 5 * MM
        code(document, address)
        for label in ("驾驶员", "用车人", "车辆管理员"):
            signature(document, label)
        return document.to_bytes()


def slip_facts(booking: Booking, riders: Sequence[str]) -> list[Fact]:
    """Return what a slip says: who goes where with which car, and what the odometer said."""
    car = booking.vehicle
    people = f"{booking.passengers} 人" + (f"，另搭车：{'、'.join(riders)}" if riders else "")
    return [
        Fact("派车单号", str(booking.slip_number)),
        Fact("用车单号", str(booking.number)),
        Fact("车牌", printable(car.plate if car else "")),
        Fact("车型", printable(car.name if car else "")),
        Fact("驾驶员", printable(booking.driver.name if booking.driver else "")),
        Fact("用车人", printable(booking.owner.name)),
        Fact("部门", printable(booking.department.name)),
        Fact("人数", printable(people)),
        Fact("目的地", printable(booking.destination), wide=True),
        Fact("事由", printable(booking.purpose), wide=True),
        Fact("计划出车", stamp(booking.starts_at)),
        Fact("计划还车", stamp(booking.ends_at)),
        Fact("实际出车", stamp(booking.out_at)),
        Fact("出车里程", kilometres(booking.odometer_out)),
        Fact("实际还车", stamp(booking.returned_at)),
        Fact("还车里程", kilometres(booking.odometer_in)),
    ]


def code(document: Document, address: str) -> None:
    """Draw the code at the right of the cursor, and beside it what it is for."""
    page, top = document.page, document.y
    document.need(_QR_SIDE + 4 * MM)
    left = document.right - _QR_SIDE
    page.raw(qr_operations(address, left, document.height - top - _QR_SIDE, _QR_SIDE))
    for number, said in enumerate(
        (
            "出车、还车时扫右边的码，填一个里程数即可。",
            "车况有异常、加了油、付了停车费的，在同一页登记。",
            "没有网络时写在上面，回来补登记。",
        )
    ):
        page.text(document.left, top + number * _BODY.leading + blocks.baseline(_BODY), said, _BODY)
    document.y = top + _QR_SIDE + 6 * MM


def signature(document: Document, label: str) -> None:
    """Leave room for a signature with its date."""
    document.need(_BODY.leading + 3 * MM)
    y = document.y + blocks.baseline(_BODY)
    for left, said, width in (
        (document.left, f"{label}（签字）：", 70 * MM),
        (document.left + 76 * MM, "日期：", 44 * MM),
    ):
        document.page.text(left, y, said, _BODY)
        document.page.line(left + _BODY.width(said), y + 2, left + width, y + 2, width=0.45)
    document.y += _BODY.leading + 3 * MM


def sticker(car: Vehicle, company: str, address: str) -> bytes:
    """Return the sticker for the dashboard of a car as PDF of 60 × 40 mm; its code leads to the car's present trip."""
    with using_locale(CHINESE):
        edge = 3 * MM
        document = Document(
            DocumentFacts("行车码", printable(company), car.plate, clock.now()),
            Margins(edge, edge, edge, edge),
            STICKER,
        )
        side = 30 * MM
        document.page.raw(qr_operations(address, edge, document.height - edge - side, side))
        left = edge + side + 2.5 * MM
        room = document.right - left
        lines = [(car.plate, _PLATE), (car.name, _BODY), ("扫码出车还车", _BODY)]
        y = edge + 1 * MM
        for text, style in lines:
            width = style.width(printable(text))
            for line in (printable(text),) if style is _PLATE else style.lines(printable(text), room):
                squeeze = min(1.0, room / width) if style is _PLATE else 1.0
                document.page.text(left, y + blocks.baseline(style), line, style, squeeze=squeeze)
                y += style.leading
        owner = _SMALL.lines(printable(company), document.right - edge)
        foot = document.height - edge - _SMALL.leading
        document.page.text(edge, foot + blocks.baseline(_SMALL), owner[0] if owner else "", _SMALL)
        return document.to_bytes()
