"""How far equipment is kept as asked: a name on everything, hand-overs confirmed in time; exceptions are as many."""

from datetime import timedelta

from app.core import clock, indicators
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.assets import actions, offering
from app.features.assets.actions import ItemValues
from app.features.assets.enums import ItemStatus
from app.features.assets.indicators import CONFIRMED_IN_TIME, ITEMS_HAVE_SOMEBODY
from app.features.assets.models import AssetItem
from app.features.people.models import User
from tests import factories
from tests.features.assets.desk import Desk, desk


def figure(key: str, days: int = 0) -> tuple[int, int]:
    today = clock.today() + timedelta(days=days)
    period = indicators.span(today - timedelta(days=30), today + timedelta(days=1))
    found = indicators.measure([key], [period])[key][0]
    indicator = indicators.find(key)
    assert indicator is not None
    listed = session.execute(indicators.exceptions(indicator, period)).all()
    assert len(listed) == found.exceptions
    return found.kept, found.due


def left_behind(house: Desk) -> AssetItem:
    gone = factories.user("范前任", "x9", house.department, active=False)
    with unit_of_work():
        return actions.enter_item(
            actor=factories.actor(house.keeper),
            values=ItemValues("旧电脑", house.category.id),
            person=session.get_one(User, gone.id),
        )


def test_what_somebody_left_behind_is_an_exception_until_it_has_a_name() -> None:
    house = desk()
    house.item(person=house.first)
    house.item()
    item = left_behind(house)
    assert figure(ITEMS_HAVE_SOMEBODY) == (2, 3)
    house.accept(house.offer([item], house.second))
    assert figure(ITEMS_HAVE_SOMEBODY) == (3, 3)


def test_what_is_scrapped_needs_nobody() -> None:
    house = desk()
    item = left_behind(house)
    with unit_of_work():
        row = session.get_one(AssetItem, item.id)
        row.status, row.scrapped_at = ItemStatus.SCRAPPED, clock.now()
    assert figure(ITEMS_HAVE_SOMEBODY) == (0, 0)


def test_hand_overs_are_due_three_days_after_the_offer() -> None:
    house = desk()
    one, two, three = house.item(), house.item(), house.item()
    house.accept(house.offer([one], house.first))
    late = house.offer([two], house.first)
    house.fire(house.offer([three], house.first), "withdraw", house.keeper)
    assert figure(CONFIRMED_IN_TIME, 3) == (1, 1)
    with clock.frozen(clock.now() + timedelta(days=4)):
        assert figure(CONFIRMED_IN_TIME) == (1, 2)
        house.accept(late)
        assert figure(CONFIRMED_IN_TIME) == (1, 2)
    other = house.offer([one], house.second, house.first)
    with clock.frozen(clock.now() + timedelta(days=8)):
        offering.expire_offers({})
        assert figure(CONFIRMED_IN_TIME) == (1, 3)
    assert other.id
