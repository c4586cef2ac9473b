"""What people do with categories and places: add, change, set aside. What is in use is never deleted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import func, select

from app.core import timeline
from app.core.db import session
from app.core.errors import Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor, require
from app.core.workflow import check_version, lock
from app.features.assets.enums import CATEGORY, PLACE, AssetPerm
from app.features.assets.models import AssetCategory, AssetPlace

MOST_ROWS = 20
LONGEST_ROW = 60


@dataclass(frozen=True)
class CategoryValues:
    """A kind of equipment: names of its own fields, what is looked at on return, what usually comes with it.

    ``check_days``: after how many days whoever is responsible is asked whether it is still there; None: never.
    """

    name: str
    fields: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    accessories: tuple[str, ...] = ()
    check_days: int | None = None
    active: bool = True


@dataclass(frozen=True)
class PlaceValues:
    """A place where equipment stands; a store is where things lie that nobody uses."""

    name: str
    is_store: bool = False
    active: bool = field(default=True)


def add_category(*, actor: Actor, values: CategoryValues) -> AssetCategory:
    """Add a category. Raises Denied, and Invalid at the fields for a name that is taken or lists too long."""
    require(actor, AssetPerm.KEEP)
    check_category(values)
    category = AssetCategory(**category_columns(values))
    session.add(category)
    session.flush()
    timeline.record(CATEGORY, category.id, "asset_category:add", actor, data={"name": category.name})
    return category


def change_category(
    category: AssetCategory, *, actor: Actor, version: int | None, values: CategoryValues
) -> None:
    """Change a category; items keep what they say in fields that are gone. Raises Denied, Stale, Invalid."""
    lock(category)
    require(actor, AssetPerm.KEEP)
    check_version(CATEGORY, category, version)
    check_category(values, category.id)
    change(category, category_columns(values), CATEGORY, "asset_category:change", actor)


def add_place(*, actor: Actor, values: PlaceValues) -> AssetPlace:
    """Add a place. Raises Denied, and Invalid at ``name`` for one that is there already."""
    require(actor, AssetPerm.KEEP)
    check_name(AssetPlace, values.name)
    place = AssetPlace(**asdict(values))
    session.add(place)
    session.flush()
    timeline.record(PLACE, place.id, "asset_place:add", actor, data={"name": place.name})
    return place


def change_place(place: AssetPlace, *, actor: Actor, version: int | None, values: PlaceValues) -> None:
    """Change a place. Raises Denied, Stale, Invalid."""
    lock(place)
    require(actor, AssetPerm.KEEP)
    check_version(PLACE, place, version)
    check_name(AssetPlace, values.name, place.id)
    change(place, asdict(values), PLACE, "asset_place:change", actor)


def change(row: Any, columns: dict[str, Any], doc_type: str, verb: str, actor: Actor) -> None:
    """Write changed columns of a row and record from what to what; nothing where nothing changed."""
    before = {key: getattr(row, key) for key in columns}
    changed = {key: value for key, value in columns.items() if before[key] != value}
    if not changed:
        return
    for key, value in changed.items():
        setattr(row, key, value)
    row.touch()
    session.flush()
    rows = timeline.diff(spoken(before), spoken(columns))
    timeline.record(doc_type, row.id, verb, actor, data={"changes": rows})


def spoken(columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns as the record tells them: lists as one line."""
    return {
        key: "、".join(item["label"] if isinstance(item, dict) else item for item in value)
        if isinstance(value, list)
        else value
        for key, value in columns.items()
    }


def category_columns(values: CategoryValues) -> dict[str, Any]:
    """Return the columns of a category; a field of its own is kept under its name."""
    return {
        "name": values.name,
        "fields": [{"key": label, "label": label} for label in values.fields],
        "checklist": list(values.checklist),
        "accessories": list(values.accessories),
        "check_days": values.check_days,
        "active": values.active,
    }


def check_category(values: CategoryValues, besides: int | None = None) -> None:
    """Raise Invalid at the fields of a category that cannot be meant."""
    check_name(AssetCategory, values.name, besides)
    faults: dict[str, LazyText | str] = {}
    for name in ("fields", "checklist", "accessories"):
        sentence = rows_fault(getattr(values, name))
        if sentence is not None:
            faults[name] = sentence
    if values.check_days is not None and not 1 <= values.check_days <= 3_650:
        faults["check_days"] = lazy("自查间隔须在 1 到 3650 天之间")
    if faults:
        raise Invalid(fields=faults)


def rows_fault(rows: Sequence[str]) -> LazyText | None:
    """Return what is wrong with a list typed a line each: too many, too long, or twice the same."""
    if len(rows) > MOST_ROWS:
        return lazy("最多 %(most)s 行", most=MOST_ROWS)
    if any(len(row) > LONGEST_ROW for row in rows):
        return lazy("每行不超过 %(most)s 个字", most=LONGEST_ROW)
    doubled = next((row for row in rows if rows.count(row) > 1), None)
    return lazy("“%(row)s”写了两遍", row=doubled) if doubled is not None else None


def check_name(model: Any, name: str, besides: int | None = None) -> None:
    """Raise Invalid at ``name`` for none, or for one that another row bears."""
    if not name.strip():
        raise Invalid(fields={"name": lazy("请填写名称")})
    statement = select(model.id).where(func.lower(model.name) == name.lower())
    if besides is not None:
        statement = statement.where(model.id != besides)
    if session.execute(statement.limit(1)).first() is not None:
        raise Invalid(fields={"name": lazy("已有“%(name)s”，请换一个名称", name=name)})
