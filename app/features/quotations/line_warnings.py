"""What the person who types a quotation should know of its lines before saving."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core.i18n import gettext as _
from app.features.products.matching import Match
from app.features.quotations.actions import LineInput
from app.features.quotations.models import LineFloor


@dataclass(frozen=True)
class TypedFloor(LineFloor):
    """A typed line beside the floor of its product."""

    unit: str
    unit_price: Decimal | None
    floor_price: Decimal | None
    floor_unit: str


def below_floor(lines: Sequence[LineInput], found: Sequence[Match]) -> list[str]:
    """Return a sentence for each typed line under the floor price of its product, or not comparable with it.

    The floor itself is not told. ``found`` are the products of the lines, which need not be stored (see
    products.matching).
    """
    said = []
    for position, (line, match) in enumerate(zip(lines, found, strict=True), 1):
        if match.product is None:
            continue
        typed = TypedFloor(line.unit, line.unit_price, match.product.floor_price, match.product.unit)
        about: dict[str, Any] = {"row": position, "name": line.name}
        if typed.below_floor:
            said.append(_("第 %(row)s 行 %(name)s：单价低于底价，请写明理由，并须主管领导审批", **about))
        elif typed.in_other_unit:
            said.append(
                _(
                    "第 %(row)s 行 %(name)s：单位与价目表（%(unit)s）不同，不能与底价比较，请写明换算，"
                    "并须主管领导审批",
                    unit=typed.floor_unit,
                    **about,
                )
            )
    return said
