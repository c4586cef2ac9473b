"""The lines of a quotation as they stand in the database, to see which of them a saving changes.

A long form comes back with nearly every line as it went out. Its lines are compared as the numbers and texts that are
written, and only those that differ are made rows of.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, inspect, select

from app.core import prepared
from app.core.db import ScaledDecimal
from app.core.prepared_objects import columns, read_objects
from app.features.inquiries.models import InquiryLine
from app.features.products import matching
from app.features.quotations.kept_lines import as_written
from app.features.quotations.line_changes import TOLD_FIELDS, line_changes, told
from app.features.quotations.models import LineAmount, QuotationLine, QuotationRevision
from app.features.quotations.reading import line_parts

LINE_FIELDS = (
    "kind",
    *TOLD_FIELDS,
    "floor_reason",
    "product_id",
    "inquiry_line_id",
    "origin",
)
_values_of = attrgetter(*LINE_FIELDS)


class Floor(NamedTuple):
    """The floor price of a product in yuan, and the unit it is for."""

    price: Decimal | None
    unit: str


NO_FLOOR = Floor(None, "")


def floor_of(line: Any, floors: Mapping[int, Floor]) -> Floor:
    """Return the floor of a line among those by product, NO_FLOOR where it is none."""
    return NO_FLOOR if line.product_id is None else floors.get(line.product_id, NO_FLOOR)


class Counted:
    """What follows from the values of a typed line, counted once; beside its fields, which alone are the line."""

    __slots__ = ("_amount", "_written")
    _amount: Decimal | None
    _written: tuple[Any, ...]

    @property
    def amount(self) -> Decimal | None:
        """What the line comes to, see ``LineAmount``."""
        try:
            return self._amount
        except AttributeError:
            amount: Decimal | None = LineAmount.amount.fget(self)  # type: ignore[attr-defined]
            object.__setattr__(self, "_amount", amount)
            return amount

    @property
    def written(self) -> tuple[Any, ...]:
        """The values of LINE_FIELDS as they are written; ValueError or TypeError for one that cannot be kept."""
        try:
            return self._written
        except AttributeError:
            values = list(_values_of(self))
            for place, kind in _scaled():
                values[place] = kind.process_bind_param(values[place], None)  # type: ignore[arg-type]
            object.__setattr__(self, "_written", tuple(values))
            return self._written


@cache
def _scaled() -> list[tuple[int, ScaledDecimal]]:
    """Return which of LINE_FIELDS are written as whole numbers of their smallest unit."""
    kinds = [inspect(QuotationLine).columns[name].type for name in LINE_FIELDS]
    return [(place, kind) for place, kind in enumerate(kinds) if isinstance(kind, ScaledDecimal)]


def with_products(lines: Sequence[Any]) -> tuple[list[Any], dict[int, Floor]]:
    """Return lines with the products they are, and the floors by product."""
    found = matching.matches(lines)
    floors = {
        match.product.id: Floor(match.product.floor_price, match.product.unit)
        for match in found
        if match.product and match.product.floor_price is not None
    }
    return matching.settled(lines, found), floors


def without_foreign(revision: QuotationRevision, lines: Sequence[Any]) -> Sequence[Any]:
    """Return lines without those that name a line of another inquiry."""
    if all(item.inquiry_line_id is None for item in lines):
        return lines
    own = {row.id for row in prepared.read(_own_lines(), {"of_inquiry": revision.quotation.inquiry_id})}
    return [item for item in lines if item.inquiry_line_id is None or item.inquiry_line_id in own]


@cache
def _own_lines() -> Select[int]:
    return select(InquiryLine.id).where(InquiryLine.inquiry_id == bindparam("of_inquiry", type_=Integer))


def put_changed(
    revision: QuotationRevision, lines: Sequence[Any], floors: Mapping[int, Floor]
) -> list[list[str]] | None:
    """Write those lines that differ and return what the timeline tells of them; None where lines came, went or moved.

    Then nothing was done. ``lines`` are typed ones with their products, ``floors`` those of their products.
    """
    stored = prepared.read(_written_lines(), {"of_revision": revision.id})
    marks = [line.origin for line in lines]
    if marks != [row.origin for row in stored] or len(set(marks)) < len(marks) or "" in marks:
        return None
    if any(row.position != place for place, row in enumerate(stored, 1)):
        return None
    kept = QuotationLine.floor_price.type
    try:
        wanted = [
            (*line.written, kept.process_bind_param(floor.price, None), floor.unit)
            for line, floor in ((line, floor_of(line, floors)) for line in lines)
        ]
    except (TypeError, ValueError):
        return None
    differing = {row.id: place for place, row in enumerate(stored) if row[2:] != wanted[place]}
    if not differing:
        return []
    before, after = {}, {}
    for (row,) in read_objects(line_parts(), _lines_by_id(), {"ids": list(differing)}):
        line = lines[differing[row.id]]
        before[row.position] = told(row)
        values = dict(zip(LINE_FIELDS, _values_of(line), strict=True))
        values["floor_price"], values["floor_unit"] = floor_of(line, floors)
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
        after[row.position] = told(row)
    return line_changes(before, after)


@cache
def _written_lines() -> Select[Any]:
    """Return the SELECT of the lines of a revision (``of_revision``) as they are written."""
    written = [
        as_written(getattr(QuotationLine, name)) for name in (*LINE_FIELDS, "floor_price", "floor_unit")
    ]
    of_revision = QuotationLine.revision_id == bindparam("of_revision", type_=Integer)
    return (
        select(QuotationLine.id, QuotationLine.position, *written)
        .where(of_revision)
        .order_by(QuotationLine.position)
    )


@cache
def _lines_by_id() -> Select[Any]:
    """Return the SELECT of some lines by their ``ids``, in their order."""
    wanted = QuotationLine.id.in_(bindparam("ids", expanding=True, type_=Integer))
    return select(*columns(line_parts())).where(wanted).order_by(QuotationLine.position)
