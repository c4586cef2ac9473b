"""The price list as it stands on the official paper and in a bid: its columns, and a line of it."""

from decimal import Decimal

from app.core.pdf.document import MM, SOFT_INK, Style
from app.core.pdf.table import Column, Part, Row
from app.features.quotations.snapshot_schema import Line

CELL = Style("regular", 8.2, 11.2)
CELL_STRONG = Style("bold", 8.2, 11.2)
CELL_SOFT = Style("regular", 7.3, 9.8, SOFT_INK)
HEAD = Style("bold", 8, 10.6)


def heading_row(name: str) -> Row:
    """Return the heading of a group of lines."""
    return Row(heading=Part(name, CELL_STRONG))


def item_columns(money_unit: str) -> tuple[Column, ...]:
    """Return the columns of the price list; ``item_row`` fills them."""
    return (
        Column("序号", "centre", minimum=7.5 * MM, maximum=14 * MM),
        Column("名称/品牌", weight=2.6),
        Column("型号规格/技术参数", weight=5.0),
        Column("单位", "centre", minimum=8 * MM, maximum=14 * MM),
        Column("数量", "right", minimum=11 * MM, maximum=22 * MM),
        Column(f"含税单价\n({money_unit})", "right", minimum=16 * MM, maximum=26 * MM),
        Column(f"含税金额\n({money_unit})", "right", minimum=18 * MM, maximum=29 * MM),
        Column("税率", "centre", minimum=9 * MM, maximum=14 * MM),
        Column("交货期\n(天)", "centre", minimum=11 * MM, maximum=14 * MM),
        Column("备注", weight=1.3),
    )


def item_row(line: Line, position: str) -> Row:
    """Return a line of the price list under the position it is printed with."""
    optional = line.kind == "optional"
    figures = CELL._replace(colour=SOFT_INK) if optional else CELL
    name = [Part(line.name, CELL)]
    if line.brand:
        name.append(Part(line.brand, CELL_SOFT))
    if optional:
        name.append(Part("选配，不计入合计", CELL_SOFT))
    model = [Part(line.model, CELL)] if line.model else []
    if line.technical:
        model.append(Part(line.technical, CELL_SOFT))
    lead_time = (
        "" if line.lead_time_days is None else str(line.lead_time_days) if line.lead_time_days else "现货"
    )
    return Row(
        (
            (Part(position, CELL),),
            tuple(name),
            tuple(model),
            (Part(line.unit, CELL),),
            (Part(plain_text(line.quantity), figures),),
            (Part(_price(line.unit_price), figures),),
            (Part(money_text(line.amount), figures),),
            (Part(f"{plain_text(line.tax_rate)}%" if line.tax_rate else "", CELL),),
            (Part(lead_time, CELL),),
            (Part(line.remark, CELL_SOFT),),
        )
    )


def money_text(amount: str) -> str:
    """Return an amount of a snapshot with separators, an empty text for none."""
    return f"{Decimal(amount):,.2f}" if amount else ""


def _price(price: str) -> str:
    """At least two decimals, up to four for cheap parts."""
    if not price:
        return ""
    whole, _, decimals = f"{Decimal(price):,.4f}".partition(".")
    return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"


def plain_text(value: str) -> str:
    """Return a number of a snapshot with separators and without needless zeros, an empty text for none."""
    if not value:
        return ""
    whole, _, decimals = f"{Decimal(value):,f}".partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole
