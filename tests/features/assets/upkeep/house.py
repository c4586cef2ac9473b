"""A house with equipment in which things break, are lost and are scrapped."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.assets import catalogue
from app.features.assets.catalogue import CategoryValues, PlaceValues
from app.features.assets.models import AssetItem
from app.features.assets.upkeep import incidents, queries, repairs, scrapping
from app.features.assets.upkeep.incidents import IncidentValues
from app.features.assets.upkeep.models import AssetIncident, AssetRepair, AssetScrapping
from app.features.people.models import User
from tests import factories
from tests.features.assets.desk import Desk, desk
from tests.features.rules import rulebook


def house(**category: Any) -> tuple[Desk, User]:
    """The desk of equipment and the leader who may scrap."""
    made = desk(**category)
    return made, factories.user("刘振华", "l1", None, [Role.LEADER])


def among(book: rulebook.Desk) -> Desk:
    """The same desk among the people of the rules' tests, for what becomes a finding at a clause of theirs."""
    keeper = factories.user("何静", "a1", book.department, [Role.ASSET_KEEPER])
    actor = factories.actor(keeper)
    with unit_of_work():
        category = catalogue.add_category(actor=actor, values=CategoryValues("办公设备"))
        store = catalogue.add_place(actor=actor, values=PlaceValues("一号库", is_store=True))
        room = catalogue.add_place(actor=actor, values=PlaceValues("销售部办公室"))
    return Desk(book.department, keeper, book.reader, book.colleague, book.manager, category, store, room)


def item_of(number: int) -> AssetItem:
    session.expire_all()
    return session.get_one(AssetItem, number)


def send(by: User, item: AssetItem, **values: Any) -> int:
    with unit_of_work():
        given = {"vendor": "明达维修部", "fault": "不亮", "version": None, **values}
        return repairs.send(item_of(item.id), actor=factories.actor(by), **given).id


def take_back(by: User, repair_id: int, **values: Any) -> AssetRepair:
    with unit_of_work():
        given = {"outcome": "success", "cost": Decimal(120), "version": None, **values}
        row = session.get_one(AssetRepair, repair_id)
        repairs.take_back(row, actor=factories.actor(by), **given)
        return row


def report(by: User, item: AssetItem, kind: str = "lost", **values: Any) -> AssetIncident:
    said = {"kind": kind, "happened_at": clock.now(), "place": "客户现场", "account": "装车后不见了"}
    others = {name: values.pop(name) for name in ("photos", "version") if name in values}
    with unit_of_work():
        made = incidents.report(
            item_of(item.id),
            actor=factories.actor(by),
            values=IncidentValues(**{**said, **values}),
            **others,
        )
        number = made.id
    return session.get_one(AssetIncident, number)


def follow(by: User, incident: AssetIncident, step: str, **data: Any) -> AssetIncident:
    actor = factories.actor(by)
    with unit_of_work():
        row = queries.get_incident(actor, incident.id)
        incidents.fire(row, step, actor=actor, version=None, data=data)
    return session.get_one(AssetIncident, incident.id)


def ask_to_scrap(by: User, item: AssetItem, **values: Any) -> AssetScrapping:
    given = {"reason": "主板烧毁，维修不合算", "residual": Decimal(30), "version": None, **values}
    with unit_of_work():
        number = scrapping.request(item_of(item.id), actor=factories.actor(by), **given).id
    return session.get_one(AssetScrapping, number)


def decide(by: User, document: AssetScrapping, step: str, note: str = "", **data: Any) -> AssetScrapping:
    actor = factories.actor(by)
    with unit_of_work():
        row = queries.get_scrapping(actor, document.id)
        scrapping.fire(row, step, actor=actor, version=None, note=note, data=data)
    return session.get_one(AssetScrapping, document.id)


def history(item_id: int) -> list[AssetRepair]:
    """All repairs of an item, the newest first."""
    statement = select(AssetRepair).where(AssetRepair.item_id == item_id).order_by(AssetRepair.id.desc())
    return list(session.execute(statement).unique().scalars())
