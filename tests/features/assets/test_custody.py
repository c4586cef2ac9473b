"""Responsibility under any history: at every instant exactly one person who works here answers for each item."""

from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.db import session
from app.core.errors import Problem
from app.core.permissions import SYSTEM
from app.core.uow import unit_of_work
from app.features.assets import accepting, actions, custody, offering
from app.features.assets import invariant as examination
from app.features.assets.actions import ItemValues
from app.features.assets.enums import CustodyKind, HandOverStatus, ItemStatus
from app.features.assets.models import AssetCustody, AssetItem, HandOver
from app.features.assets.offering import OfferedItem
from app.features.people import actions as people
from app.features.people import leaving
from app.features.people.models import User
from tests import factories
from tests.features.assets.desk import Desk, desk

ITEMS = 3
WHO = ("keeper", "first", "second", "manager")


class AnyHistory(RuleBasedStateMachine):
    """Whatever anybody tries with a few items, in any order: the model knows whose each is, the database agrees."""

    house: Desk

    def __init__(self) -> None:
        super().__init__()
        self.items: list[int] = []
        self.stack = ExitStack()
        self.now = datetime.now(tz=clock.now().tzinfo)
        self.tick(timedelta())

    def teardown(self) -> None:
        self.stack.close()
        # what this history left is given back, so that the next one begins with nobody holding anything
        for item_id in self.items:
            with unit_of_work():
                offering.withdraw_offers_of([item_id], note="结束")
            self.take_back(self.items.index(item_id))

    def tick(self, by: timedelta) -> None:
        self.now += by
        self.stack.close()
        self.stack.enter_context(clock.frozen(self.now))

    @initialize()
    def enter(self) -> None:
        self.whose: dict[int, int] = {}
        self.offers: list[int] = []
        for place in range(ITEMS):
            self.register(["keeper", "first", "second"][place])

    @rule(who=st.sampled_from(["keeper", "first", "second"]))
    def register(self, who: str) -> None:
        if len(self.items) >= 2 * ITEMS:
            return
        person = getattr(self.house, who)
        values = ItemValues("设备", self.house.category.id)
        with unit_of_work():
            item = actions.register_item(
                actor=factories.actor(self.house.keeper),
                values=values,
                person_id=None if who == "keeper" else person.id,
            )
        self.items.append(item.id)
        self.whose[item.id] = person.id

    @rule(
        picked=st.sets(st.integers(0, 2 * ITEMS - 1), min_size=1, max_size=3),
        by=st.sampled_from(WHO),
        to=st.sampled_from(WHO),
        way=st.sampled_from(["pass", "lend", "return"]),
    )
    def offer(self, picked: set[int], by: str, to: str, way: str) -> None:
        ids = sorted({self.items[place % len(self.items)] for place in picked})
        ways: dict[str, dict[str, Any]] = {
            "pass": {},
            "lend": {"due_back_on": clock.today() + timedelta(days=2)},
            "return": {"returning": True},
        }
        try:
            with unit_of_work():
                made = offering.offer(
                    actor=factories.actor(getattr(self.house, by)),
                    items=[OfferedItem(item_id) for item_id in ids],
                    to_id=getattr(self.house, to).id,
                    **ways[way],
                )
        except Problem:
            return
        self.offers.append(made.id)

    @rule(place=st.integers(0, 20), by=st.sampled_from(WHO))
    def accept(self, place: int, by: str) -> None:
        if not self.offers:
            return
        hand_over = session.get_one(HandOver, self.offers[place % len(self.offers)])
        prepared = accepting.prepare(hand_over)
        try:
            with unit_of_work():
                accepting.accept(
                    session.get_one(HandOver, hand_over.id),
                    actor=factories.actor(getattr(self.house, by)),
                    version=None,
                    prepared=prepared,
                )
        except Problem:
            return
        done = session.get_one(HandOver, hand_over.id)
        assert getattr(self.house, by).id == done.to_id, "nobody but the receiver accepts"
        for line in done.lines:
            self.whose[line.item_id] = done.to_id

    @rule(
        place=st.integers(0, 20),
        by=st.sampled_from(WHO),
        name=st.sampled_from(["decline", "withdraw", "witness"]),
    )
    def answer(self, place: int, by: str, name: str) -> None:
        if not self.offers:
            return
        hand_over_id = self.offers[place % len(self.offers)]
        try:
            with unit_of_work():
                offering.fire(
                    session.get_one(HandOver, hand_over_id),
                    name,
                    actor=factories.actor(getattr(self.house, by)),
                    version=None,
                    note="不需要",
                )
        except Problem:
            return

    @rule(place=st.integers(0, 20))
    def take_back(self, place: int) -> None:
        item_id = self.items[place % len(self.items)]
        try:
            with unit_of_work():
                accepting.take_back(actor=factories.actor(self.house.keeper), items=[OfferedItem(item_id)])
        except Problem:
            return
        self.whose[item_id] = self.house.keeper.id

    @rule(days=st.integers(0, 8))
    def wait(self, days: int) -> None:
        self.tick(timedelta(days=days, seconds=1))
        offering.expire_offers({})

    @rule(seconds=st.integers(1, 7_200))
    def clock_is_put_back(self, seconds: int) -> None:
        self.tick(-timedelta(seconds=seconds))

    @rule(who=st.sampled_from(["first", "second"]))
    def somebody_leaves(self, who: str) -> None:
        """The gate lets nobody go who still answers for anything."""
        person = getattr(self.house, who)
        with unit_of_work():
            user = session.get_one(User, person.id)
            try:
                people.deactivate(user, version=None, actor=SYSTEM)
            except Problem:
                # what earlier histories left with them counts as well
                assert leaving.open_matters(person.id)
                return
            assert person.id not in self.whose.values()
            assert not self.waiting(person.id)
            people.activate(user, version=None, actor=SYSTEM)

    def waiting(self, person_id: int) -> bool:
        return any(
            person_id in (row.from_id, row.to_id)
            for row in session.query(HandOver).filter_by(status=HandOverStatus.OFFERED)
        )

    @invariant()
    def exactly_one_person_answers_for_each_item(self) -> None:
        session.rollback()
        found = custody.history(self.items)
        for item_id in self.items:
            item = session.get_one(AssetItem, item_id)
            periods = found[item_id][::-1]
            assert [period.until_at is None for period in periods].count(True) == 1
            assert periods[-1].until_at is None
            assert periods[-1].person_id == item.keeper_id == self.whose[item_id]
            assert all(one.until_at == other.from_at for one, other in pairwise(periods))
            for period in periods:
                at_once = custody.responsible_at(item_id, period.from_at)
                assert at_once is not None
                assert at_once.id == period.id
            stored = periods[-1].kind == CustodyKind.STORE
            assert item.status == (ItemStatus.IN_STOCK if stored else ItemStatus.ASSIGNED)
        assert examination.check() == []


