"""The products of typed lines as they stand in the tables of inquiries and quotations, with a box that undoes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.i18n import gettext as _
from app.core.i18n import lazy, ngettext
from app.features.products.matching import Match
from app.web.line_rows import BoxedText

NAME = "unmatched_code"
COLUMN = {
    "name": NAME,
    "label": lazy("价目表产品"),
    "kind": "boxed",
    "size": "s",
    "box": lazy("不是它"),
}


def beside(rows: Sequence[Mapping[str, Any]], found: Sequence[Match]) -> list[dict[str, Any]]:
    """Return the rows of a table, each with what its line was found to be; rows behind the found ones have nothing."""
    spare = [Match()] * (len(rows) - len(found))
    return [
        {
            **row,
            "product_id": str(match.product.id) if match.product else "",
            NAME: in_words(match),
        }
        for row, match in zip(rows, [*found, *spare], strict=True)
    ]


def columns(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the column of the products where any row has one to tell of: an empty one only takes room."""
    return [COLUMN] if any(row[NAME].text for row in rows) else []


def in_words(match: Match) -> BoxedText:
    """Return what a line was found to be, in words."""
    product = match.product or match.refused
    if product is not None:
        return BoxedText(product.code, product.code, match.refused is not None)
    if match.rivals:
        return BoxedText(several(match.rivals))
    return BoxedText("")


def several(rivals: int) -> str:
    """Return that several products are called like a line."""
    return _("有 %(count)s 个产品是这个型号，请从建议中选定", count=rivals)


def remarks(lines: Sequence[Any], found: Sequence[Match]) -> list[str]:
    """Return what to know of lines that were just typed: which became products by themselves, which name several."""
    known = [
        place
        for place, (line, match) in enumerate(zip(lines, found, strict=True), 1)
        if match.product is not None and match.product.id != line.product_id
    ]
    said = []
    if known:
        rows = _("、").join(map(str, known))
        said.append(
            ngettext(
                "第 %(rows)s 行按型号对应了价目表产品",
                "第 %(rows)s 行按型号对应了价目表产品",
                len(known),
                rows=rows,
            )
        )
    for place, match in enumerate(found, 1):
        if match.rivals:
            said.append(_("第 %(row)s 行：%(what)s", row=place, what=several(match.rivals)))
    return said
