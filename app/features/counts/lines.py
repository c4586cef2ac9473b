"""What a count says of an item, derived from what was expected and where it was found in whose hands."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.core.db import session
from app.features.assets.enums import ItemStatus
from app.features.counts.enums import Result
from app.features.counts.models import StockCount, StockCountLine, StockCountStray

# What should stand somewhere: what is at a vendor's, lost or scrapped should not.
EXPECTED = (ItemStatus.IN_STOCK, ItemStatus.ASSIGNED)


def result_of(line: StockCountLine) -> Result:
    """Return what a line says. What should not be in the house at all comes first, then the place, then the hands."""
    if line.found_at is None:
        return Result.MISSING
    if line.expected_status not in EXPECTED:
        return Result.SURPLUS
    if line.expected_place_id is not None and line.found_place_id != line.expected_place_id:
        return Result.MISPLACED
    if line.person_seen_id is not None and line.person_seen_id != line.expected_keeper_id:
        return Result.OTHER_KEEPER
    return Result.MATCH


def totals(count_id: int) -> dict[Result, int]:
    """Return how many items have which result, those that no label names among the surplus; one statement each."""
    statement = (
        select(StockCountLine.result, func.count())
        .where(StockCountLine.count_id == count_id)
        .group_by(StockCountLine.result)
    )
    found = dict.fromkeys(Result, 0) | {Result(row[0]): row[1] for row in session.execute(statement)}
    strays = select(func.count()).select_from(StockCountStray).where(StockCountStray.count_id == count_id)
    found[Result.SURPLUS] += session.execute(strays).scalar_one()
    return found


def progress(count_id: int) -> tuple[int, int]:
    """Return how many of the expected items were found, and how many are expected."""
    statement = select(func.count(StockCountLine.found_at), func.count()).where(
        StockCountLine.count_id == count_id, StockCountLine.expected
    )
    found, expected = session.execute(statement).one()
    return found, expected


def differences(count_id: int) -> Sequence[StockCountLine]:
    """Return the lines that are not as expected, by result and number."""
    statement = (
        select(StockCountLine)
        .where(StockCountLine.count_id == count_id, StockCountLine.result != Result.MATCH)
        .order_by(StockCountLine.result, StockCountLine.item_id)
    )
    return session.execute(statement).unique().scalars().all()


def strays(count_id: int) -> Sequence[StockCountStray]:
    """Return what was found that no label names, in the order in which it was found."""
    statement = (
        select(StockCountStray).where(StockCountStray.count_id == count_id).order_by(StockCountStray.id)
    )
    return session.execute(statement).unique().scalars().all()


def expected_lines(count_id: int) -> Sequence[StockCountLine]:
    """Return what is expected, for the paper, by place and number."""
    statement = select(StockCountLine).where(StockCountLine.count_id == count_id, StockCountLine.expected)
    rows = session.execute(statement).unique().scalars().all()
    return sorted(
        rows,
        key=lambda line: (line.expected_place.name if line.expected_place else "", line.item.number or ""),
    )


def found_lines(count_id: int) -> Sequence[StockCountLine]:
    """Return the lines of what was found, in the order of their items."""
    statement = (
        select(StockCountLine)
        .where(StockCountLine.count_id == count_id, StockCountLine.found_at.is_not(None))
        .order_by(StockCountLine.item_id)
    )
    return session.execute(statement).unique().scalars().all()


def scanned_last(count_id: int, limit: int = 8) -> Sequence[StockCountLine]:
    """Return what was found last, the newest first."""
    statement = (
        select(StockCountLine)
        .where(StockCountLine.count_id == count_id, StockCountLine.found_at.is_not(None))
        .order_by(StockCountLine.found_at.desc(), StockCountLine.id.desc())
        .limit(limit)
    )
    return session.execute(statement).unique().scalars().all()


def without_remedy(count: StockCount) -> int:
    """Return for how many differences nobody said yet what is done about them."""
    open_lines = (
        select(func.count())
        .select_from(StockCountLine)
        .where(
            StockCountLine.count_id == count.id,
            StockCountLine.result != Result.MATCH,
            StockCountLine.remedy.is_(None),
        )
    )
    open_strays = (
        select(func.count())
        .select_from(StockCountStray)
        .where(StockCountStray.count_id == count.id, StockCountStray.remedy.is_(None))
    )
    return session.execute(open_lines).scalar_one() + session.execute(open_strays).scalar_one()


def counters(count_id: int) -> frozenset[int]:
    """Return who found anything in a count: none of them approves it."""
    found = select(StockCountLine.found_by_id).where(
        StockCountLine.count_id == count_id, StockCountLine.found_by_id.is_not(None)
    )
    also = select(StockCountStray.found_by_id).where(StockCountStray.count_id == count_id)
    people = {*session.execute(found.distinct()).scalars(), *session.execute(also.distinct()).scalars()}
    return frozenset(person for person in people if person is not None)
