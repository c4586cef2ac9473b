"""The lines of a revision as its page reads them: the same object for the same row of the table, page after page.

A long quotation is read far more often than it is changed, and a row of the mapped table costs more to make and to ask
than all that its page says of it. So a line that is only read is kept by the very row it was made of, with what was
counted of it; nothing has to be forgotten when the table changes, since another row is another line.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, inspect, select, type_coerce

from app.core.db import ScaledDecimal
from app.core.prepared import read
from app.features.quotations.models import LineAmount, LineFloor, QuotationLine
from app.web.keeping import Lasting, Memory

# As many lines as twenty of the longest quotations have.
KEPT_LINES = 4_000


class KeptLine(LineFloor, LineAmount, Lasting):
    """A line with the columns of ``QuotationLine`` as attributes. It is shared, so it refuses to be changed."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} of a line that is only read")

    @cached_property
    def amount(self) -> Decimal | None:
        """What the line comes to, see ``LineAmount``; counted once."""
        return LineAmount.amount.fget(self)  # type: ignore[attr-defined]


_kept: Memory[KeptLine] = Memory(KEPT_LINES)


def kept_lines(revision_id: int) -> list[KeptLine]:
    """Return the lines of a revision in their order."""
    found = []
    for row in read(_statement(), {"of_revision": revision_id}):
        line = _kept.get(row)
        if line is None:
            line = _made(row)
            _kept.put(row, line, 1)
        found.append(line)
    return found


def _made(row: tuple[Any, ...]) -> KeptLine:
    values = dict(zip(_columns(), row, strict=True))
    for name, kind in _scaled():
        values[name] = kind.process_result_value(values[name], None)  # type: ignore[arg-type]
    return KeptLine(values)


@cache
def _columns() -> tuple[str, ...]:
    return tuple(column.key for column in inspect(QuotationLine).column_attrs)


@cache
def _scaled() -> list[tuple[str, ScaledDecimal]]:
    kinds = [(name, inspect(QuotationLine).columns[name].type) for name in _columns()]
    return [(name, kind) for name, kind in kinds if isinstance(kind, ScaledDecimal)]


@cache
def _statement() -> Select[Any]:
    """Return the SELECT of the lines of a revision (``of_revision``) as they are written, in their order."""
    of_revision = QuotationLine.revision_id == bindparam("of_revision", type_=Integer)
    written = [as_written(getattr(QuotationLine, name)) for name in _columns()]
    return select(*written).where(of_revision).order_by(QuotationLine.position)


def as_written(column: Any) -> ColumnElement[Any]:
    """Return a column as the database has it: figures as whole numbers of their smallest unit."""
    kind = column.type
    return type_coerce(column, kind.impl_instance) if isinstance(kind, ScaledDecimal) else column
