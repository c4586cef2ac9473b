"""What people do with equipment itself: enter it, change its card. How it changes hands stands in ``offering``."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from app.core import clock, files, numbering, pinyin, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.files import CheckedFile
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor, require, who_may
from app.core.verification_code import ALPHABET
from app.core.workflow import check_version, lock
from app.features.assets import custody, queries
from app.features.assets.enums import ITEM, PHOTO, AssetPerm, CustodyKind, ItemStatus
from app.features.assets.models import AssetCategory, AssetCustody, AssetItem, AssetPlace
from app.features.people.models import User

NUMBERED = "SB"
LABEL_LENGTH = 10
MOST_ACCESSORIES = 30


@dataclass(frozen=True)
class ItemValues:
    """What is typed about an item. ``values`` are those of its category's own fields, by their key; price in yuan."""

    name: str
    category_id: int
    place_id: int | None = None
    model: str = ""
    maker: str = ""
    serial_number: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    accessories: tuple[str, ...] = ()
    bought_on: date | None = None
    price: Decimal | None = None
    supplier: str = ""
    warranty_until: date | None = None
    note: str = ""


def register_item(
    *,
    actor: Actor,
    values: ItemValues,
    person_id: int | None = None,
) -> AssetItem:
    """Enter an item with the next number; ``person_id`` is responsible from now on (None: the actor, in store).

    Raises Denied, and Invalid at the fields.
    """
    require(actor, AssetPerm.KEEP)
    person = working_person(person_id, "person_id") if person_id is not None else None
    return enter_item(actor=actor, values=values, person=person)


def enter_item(
    *,
    actor: Actor,
    values: ItemValues,
    person: User | None = None,
) -> AssetItem:
    """Enter an item as ``register_item`` does, for callers who checked the right to; also for people who left.

    An upper feature whose things are equipment too (cars) and the import of what was there before call this.
    """
    check_item(values)
    keeper = person if person is not None else session.get_one(User, actor.id)
    if keeper.department_id is None:
        raise Invalid(fields={"person_id": lazy("%(name)s还没有部门，请系统管理员先补上", name=keeper.name)})
    item = AssetItem(
        status=ItemStatus.ASSIGNED if person is not None else ItemStatus.IN_STOCK,
        owner_id=actor.id,
        keeper_id=keeper.id,
        department_id=keeper.department_id,
        label_code=new_label_code(),
        number=numbering.next_number(ITEM, NUMBERED),
        **item_columns(values),
    )
    session.add(item)
    session.flush()
    custody.begin(
        item,
        person_id=keeper.id,
        kind=CustodyKind.HELD if person is not None else CustodyKind.STORE,
        at=clock.now(),
    )
    timeline.record(
        ITEM,
        item.id,
        "asset_item:register",
        actor,
        data={"person": keeper.name},
        to_status=item.status,
        tell=[keeper.id] if keeper.active else (),
    )
    index([item])
    return item


def change_item(item: AssetItem, *, actor: Actor, version: int | None, values: ItemValues) -> None:
    """Change the card of an item; who is responsible changes by hand-over alone. Raises Denied, Stale, Invalid."""
    lock(item)
    require(actor, AssetPerm.KEEP, item.department_id)
    check_version(ITEM, item, version)
    check_item(values, item)
    columns = item_columns(values)
    before = {key: getattr(item, key) for key in columns}
    if before == columns:
        return
    for key, value in columns.items():
        setattr(item, key, value)
    item.touch()
    session.flush()
    # what stands behind a number is told by its name
    changes = timeline.diff(spoken(before), spoken(columns))
    timeline.record(ITEM, item.id, "asset_item:change", actor, data={"changes": changes})
    index([item])


