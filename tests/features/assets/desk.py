"""Equipment for tests: a keeper, colleagues, categories, places and items, made by actions and steps alone."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core.db import session
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.assets import accepting, actions, catalogue, offering, queries
from app.features.assets.actions import ItemValues
from app.features.assets.catalogue import CategoryValues, PlaceValues
from app.features.assets.models import AssetCategory, AssetItem, AssetPlace, HandOver
from app.features.assets.offering import OfferedItem
from app.features.people.models import Department, User
from tests import factories


@dataclass
class Desk:
    """The people and things of a small house, by their ids."""

    department: Department
    keeper: User
    first: User
    second: User
    manager: User
    category: AssetCategory
    store: AssetPlace
    room: AssetPlace

    def item(self, name: str = "投影仪", person: User | None = None, **values: Any) -> AssetItem:
        given: dict[str, Any] = {
            "category_id": self.category.id,
            "place_id": self.store.id,
            "accessories": ("电源线", "遥控器"),
        }
        with unit_of_work():
            return actions.register_item(
                actor=factories.actor(self.keeper),
                values=ItemValues(name, **{**given, **values}),
                person_id=person.id if person is not None else None,
            )

    def offer(self, items: list[AssetItem], to: User, by: User | None = None, **values: Any) -> HandOver:
        giver = by if by is not None else self.keeper
        with unit_of_work():
            return offering.offer(
                actor=factories.actor(giver),
                items=[OfferedItem(item.id) for item in items],
                to_id=to.id,
                **values,
            )

    def accept(self, hand_over: HandOver, by: User | None = None, **values: Any) -> HandOver:
        receiver = by if by is not None else session.get_one(User, hand_over.to_id)
        prepared = accepting.prepare(load(hand_over), **values)
        with unit_of_work():
            accepting.accept(
                load(hand_over), actor=factories.actor(receiver), version=prepared.version, prepared=prepared
            )
        return load(hand_over)

    def fire(self, hand_over: HandOver, step: str, by: User, note: str = "") -> HandOver:
        with unit_of_work():
            offering.fire(load(hand_over), step, actor=factories.actor(by), version=None, note=note)
        return load(hand_over)


def load(hand_over: HandOver) -> HandOver:
    return session.get_one(HandOver, hand_over.id)


def fresh(item: AssetItem) -> AssetItem:
    session.expire_all()
    return session.get_one(AssetItem, item.id)


def desk(**category: Any) -> Desk:
    department = factories.department()
    keeper = factories.user("何静", "a1", department, [Role.ASSET_KEEPER])
    first = factories.user("周文静", "s1", department, [Role.SALESPERSON])
    second = factories.user("陈志远", "s2", department, [Role.SALESPERSON])
    manager = factories.user("王建国", "m1", department, [Role.MANAGER])
    actor = factories.actor(keeper)
    with unit_of_work():
        values = CategoryValues("办公设备", **category)
        found = catalogue.add_category(actor=actor, values=values)
        store = catalogue.add_place(actor=actor, values=PlaceValues("一号库", is_store=True))
        room = catalogue.add_place(actor=actor, values=PlaceValues("销售部办公室"))
    return Desk(department, keeper, first, second, manager, found, store, room)


def valuable(desk: Desk, person: User | None = None) -> AssetItem:
    return desk.item("红外测温仪", person, price=Decimal(18_000))


__all__ = ["Desk", "desk", "fresh", "load", "queries", "valuable"]
