"""What the person who types a quotation should know of its lines before saving."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core.db import session
from app.core.i18n import gettext as _
from app.features.products.models import Product
from app.features.quotations.actions import LineInput
from app.features.quotations.models import QuotationLine


def below_floor(lines: Sequence[QuotationLine | LineInput]) -> list[str]:
    """Return a sentence for each typed line under the floor price of its product; the floor itself is not told.

    ``lines`` need not be stored; their products are read in one query.
    """
    wanted = {line.product_id for line in lines if line.product_id is not None}
    if not wanted:
        return []
    statement = select(Product.id, Product.floor_price).where(Product.id.in_(wanted))
    floors = {row.id: row.floor_price for row in session.execute(statement)}
    found = []
    for position, line in enumerate(lines, 1):
        floor = floors.get(line.product_id) if line.product_id is not None else None
        if floor is not None and line.unit_price is not None and line.unit_price < floor:
            found.append(
                _(
                    "第 %(row)s 行 %(name)s：单价低于底价，请写明理由，并须主管领导审批",
                    row=position,
                    name=line.name,
                )
            )
    return found
