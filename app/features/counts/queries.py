"""Who sees which count, and how what was scanned or typed is known as an item."""

import unicodedata
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from app.core import verification_code
from app.core.db import in_departments, one_visible, session
from app.core.errors import NotVisible
from app.core.permissions import Actor, can, departments_of
from app.features.assets.models import AssetItem
from app.features.counts.enums import CountPerm
from app.features.counts.models import StockCount, StockCountLine, StockCountStray

LONGEST_CODE = 80


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a count: who holds or approves counts in its department.

    Who helps to count helps in every department.
    """
    if actor.is_system or can(actor, CountPerm.SCAN):
        return true()
    return or_(
        StockCount.owner_id == actor.id,
        *(
            in_departments(StockCount.department_id, departments_of(actor, permission))
            for permission in (CountPerm.HOLD, CountPerm.APPROVE)
        ),
    )


def visible_to(actor: Actor) -> Select[StockCount]:
    """Return the SELECT of the counts an actor may see."""
    return select(StockCount).where(condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the counts an actor may see."""
    return select(StockCount.id).where(condition(actor))


def get_count(actor: Actor, count_id: int) -> StockCount:
    """Return a count the actor may see; raises NotVisible."""
    return one_visible(visible_to(actor).where(StockCount.id == count_id))


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and title of counts, for tasks, notices and the log."""
    rows = session.execute(
        select(StockCount.id, StockCount.number, StockCount.title).where(StockCount.id.in_(ids))
    )
    return {row.id: f"{row.number} {row.title}" for row in rows}


def read_code(typed: str) -> str:
    """Return the code in what was scanned or typed: of a label's address its last part, else the text itself."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if "://" in text:
        text = urlsplit(text).path.rstrip("/").rpartition("/")[2]
    return text[:LONGEST_CODE]


def find_item(code: str) -> AssetItem | None:
    """Return the item of a label's code, a number, or a serial number that only one item bears; None for none."""
    if not code:
        return None
    label = verification_code.folded(code)
    statement = select(AssetItem).where(or_(AssetItem.label_code == label, AssetItem.number == code.upper()))
    found = session.execute(statement.limit(2)).unique().scalars().all()
    if not found:
        same = select(AssetItem).where(func.lower(AssetItem.serial_number) == code.lower())
        found = session.execute(same.limit(2)).unique().scalars().all()
    return found[0] if len(found) == 1 else None


def line_of(count_id: int, item_id: int) -> StockCountLine | None:
    """Return the line of an item in a count; None where it was neither expected nor found."""
    statement = select(StockCountLine).where(
        StockCountLine.count_id == count_id, StockCountLine.item_id == item_id
    )
    return session.execute(statement).unique().scalar_one_or_none()


def get_line(count: StockCount, line_id: int) -> StockCountLine:
    """Return a line of a count; raises NotVisible for one of another."""
    line = session.get(StockCountLine, line_id)
    if line is None or line.count_id != count.id:
        raise NotVisible
    return line


def stray_of(count_id: int, code: str) -> StockCountStray | None:
    """Return what was found under a code that no label bears; None where nothing was."""
    statement = select(StockCountStray).where(
        StockCountStray.count_id == count_id, StockCountStray.code == code
    )
    return session.execute(statement).unique().scalar_one_or_none()
