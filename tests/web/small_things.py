"""Equipment of the small company: items, hand-overs in each state that has pages of its own, all in Latin letters."""

from datetime import timedelta
from decimal import Decimal

from app.core import clock, settings
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.assets import accepting, actions, catalogue, offering
from app.features.assets.actions import ItemValues
from app.features.assets.catalogue import CategoryValues, PlaceValues
from app.features.assets.models import HandOver
from app.features.assets.offering import OfferedItem
from app.features.people.models import User
from tests import factories


def things(accounts: dict[str, User]) -> None:
    """Enter a few items; one is handed out and back, one waits for its answer, one is declined, one withdrawn."""
    keeper = factories.actor(accounts["a1"])
    with unit_of_work():
        settings.put("assets.label_address", "http://portal")
        category = catalogue.add_category(
            actor=keeper,
            values=CategoryValues("Office", ("Memory",), ("Starts up",), ("Cable",), check_days=365),
        )
        store = catalogue.add_place(actor=keeper, values=PlaceValues("Store 1", is_store=True))
        ids = [
            actions.register_item(
                actor=keeper,
                values=ItemValues(
                    f"Projector {place}",
                    category.id,
                    store.id,
                    values={"Memory": "8 GB"},
                    accessories=("Cable",),
                    price=Decimal(4_000),
                ),
                person_id=accounts["s1"].id if place % 2 else None,
            ).id
            for place in range(6)
        ]
    offer(accounts["a1"], accounts["s1"], ids[0])
    answer(offer(accounts["s1"], accounts["s2"], ids[1]), accounts["s2"], "decline", "Broken")
    answer(offer(accounts["a1"], accounts["s1"], ids[2]), accounts["a1"], "withdraw")
    accept(offer(accounts["s1"], accounts["s2"], ids[3]), accounts["s2"])
    accept(offer(accounts["a1"], accounts["m1"], ids[4]), accounts["m1"])
    with unit_of_work():
        looked_at = {ids[4]: [{"text": "Starts up", "ok": False, "note": "Lamp broken"}]}
        accepting.take_back(
            actor=keeper,
            items=[OfferedItem(ids[4], "damaged", "Lamp broken")],
            place_id=store.id,
            checklists=looked_at,
        )
    due_for_a_check(keeper, accounts["s2"])


def due_for_a_check(keeper: Actor, person: User) -> None:
    """Give a person what is to be looked at every day, a day ago: they can be asked about it today."""
    with clock.frozen(clock.now() - timedelta(days=1)), unit_of_work():
        daily = catalogue.add_category(actor=keeper, values=CategoryValues("Meters", check_days=1))
        actions.register_item(actor=keeper, values=ItemValues("Meter", daily.id), person_id=person.id)


def offer(giver: User, receiver: User, item_id: int) -> HandOver:
    with unit_of_work():
        return offering.offer(
            actor=factories.actor(giver), items=[OfferedItem(item_id)], to_id=receiver.id, note="For a visit"
        )


def accept(hand_over: HandOver, receiver: User) -> None:
    with unit_of_work():
        accepting.accept(hand_over, actor=factories.actor(receiver), version=None)


def answer(hand_over: HandOver, person: User, step: str, note: str = "") -> None:
    with unit_of_work():
        offering.fire(hand_over, step, actor=factories.actor(person), version=None, note=note)
