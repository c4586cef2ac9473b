"""Importing equipment from a table: preview, faults at their cells, what is there already, undoing."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core import imports
from app.core.db import session
from app.core.import_records import ImportRow
from app.core.uow import unit_of_work
from app.features.assets import custody
from app.features.assets.imports import KIND
from app.features.assets.models import AssetItem
from tests import factories
from tests.features.assets.desk import Desk, desk
from tests.imports import act, choose, upload

HEAD = ("资产名称", "类别", "使用人", "存放地点", "规格型号", "出厂编号", "配件", "购置日期", "原值")


@pytest.fixture
def house() -> Desk:
    return desk()


def outcomes(batch: Any) -> list[str]:
    statement = select(ImportRow.outcome).where(ImportRow.batch_id == batch.id).order_by(ImportRow.number)
    return list(session.execute(statement).scalars())


def test_a_ledger_becomes_items_with_their_people(house: Desk) -> None:
    factories.user("范前任", "x9", house.department, active=False)
    batch = upload(
        KIND,
        house.keeper,
        HEAD,
        (
            "笔记本电脑",
            "办公设备",
            "周文静",
            "销售部办公室",
            "X1",
            "SN-1",
            "电源、鼠标",
            "2024-05-06",
            "6999",
        ),
        ("投影仪", "办公设备", "", "一号库", "", "", "", "", ""),
        ("旧电脑", "办公设备", "x9", "", "", "", "", "", ""),
        ("相机", "没有的类别", "", "", "", "", "", "", ""),
        ("相机", "办公设备", "没有这个人", "没有的地点", "", "", "", "", "一千"),
    )
    assert outcomes(batch) == ["new", "new", "new", "faulty", "faulty"]
    act(imports.confirm, KIND, batch, house.keeper)
    items = {item.name: item for item in session.query(AssetItem)}
    assert set(items) == {"笔记本电脑", "投影仪", "旧电脑"}
    laptop = items["笔记本电脑"]
    assert (laptop.keeper.name, laptop.accessories, str(laptop.price)) == (
        "周文静",
        ["电源", "鼠标"],
        "6999.00",
    )
    assert items["投影仪"].keeper_id == house.keeper.id
    assert not items["旧电脑"].keeper.active
    assert all(custody.open_period(item.id) for item in items.values())


def test_what_is_there_is_changed_only_where_asked(house: Desk) -> None:
    item = house.item("投影仪", person=house.first, serial_number="SN-1")
    batch = upload(KIND, house.keeper, HEAD, ("投影机", "", "何静", "销售部办公室", "", "SN-1", "", "", ""))
    assert outcomes(batch) == ["changed"]
    batch = choose(KIND, batch, house.keeper, update_existing=True)
    act(imports.confirm, KIND, batch, house.keeper)
    session.expire_all()
    now = session.get_one(AssetItem, item.id)
    assert (now.name, now.place_id, now.keeper_id) == ("投影机", house.room.id, house.first.id)


def test_an_import_is_taken_back_but_for_what_was_touched(house: Desk) -> None:
    batch = upload(
        KIND, house.keeper, HEAD, *(("相机", "办公设备", "", "", "", f"S{n}", "", "", "") for n in range(3))
    )
    batch = act(imports.confirm, KIND, batch, house.keeper)
    touched = session.query(AssetItem).first()
    assert touched is not None
    house.accept(house.offer([touched], house.first))
    act(imports.undo, KIND, batch, house.keeper)
    assert [item.id for item in session.query(AssetItem)] == [touched.id]


def test_twice_the_same_serial_number_is_a_fault(house: Desk) -> None:
    row = ("相机", "办公设备", "", "", "", "S1", "", "", "")
    assert outcomes(upload(KIND, house.keeper, HEAD, row, row)) == ["new", "faulty"]
    unknown = upload(KIND, house.keeper, ("设备编号", "设备名称"), ("SB-2020-0001", "相机"))
    assert outcomes(unknown) == ["faulty"]


def test_only_who_keeps_equipment_imports(house: Desk) -> None:
    from app.core.errors import Denied

    with pytest.raises(Denied), unit_of_work():
        imports.start(KIND, actor=factories.actor(house.first), checked=None, table=None, department_id=None)  # type: ignore[arg-type]
