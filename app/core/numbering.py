"""Document numbers: one sequence per kind and year, taken inside the transaction, never reused."""

from sqlalchemy import Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Model, insert_unless_present, session

# The year under which a sequence is kept that does not begin again in January.
NO_YEAR = 0


class Sequence(Model):
    """The last number given of a kind in a year (the year in the company's zone)."""

    __tablename__ = "sequence"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer, nullable=False, default=0)


def next_number(kind: str, prefix: str, digits: int = 4, *, yearly: bool = True) -> str:
    """Return the next number of a kind, such as BJ-2026-0012, inside the open unit of work.

    ``yearly=False`` counts on over the years and leaves the year out: KH-0012.
    """
    return next_numbers(kind, prefix, 1, digits, yearly=yearly)[0]


def next_numbers(kind: str, prefix: str, count: int, digits: int = 4, *, yearly: bool = True) -> list[str]:
    """Return the next ``count`` numbers of a kind, as ``next_number`` gives one.

    The sequence row stays locked until the end of the transaction: take the number as the last thing before
    the insert or the change of state.
    """
    year = clock.today().year if yearly else NO_YEAR
    row = session.get(Sequence, (kind, year), with_for_update=True, populate_existing=True)
    if row is None:
        # Two who come at once make one row.
        insert_unless_present(Sequence, kind=kind, year=year, last=0)
        row = session.execute(
            select(Sequence).where(Sequence.kind == kind, Sequence.year == year).with_for_update()
        ).scalar_one()
    first = row.last + 1
    row.last += count
    session.flush()
    begin = f"{prefix}-{year}-" if yearly else f"{prefix}-"
    return [f"{begin}{number:0{digits}d}" for number in range(first, first + count)]