def spoken(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the card of an item as the record tells it: names for numbers, lists as one line."""
    category = session.get(AssetCategory, columns["category_id"])
    place = session.get(AssetPlace, columns["place_id"]) if columns["place_id"] else None
    own = "；".join(f"{key}：{value}" for key, value in columns["values"].items() if value)
    return {
        **columns,
        "category_id": category.name if category is not None else "",
        "place_id": place.name if place is not None else "",
        "values": own,
        "accessories": "、".join(columns["accessories"]),
    }


def with_accessories(values: ItemValues, accessories: Iterable[str]) -> ItemValues:
    """Return the same card with these accessories."""
    return replace(values, accessories=tuple(accessories))


def item_columns(values: ItemValues) -> dict[str, Any]:
    """Return the columns of an item's card."""
    columns = {key: getattr(values, key) for key in ItemValues.__dataclass_fields__}
    return {**columns, "values": dict(values.values), "accessories": list(values.accessories)}


def check_item(values: ItemValues, present: AssetItem | None = None) -> None:
    """Raise Invalid at the fields of an item that cannot be meant; what it bears already may be set aside."""
    faults: dict[str, LazyText | str] = {}
    if not values.name.strip():
        faults["name"] = lazy("请填写设备名称")
    category = session.get(AssetCategory, values.category_id)
    if category is None or not (category.active or (present and present.category_id == category.id)):
        faults["category_id"] = lazy("请选择类别")
    if values.place_id is not None:
        place = session.get(AssetPlace, values.place_id)
        if place is None or not (place.active or (present and present.place_id == place.id)):
            faults["place_id"] = lazy("请选择存放地点")
    if values.price is not None and values.price < 0:
        faults["price"] = lazy("价格不能小于 0")
    if values.bought_on is not None and values.bought_on > clock.today():
        faults["bought_on"] = lazy("购置日期不能晚于今天")
    if len(values.accessories) > MOST_ACCESSORIES:
        faults["accessories"] = lazy("配件最多 %(most)s 行", most=MOST_ACCESSORIES)
    if values.serial_number:
        twin = same_serial(values.serial_number, present.id if present is not None else None)
        if twin is not None:
            faults["serial_number"] = lazy("序列号与 %(number)s 相同，请核对", number=twin)
    if faults:
        raise Invalid(fields=faults)


def same_serial(serial_number: str, besides: int | None = None) -> str | None:
    """Return the number of another item with this serial number that is not scrapped."""
    statement = select(AssetItem.number).where(
        AssetItem.serial_number == serial_number, AssetItem.status != ItemStatus.SCRAPPED
    )
    if besides is not None:
        statement = statement.where(AssetItem.id != besides)
    return session.execute(statement.limit(1)).scalar_one_or_none()


def new_label_code() -> str:
    """Return what the QR of a new label carries: random, so that nobody can guess another's."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LABEL_LENGTH))


def working_person(person_id: int | None, name: str) -> User:
    """Return a person who works here; Invalid at the field ``name`` for nobody, or somebody who left."""
    person = session.get(User, person_id) if person_id is not None else None
    if person is None or not person.active:
        raise Invalid(fields={name: lazy("请选择一位在职的同事")})
    return person


def add_photo(item: AssetItem, *, actor: Actor, photo: CheckedFile) -> None:
    """Add a photo of an item, by whoever is responsible for it or keeps the equipment. Raises Denied."""
    lock(item)
    check_may_hand_over(actor, [item])
    files.attach(photo, ITEM, item.id, actor, kind=PHOTO)
    timeline.record(ITEM, item.id, "asset_item:photo", actor)


def check_may_hand_over(actor: Actor, rows: Iterable[AssetItem]) -> None:
    """Raise Denied unless the actor is responsible for each item, or keeps the equipment of its department."""
    for row in rows:
        if row.keeper_id != actor.id and not queries.keeps(actor, row.department_id):
            who = row.keeper.name if row.keeper.active else who_may(AssetPerm.KEEP, row.department_id)
            raise Denied("core:denied", what=lazy("交接“%(item)s”", item=row.name), who=who)


def assume_lost(item: AssetItem, *, actor: Actor, version: int | None) -> None:
    """Take the responsibility for a lost item over from whoever lost it, for instance before they leave.

    By who keeps the equipment; it stays lost. Raises Denied, Stale, and Conflict where it is not lost.
    """
    lock(item)
    require(actor, AssetPerm.KEEP, item.department_id)
    check_version(ITEM, item, version)
    if item.status != ItemStatus.LOST or item.keeper_id == actor.id:
        raise Conflict("asset_item:not-lost", item=item.name)
    before = item.keeper
    custody.pass_on(item, person_id=int(actor.id or 0), kind=CustodyKind.STORE)
    item.touch()
    timeline.record(ITEM, item.id, "asset_item:assume", actor, data={"from": before.name}, tell=[before.id])


# Finding


def index(items: Iterable[AssetItem]) -> None:
    """Bring the search index up to date."""
    search.put_many(
        ITEM,
        [
            search.Record(item.id, f"{item.number} {item.name}", search_text(item), pinyin.keys(item.name))
            for item in items
        ],
    )


def search_text(item: AssetItem) -> str:
    """Return what an item is found by beside number and name."""
    own = " ".join(str(value) for value in item.values.values())
    parts = (item.model, item.maker, item.serial_number, item.supplier, own, item.note)
    return "\n".join(part for part in parts if part)


def remove_imported(ids: Sequence[int]) -> None:
    """Take items away that an import made and nothing refers to, their first period with them."""
    session.execute(delete(AssetCustody).where(AssetCustody.item_id.in_(ids)))
    session.execute(delete(AssetItem).where(AssetItem.id.in_(ids)))
    search.remove_many(ITEM, ids)
