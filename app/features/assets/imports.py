"""Importing equipment: which columns are known, how a row is read and compared with what is there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select

from app.core import imports
from app.core.canonical import decimal_text
from app.core.db import session
from app.core.i18n import lazy
from app.core.import_records import Outcome
from app.core.imports import ImportField, ImportKind, Plan
from app.core.permissions import Actor, require
from app.features.assets import actions, queries
from app.features.assets.actions import ItemValues
from app.features.assets.enums import ITEM, AssetPerm, ItemStatus
from app.features.assets.forms import CardFields
from app.features.assets.models import AssetItem
from app.features.people.models import User
from app.web import forms
from app.web import imports as import_pages

FIELDS = (
    ImportField(
        "name",
        lazy("设备名称"),
        ("名称", "资产名称", "物品名称", "品名", "equipment", "name", "asset name", "item"),
        required=True,
        hint=lazy("如 笔记本电脑、投影仪"),
    ),
    ImportField(
        "number",
        lazy("设备编号"),
        ("编号", "资产编号", "asset number", "number", "asset tag"),
        hint=lazy("只在更新已有设备时填写"),
    ),
    ImportField(
        "category",
        lazy("类别"),
        ("资产类别", "设备类别", "分类", "category", "type"),
        hint=lazy("须是已建的类别；新设备必填"),
    ),
    ImportField(
        "person",
        lazy("责任人"),
        ("使用人", "保管人", "领用人", "responsible person", "holder", "user"),
        hint=lazy("姓名或工号；不填则在库，由导入的人保管"),
    ),
    ImportField(
        "place",
        lazy("存放地点"),
        ("地点", "位置", "存放位置", "place", "location"),
        hint=lazy("须是已建的地点"),
    ),
    ImportField("model", lazy("型号"), ("规格型号", "规格", "model")),
    ImportField("maker", lazy("厂家"), ("品牌", "生产厂家", "maker", "manufacturer", "brand")),
    ImportField(
        "serial_number",
        lazy("序列号"),
        ("出厂编号", "机身号", "sn", "s/n", "serial", "serial number"),
        hint=lazy("按序列号认出已有的设备"),
    ),
    ImportField("accessories", lazy("配件"), ("附件", "accessories"), hint=lazy("几样之间用顿号隔开")),
    ImportField("bought_on", lazy("购置日期"), ("购买日期", "采购日期", "purchase date", "bought on")),
    ImportField(
        "price", lazy("价格"), ("原值", "金额", "购置金额", "单价", "price", "cost"), hint=lazy("元")
    ),
    ImportField("supplier", lazy("供应商"), ("供货商", "supplier", "vendor")),
    ImportField("warranty_until", lazy("保修期至"), ("保修到期", "质保期至", "warranty until")),
    ImportField("note", lazy("备注"), ("说明", "note", "notes", "remark")),
)
LABELS = {item.key: item.label for item in FIELDS}
NEEDED = ("name", "category")
# A longer list of serial numbers is not sent: all items are read instead.
MOST_SERIALS = 1_000
BETWEEN_ACCESSORIES = re.compile("[、；;\n]+")


class ItemRow(CardFields, forms.LineForm):
    """A row of a table of equipment, read like the form; what is named stays a text until it is looked up."""

    number = forms.TextField(lazy("设备编号"), longest=40)
    category = forms.TextField(lazy("类别"), longest=60)
    place = forms.TextField(lazy("存放地点"), longest=80)
    person = forms.TextField(lazy("责任人"), longest=80)


@dataclass
class Known:
    """What rows may name, by how they name it."""

    categories: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    people: dict[str, list[tuple[int, bool]]] = field(default_factory=dict)
    by_number: dict[str, AssetItem] = field(default_factory=dict)
    by_serial: dict[str, AssetItem] = field(default_factory=dict)


def fields(actor: Actor) -> Sequence[ImportField]:
    """Return the columns that may be imported."""
    return FIELDS


def compare(plans: Sequence[Plan], actor: Actor) -> None:
    """Decide what becomes of rows that could be read."""
    name_twice(plans)
    sound = [plan for plan in plans if not plan.faults]
    known = known_things(sound, actor)
    for plan in sound:
        settle(plan, known)


def name_twice(plans: Sequence[Plan]) -> None:
    """Name rows whose number or serial number stood in the file before."""
    seen: dict[tuple[str, str], int] = {}
    for plan in plans:
        for key in ("number", "serial_number"):
            text = plan.values.get(key, "")
            if not text:
                continue
            if (key, text) in seen:
                plan.refuse(key, lazy("与第 %(row)s 行相同", row=seen[key, text]))
            seen.setdefault((key, text), plan.number)


def known_things(plans: Sequence[Plan], actor: Actor) -> Known:
    """Return what rows may mean, by four statements however many rows there are."""
    known = Known(
        {row.name: row.id for row in queries.categories()}, {row.name: row.id for row in queries.places()}
    )
    named = {plan.values["person"] for plan in plans if plan.values.get("person")}
    if named:
        statement = select(User.id, User.name, User.staff_number, User.active).where(
            or_(User.name.in_(named), User.staff_number.in_(named))
        )
        for row in session.execute(statement):
            for word in {row.name, row.staff_number} & named:
                known.people.setdefault(word, []).append((row.id, row.active))
    numbers = {plan.values["number"] for plan in plans if plan.values.get("number")}
    serials = {plan.values["serial_number"] for plan in plans if plan.values.get("serial_number")}
    items = select(AssetItem).where(AssetItem.status != ItemStatus.SCRAPPED)
    if len(numbers) + len(serials) <= MOST_SERIALS:
        items = items.where(or_(AssetItem.number.in_(numbers), AssetItem.serial_number.in_(serials)))
    for item in session.execute(items).unique().scalars():
        known.by_number[str(item.number)] = item
        if item.serial_number:
            known.by_serial[item.serial_number] = item
    return known


def settle(plan: Plan, known: Known) -> None:
    """Decide about one row; what is empty in the file stays as it is."""
    typed: dict[str, Any] = dict(plan.values)
    number = typed.pop("number", "")
    twin = known.by_number.get(number) if number else known.by_serial.get(typed.get("serial_number", ""))
    if number and twin is None:
        plan.refuse("number", lazy("没有编号为 %(number)s 的设备；新设备请不要填写编号", number=number))
        return
    if twin is None:
        for key in NEEDED:
            if not typed.get(key):
                plan.refuse(key, lazy("新设备须填写%(label)s", label=LABELS[key]))
    person = typed.pop("person", "")
    person_id = None if twin is not None else meant_person(plan, person, known)
    for key, column, rows in (
        ("category", "category_id", known.categories),
        ("place", "place_id", known.places),
    ):
        name = typed.pop(key, "")
        if name and name not in rows:
            plan.refuse(key, lazy("没有“%(name)s”，请先建立，或改成已有的", name=name))
        elif name:
            typed[column] = rows[name]
    if plan.faults:
        return
    if "accessories" in typed:
        typed["accessories"] = accessories_of(typed["accessories"])
    if twin is None:
        plan.values = (ItemValues(**typed), person_id)
        return
    plan.twin_id = twin.id
    before = values_of(twin)
    after = replace(before, **typed)
    plan.changes = changes_of(before, after)
    plan.outcome = Outcome.CHANGED if plan.changes else Outcome.SAME
    plan.values = (after, None)


def meant_person(plan: Plan, word: str, known: Known) -> int | None:
    """Return whom a row names; who works here goes before who left, and of whoever left the preview says so."""
    if not word:
        return None
    found = known.people.get(word, [])
    working = [person_id for person_id, active in found if active]
    left = [person_id for person_id, active in found if not active]
    chosen = working or left
    if len(chosen) != 1:
        sentence = lazy("有几位同名的人，请改填工号") if chosen else lazy("没有叫这个名字的人，请核对")
        plan.refuse("person", sentence)
        return None
    if not working:
        plan.note = str(lazy("%(name)s已离职，导入后请收回或交给别人", name=word))
    return chosen[0]


def accessories_of(text: str) -> tuple[str, ...]:
    """Return the accessories named in a cell."""
    return tuple(part.strip() for part in BETWEEN_ACCESSORIES.split(text) if part.strip())


def values_of(item: AssetItem) -> ItemValues:
    """Return the card of an item."""
    columns = {name: getattr(item, name) for name in ItemValues.__dataclass_fields__}
    return ItemValues(**{**columns, "accessories": tuple(item.accessories), "values": dict(item.values)})


def changes_of(before: ItemValues, after: ItemValues) -> list[tuple[str, str, str]]:
    """Return what a row changes, as the preview shows it."""
    old, new = actions.spoken(asdict(before)), actions.spoken(asdict(after))
    named = {"category_id": "category", "place_id": "place"}
    return [
        (str(LABELS[named.get(key, key)]), said(old[key]), said(new[key]))
        for key in new
        if named.get(key, key) in LABELS and said(old[key]) != said(new[key])
    ]


def said(value: Any) -> str:
    """Return a value as text, numbers without needless zeros."""
    return decimal_text(value) if isinstance(value, Decimal) else "" if value is None else str(value)


def save(plans: Sequence[Plan], actor: Actor) -> None:
    """Make and change the items of rows, in the open unit of work."""
    require(actor, AssetPerm.KEEP)
    for plan in plans:
        values, person_id = plan.values
        if plan.twin_id is None:
            person = queries.person_of(person_id)
            plan.doc_id = actions.enter_item(actor=actor, values=values, person=person).id
        else:
            item = session.get_one(AssetItem, plan.twin_id)
            actions.change_item(item, actor=actor, version=None, values=values)
            plan.doc_id = item.id


def translated(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a row as the form knows them: several accessories in a cell are several lines."""
    return {**texts, "accessories": "\n".join(accessories_of(texts.get("accessories", "")))}


KIND = ImportKind(
    code="asset_item",
    label=lazy("设备导入"),
    record_type=ITEM,
    model=AssetItem,
    permission=AssetPerm.KEEP,
    sees_all=AssetPerm.KEEP,
    url="/assets/imports",
    fields=fields,
    read=import_pages.reader(ItemRow, translated),
    compare=compare,
    save=save,
    remove=actions.remove_imported,
    update_label=lazy("已有的设备：用表格里填写的内容更新（空格不覆盖，责任人不变）"),
    owned=frozenset({"asset_custody"}),
)
imports.register(KIND)
