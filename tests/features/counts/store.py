"""A store to count: a keeper, a warehouseman who helps, who approves, and equipment in two places."""

from dataclasses import dataclass
from typing import Any

from app.core.db import session
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.assets.models import AssetItem
from app.features.counts import actions, lines, queries
from app.features.counts.actions import CountValues, Scan
from app.features.counts.models import StockCount, StockCountLine
from app.features.counts.remedies import Chosen
from app.features.people.models import User
from tests import factories
from tests.features.assets.desk import Desk, desk


@dataclass
class Store:
    """The desk of equipment, who helps to count, who approves besides the manager."""

    desk: Desk
    helper: User
    leader: User

    @property
    def keeper(self) -> User:
        return self.desk.keeper

    @property
    def manager(self) -> User:
        return self.desk.manager

    def open(self, *places: int, by: User | None = None, **values: Any) -> StockCount:
        chosen = places or ((self.desk.store.id,) if not values else ())
        with unit_of_work():
            actor = factories.actor(by or self.keeper)
            number = actions.open_count(actor=actor, values=CountValues(chosen, **values)).id
        return load(number)

    def scan(
        self, count: StockCount, code: str, place: int | None = None, by: User | None = None, **given: Any
    ) -> Scan:
        with unit_of_work():
            return actions.scan(
                load(count.id),
                actor=factories.actor(by or self.keeper),
                place_id=place or self.desk.store.id,
                code=code,
                **given,
            )

    def step(
        self, count: StockCount, name: str, by: User | None = None, note: str = "", **data: Any
    ) -> StockCount:
        actor = factories.actor(by or self.keeper)
        with unit_of_work():
            row = queries.get_count(actor, count.id)
            actions.fire(row, name, actor=actor, version=None, note=note, data=data)
        return load(count.id)

    def settle(
        self,
        count: StockCount,
        chosen: dict[int, Chosen],
        strays: dict[int, Chosen] | None = None,
        by: User | None = None,
        version: int | None = None,
    ) -> StockCount:
        with unit_of_work():
            actions.settle(
                load(count.id),
                actor=factories.actor(by or self.keeper),
                version=version,
                chosen=chosen,
                strays=strays or {},
            )
        return load(count.id)

    def settle_all(self, count: StockCount, remedies: dict[str, str]) -> StockCount:
        """Choose for every difference the remedy of its result; where none is given it is left with a reason."""
        chosen = {
            line.id: Chosen(remedies.get(line.result, "leave"), "已核实")
            for line in lines.differences(count.id)
        }
        strays = {stray.id: Chosen("leave", "不是公司的") for stray in lines.strays(count.id)}
        return self.settle(count, chosen, strays)


def load(number: int) -> StockCount:
    session.expire_all()
    return session.get_one(StockCount, number)


def line(count: StockCount, item: AssetItem) -> StockCountLine:
    session.expire_all()
    found = queries.line_of(count.id, item.id)
    assert found is not None
    return found


def store(**category: Any) -> Store:
    made = desk(**category)
    helper = factories.user("马国强", "w1", made.department, [Role.WAREHOUSE])
    return Store(made, helper, factories.user("刘振华", "l1", None, [Role.LEADER]))
