"""What happened to the equipment of the small company: a repair, a loss, scrapping, a self-check, counts."""

from decimal import Decimal

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.assets.models import AssetItem
from app.features.assets.upkeep import incidents, reminders, repairs, scrapping
from app.features.assets.upkeep.incidents import IncidentValues
from app.features.counts import actions as counting
from app.features.counts import lines
from app.features.counts.actions import CountValues
from app.features.counts.models import StockCount
from app.features.counts.remedies import Chosen
from app.features.people.models import User
from tests import factories


def upkeep(accounts: dict[str, User]) -> None:
    """Repair one item, lose another, ask to scrap a third, ask a person about theirs, count in three states."""
    keeper = factories.actor(accounts["a1"])
    with unit_of_work():
        items = in_store()
        store = items[0].place_id
        counting.open_count(actor=keeper, values=CountValues((store,), title="Just opened"))
        half = counting.open_count(actor=keeper, values=CountValues((store,), title="Half counted"))
        whole = counting.open_count(actor=keeper, values=CountValues((store,), title="Reconciled"))
        for count in (half, whole):
            counting.scan(count, actor=keeper, place_id=store, code=items[0].label_code)
            counting.scan(count, actor=keeper, place_id=store, code="Unknown drill", unknown_too=True)
    with unit_of_work():
        reconciled = session.get_one(StockCount, whole.id)
        counting.fire(reconciled, "reconcile", actor=keeper, version=None)
        counting.settle(
            reconciled,
            actor=keeper,
            version=None,
            chosen={line.id: Chosen("leave", "Known") for line in lines.differences(reconciled.id)},
            strays={stray.id: Chosen("leave", "Not ours") for stray in lines.strays(reconciled.id)},
        )
    with unit_of_work():
        first, second = in_store()[:2]
        mended = repairs.send(first, actor=keeper, version=None, vendor="Mingda", fault="Dark")
        repairs.take_back(mended, actor=keeper, version=None, outcome="success", cost=Decimal(80))
        scrapping.request(second, actor=keeper, version=None, reason="Worn out", residual=Decimal(5))
        repairs.send(first, actor=keeper, version=None, vendor="Mingda", fault="Dark again")
    with unit_of_work():
        held = select(AssetItem).where(AssetItem.keeper_id == accounts["s1"].id).order_by(AssetItem.id)
        lost = session.execute(held.limit(1)).unique().scalar_one()
        values = IncidentValues("lost", clock.now(), "At a customer's", "Gone after the visit")
        incidents.report(lost, actor=factories.actor(accounts["s1"]), values=values)
        reminders.ask(session.get_one(User, accounts["s2"].id))


def in_store() -> list[AssetItem]:
    """Return the items that lie in store and are in no offer, by number."""
    statement = select(AssetItem).where(AssetItem.status == "in_stock").order_by(AssetItem.id.desc())
    return list(session.execute(statement).unique().scalars())
