"""The products of the demo: two hundred parts with list price, floor price and lead time."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from app.core.db import session
from app.demo.stage import Script, Stage
from app.features.products import actions
from app.features.products.actions import ProductValues
from app.features.products.models import Product

CATEGORIES = {
    **dict.fromkeys(("CB", "YB", "ZB", "YM"), "液压泵与马达"),
    **dict.fromkeys(("HF", "YX", "ZX"), "液压阀与系统"),
    **dict.fromkeys(("MF", "LX", "YY"), "密封、滤芯与油品"),
    **dict.fromkeys(("LH", "TL"), "传动件"),
    **dict.fromkeys(("SG", "GD", "BJ"), "农机工作部件"),
    "JG": "胶管与接头",
    "YG": "液压油缸",
    "DC": "电气件",
}
FILE = Path(__file__).parent / "data" / "products.csv"


def rows() -> Iterator[ProductValues]:
    """Give each product as it is typed."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield ProductValues(
                code=row["code"],
                name=row["name"],
                brand=row["brand"],
                model=row["model"],
                spec=row["spec"],
                category=CATEGORIES[row["code"][:2]],
                unit=row["unit"],
                list_price=Decimal(row["list_price"]),
                floor_price=Decimal(row["floor_price"]),
                lead_time_days=int(row["lead_time_days"]),
            )


def entering(stage: Stage) -> Script:
    """The first afternoon: the manager brings in the price list."""
    moment = stage.timetable.moment(stage.timetable.length, 13, 40)
    for values in rows():
        yield moment
        moment += timedelta(minutes=1)
        actions.create_product(actor=stage.actor("m1"), values=values)


def by_code(code: str) -> Product:
    """Return a product of the demo."""
    return session.execute(select(Product).where(Product.code == code)).scalar_one()


def changing(stage: Stage) -> Script:
    """What happens to products later: a price rises, one is no longer made."""
    yield stage.timetable.moment(66, 16, 20)
    for code, rise in (("YY-002", "1.04"), ("YY-003", "1.04")):
        product = by_code(code)
        old = next(values for values in rows() if values.code == code)
        values = replace(old, list_price=(Decimal(old.list_price or 0) * Decimal(rise)).quantize(Decimal(1)))
        actions.update_product(product, actor=stage.actor("m1"), version=product.version, values=values)
    yield stage.timetable.moment(33, 11, 10)
    product = by_code("BJ-002")
    actions.set_product_active(product, actor=stage.actor("m1"), version=product.version, active=False)
