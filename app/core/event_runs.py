"""The statement that reads a long record of events without each of the saves a draft may have in a row."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select


def newest_of_runs(
    event: Any, chosen: ColumnElement[bool], folds: ColumnElement[bool], who: Sequence[Any], most: int
) -> Select[*tuple[Any, ...]]:
    """Return all chosen events that do not fold, and of each run of those that do the ``most`` newest and the first.

    What folds stands in one run while ``who`` is the same and nothing came between: numbered among all events and
    among their like alone, the events of a run differ by the same number. ``left_out`` says behind which event of a
    run how many were not read.
    """
    newest = event.seq.desc()
    like = (case((folds, 1), else_=0), *who)
    number = func.row_number()
    numbered = (
        select(
            event.seq,
            *(item.label(f"like_{place}") for place, item in enumerate(like)),
            (number.over(order_by=newest) - number.over(partition_by=like, order_by=newest)).label("run"),
        )
        .where(chosen)
        .subquery()
    )
    run = [*(numbered.c[f"like_{place}"] for place in range(len(like))), numbered.c.run]
    placed = select(
        numbered.c.seq,
        numbered.c.like_0.label("folds"),
        number.over(partition_by=run, order_by=numbered.c.seq.desc()).label("place"),
        func.count().over(partition_by=run).label("size"),
    ).subquery()
    last_read = and_(placed.c.folds == 1, placed.c.place == most, placed.c.size > most + 1)
    left_out = case((last_read, placed.c.size - most - 1), else_=0).label("left_out")
    return (
        select(*event.__table__.columns, left_out)
        .join(placed, placed.c.seq == event.seq)
        .where(or_(placed.c.folds == 0, placed.c.place <= most, placed.c.place == placed.c.size))
        .order_by(newest)
    )