@pytest.mark.parametrize("steps", [40])
def test_any_history_leaves_exactly_one_responsible_person(steps: int) -> None:
    AnyHistory.house = desk()
    run_state_machine_as_test(
        AnyHistory,
        settings=hypothesis_settings(
            max_examples=15, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.fixture
def house() -> Desk:
    return desk()


def test_the_database_itself_refuses_two_at_a_time_and_a_hole(house: Desk) -> None:
    item = house.item(person=house.first)
    at = clock.now()

    def add(**values: Any) -> None:
        session.add(AssetCustody(item_id=item.id, person_id=house.second.id, kind=CustodyKind.HELD, **values))
        session.flush()

    for values in (
        {"from_at": at},
        {"from_at": at, "previous_until": at},
        {"from_at": at + timedelta(hours=1), "until_at": at},
    ):
        with pytest.raises((Problem, IntegrityError)), unit_of_work():
            add(**values)
    assert len(custody.history([item.id])[item.id]) == 1


def test_the_examination_tells_what_is_torn(house: Desk) -> None:
    item = house.item(person=house.first)
    assert examination.check() == []
    with unit_of_work():
        session.get_one(AssetItem, item.id).keeper_id = house.second.id
    assert [str(item.number) in sentence for sentence in examination.check()] == [True]
