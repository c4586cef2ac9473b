"""Entering an item and changing its card: what cannot be meant is named at its field, what is retired may stay."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import clock, files, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.files import CheckedFile
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.assets import actions, catalogue, custody
from app.features.assets.actions import ItemValues
from app.features.assets.catalogue import CategoryValues, PlaceValues
from app.features.assets.enums import ITEM, PHOTO, CustodyKind, ItemStatus
from app.features.assets.models import AssetItem
from app.features.people.models import User
from tests import factories
from tests.features.assets.desk import Desk, desk, fresh
from tests.features.assets.upkeep import house as upkeep_house
from tests.features.rules import rulebook

NAME = "投影仪"


@pytest.fixture
def house() -> Desk:
    return desk()


def change(house: Desk, item: AssetItem, by: User | None = None, **values: Any) -> AssetItem:
    """Change the card of an item as the form does: all of it, with what is given here."""
    version = values.pop("version", fresh(item).version)
    card = {name: getattr(fresh(item), name) for name in ItemValues.__dataclass_fields__}
    with unit_of_work():
        actions.change_item(
            fresh(item),
            actor=factories.actor(by or house.keeper),
            version=version,
            values=ItemValues(**{**card, **values}),
        )
    return fresh(item)


def verbs(item: AssetItem) -> list[str]:
    return [event.verb for event in timeline.events_for(ITEM, item.id)]


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"name": " 　"}, "name", "请填写设备名称"),
        ({"category_id": 999}, "category_id", "请选择类别"),
        ({"place_id": 999}, "place_id", "请选择存放地点"),
        ({"price": Decimal("-0.01")}, "price", "不能小于 0"),
        ({"accessories": tuple(f"线{number}" for number in range(31))}, "accessories", "30"),
    ],
)
def test_what_cannot_be_meant_is_named_at_its_field(
    house: Desk, values: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        house.item(**{"name": NAME, **values})
    assert set(refused.value.fields) == {field}
    assert said in str(refused.value.fields[field])
    assert session.execute(select(func.count()).select_from(AssetItem)).scalar_one() == 0


def test_the_last_that_can_be_meant_is_taken(house: Desk) -> None:
    whole = tuple(f"线{number}" for number in range(30))
    item = house.item(price=Decimal(0), bought_on=clock.today(), accessories=whole, place_id=None)
    assert (item.price, item.place_id, len(item.accessories)) == (0, None, 30)
    with pytest.raises(Invalid) as refused:
        house.item(bought_on=clock.today() + timedelta(days=1))
    assert set(refused.value.fields) == {"bought_on"}


def test_all_faults_are_named_at_once(house: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        house.item("", category_id=999, place_id=999, price=Decimal(-1))
    assert set(refused.value.fields) == {"name", "category_id", "place_id", "price"}


def test_nobody_and_who_left_is_not_made_responsible(house: Desk) -> None:
    gone = factories.user("范前任", "x9", house.department, active=False)
    for number in (999, gone.id):
        with pytest.raises(Invalid) as refused, unit_of_work():
            actions.register_item(
                actor=factories.actor(house.keeper),
                values=ItemValues(NAME, house.category.id),
                person_id=number,
            )
        assert set(refused.value.fields) == {"person_id"}
    with pytest.raises(Denied), unit_of_work():
        actions.register_item(actor=factories.actor(house.first), values=ItemValues(NAME, house.category.id))


def test_who_has_no_department_is_named_before_they_keep_anything(house: Desk) -> None:
    outside = factories.user("外聘人员", "x8")
    with pytest.raises(Invalid) as refused:
        house.item(person=outside)
    assert "外聘人员" in str(refused.value.fields["person_id"])


def test_what_a_person_who_left_still_has_is_entered_in_their_name(house: Desk) -> None:
    gone = factories.user("范前任", "x9", house.department, active=False)
    with unit_of_work():
        item = actions.enter_item(
            actor=factories.actor(house.keeper), values=ItemValues(NAME, house.category.id), person=gone
        )
    assert (fresh(item).status, fresh(item).keeper_id) == (ItemStatus.ASSIGNED, gone.id)


def test_a_changed_card_is_told_by_names_and_an_unchanged_one_not_at_all(house: Desk) -> None:
    item = house.item(values={"内存": "8 GB", "颜色": ""})
    version = item.version
    assert change(house, item).version == version
    assert verbs(item) == ["asset_item:register"]
    changed = change(
        house, item, name="投影机", place_id=house.room.id, values={"内存": "16 GB"}, accessories=("线",)
    )
    assert (changed.name, changed.place_id, changed.version) == ("投影机", house.room.id, version + 1)
    event = next(one for one in timeline.events_for(ITEM, item.id) if one.verb == "asset_item:change")
    told = str(event.data["changes"])
    for word in ("投影仪", "投影机", "一号库", "销售部办公室", "内存：8 GB", "内存：16 GB", "电源线、遥控器"):
        assert word in told
    assert "颜色" not in told
    assert change(house, item, place_id=None).place_id is None


def test_who_does_not_keep_it_and_an_old_page_change_no_card(house: Desk) -> None:
    item = house.item(person=house.first)
    for person in (house.first, house.manager):
        with pytest.raises(Denied):
            change(house, item, by=person, name="别的")
    with pytest.raises(Stale):
        change(house, item, version=item.version + 1, name="别的")
    with pytest.raises(Invalid):
        change(house, item, name="")
    assert fresh(item).name == NAME


def test_a_retired_category_and_place_stay_on_the_card_and_are_chosen_no_more(house: Desk) -> None:
    item, other = house.item(), house.item("相机", category_id=another(house), place_id=house.room.id)
    with unit_of_work():
        keeper = factories.actor(house.keeper)
        kind = CategoryValues(house.category.name, active=False)
        catalogue.change_category(house.category, actor=keeper, version=None, values=kind)
        store = PlaceValues(house.store.name, is_store=True, active=False)
        catalogue.change_place(house.store, actor=keeper, version=None, values=store)
    assert change(house, item, note="镜头新换").note == "镜头新换"
    with pytest.raises(Invalid) as refused:
        change(house, other, category_id=house.category.id, place_id=house.store.id)
    assert set(refused.value.fields) == {"category_id", "place_id"}


def another(house: Desk) -> int:
    with unit_of_work():
        return catalogue.add_category(
            actor=factories.actor(house.keeper), values=CategoryValues("摄影器材")
        ).id


def test_a_serial_number_stands_once_but_for_what_is_scrapped(house: Desk) -> None:
    item = house.item(serial_number="SN-1")
    other = house.item("相机", serial_number="SN-2")
    with pytest.raises(Invalid) as refused:
        change(house, other, serial_number="SN-1")
    assert str(item.number) in str(refused.value.fields["serial_number"])
    assert change(house, item, note="自己的序列号不算").serial_number == "SN-1"
    with unit_of_work():
        gone = fresh(item)
        gone.status, gone.scrapped_at = ItemStatus.SCRAPPED, clock.now()
    assert change(house, other, serial_number="SN-1").serial_number == "SN-1"


def test_a_photo_is_added_by_who_has_it_or_keeps_it(house: Desk) -> None:
    item = house.item(person=house.first)
    photo = CheckedFile("现场.png", "image/png", rulebook.PNG)
    for person in (house.first, house.keeper):
        with unit_of_work():
            actions.add_photo(fresh(item), actor=factories.actor(person), photo=photo)
    with pytest.raises(Denied) as refused, unit_of_work():
        actions.add_photo(fresh(item), actor=factories.actor(house.second), photo=photo)
    assert house.first.name in refused.value.sentence()
    assert [row.kind for row in files.files_for(ITEM, item.id)] == [PHOTO, PHOTO]
    assert verbs(item).count("asset_item:photo") == 2


def test_for_the_things_of_who_left_the_refusal_names_who_keeps_them(house: Desk) -> None:
    gone = factories.user("范前任", "x9", house.department, active=False)
    with unit_of_work():
        item = actions.enter_item(
            actor=factories.actor(house.keeper), values=ItemValues(NAME, house.category.id), person=gone
        )
    with pytest.raises(Denied) as refused:
        actions.check_may_hand_over(factories.actor(house.second), [fresh(item)])
    assert "范前任" not in refused.value.sentence()
    assert house.keeper.name in refused.value.sentence()


def test_a_lost_item_is_taken_over_by_another_who_keeps_equipment(house: Desk) -> None:
    item, here = house.item(person=house.first), house.item("相机")
    upkeep_house.report(house.first, item)

    def assume(row: AssetItem, by: User, version: int | None = None) -> None:
        with unit_of_work():
            actions.assume_lost(fresh(row), actor=factories.actor(by), version=version)

    with pytest.raises(Denied):
        assume(item, house.second)
    with pytest.raises(Stale):
        assume(item, house.keeper, version=99)
    with pytest.raises(Conflict):
        assume(here, house.keeper)
    assume(item, house.keeper)
    assert (fresh(item).keeper_id, fresh(item).status) == (house.keeper.id, ItemStatus.LOST)
    with pytest.raises(Conflict):
        assume(item, house.keeper)
    deputy = factories.user("代管员", "a2", house.department, [Role.ASSET_KEEPER])
    assume(item, deputy)
    assert fresh(item).keeper_id == deputy.id
    period = custody.open_period(item.id)
    assert (period.person_id, period.kind) == (deputy.id, CustodyKind.STORE)
