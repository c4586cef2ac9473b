"""What the person who types a quotation should know of its lines before saving."""

from collections.abc import Sequence

from app.core.i18n import gettext as _
from app.features.products.matching import Match
from app.features.quotations.actions import LineInput


def below_floor(lines: Sequence[LineInput], found: Sequence[Match]) -> list[str]:
    """Return a sentence for each typed line under the floor price of its product; the floor itself is not told.

    ``found`` are the products of the lines, which need not be stored (see products.matching).
    """
    said = []
    for position, (line, match) in enumerate(zip(lines, found, strict=True), 1):
        floor = match.product.floor_price if match.product else None
        if floor is not None and line.unit_price is not None and line.unit_price < floor:
            said.append(
                _(
                    "第 %(row)s 行 %(name)s：单价低于底价，请写明理由，并须主管领导审批",
                    row=position,
                    name=line.name,
                )
            )
    return said
