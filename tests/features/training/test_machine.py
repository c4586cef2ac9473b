"""Enrolling, stepping back and leave in any order keep to what a naive model of seats and queue says."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.core import clock
from app.core.errors import Conflict
from app.core.permissions import SYSTEM
from app.core.uow import unit_of_work
from app.features.training import actions, queries
from app.features.training.enums import HAS_SEAT
from tests import factories
from tests.features.training import desk as desks

PLACES = st.integers(0, 4)
SEATS = 2


class Walk(RuleBasedStateMachine):
    """Five people around two seats; the model is a list of the seated, one of those who wait, and who is on leave."""

    steps = refused = 0
    built: Any = None
    walks = 0

    @initialize()
    def begin(self) -> None:
        if Walk.built is None:
            Walk.built = desks.build()
        Walk.walks += 1
        self.desk = Walk.built
        start = clock.now() + timedelta(days=10 * Walk.walks)
        self.row = desks.announced(self.desk, capacity=SEATS, starts_at=start)
        self.capacity = SEATS
        self.seated: list[int] = []
        self.waiting: list[int] = []
        self.asked: set[int] = set()

    def act(self, allowed: bool, do: Any) -> bool:
        Walk.steps += 1
        try:
            do()
        except Conflict:
            Walk.refused += 1
            assert not allowed
            return False
        assert allowed
        return True

    def fill(self) -> None:
        while self.waiting and len(self.seated) < self.capacity:
            self.seated.append(self.waiting.pop(0))

    @rule(place=PLACES)
    def enrol(self, place: int) -> None:
        who = self.desk.people[place]
        allowed = place not in self.seated and place not in self.waiting
        if self.act(allowed, lambda: desks.enrol(self.row, who)):
            (self.seated if len(self.seated) < self.capacity else self.waiting).append(place)

    @rule(place=PLACES)
    def withdraw(self, place: int) -> None:
        who = self.desk.people[place]
        allowed = place in self.seated or place in self.waiting
        if self.act(allowed, lambda: desks.withdraw(self.row, who)):
            for group in (self.seated, self.waiting):
                if place in group:
                    group.remove(place)
            self.asked.discard(place)
            self.fill()

    @rule(place=PLACES)
    def ask_leave(self, place: int) -> None:
        who = self.desk.people[place]
        allowed = place in self.seated and place not in self.asked
        if self.act(allowed, lambda: desks.ask_leave(self.row, who)):
            self.asked.add(place)

    @rule(place=PLACES, granted=st.booleans())
    def answer(self, place: int, granted: bool) -> None:
        who = self.desk.people[place]
        if queries.person_of(self.row, who.id) is None:
            return
        allowed = place in self.asked

        def do() -> None:
            desks.answer_leave(self.row, who, self.desk.chair, granted=granted, note="这次讲新制度")

        if self.act(allowed, do):
            self.asked.discard(place)
            if granted:
                self.seated.remove(place)
                self.fill()

    @rule(more=st.integers(1, 2))
    def add_seats(self, more: int) -> None:
        if self.capacity + more > 4:
            return
        found = queries.get_session(SYSTEM, self.row.id)
        values = desks.values(self.desk, capacity=self.capacity + more, starts_at=found.starts_at)
        with unit_of_work():
            actions.edit(found, actor=factories.actor(self.desk.head), version=None, values=values)
        self.capacity += more
        self.fill()

    @invariant()
    def the_program_says_the_same(self) -> None:
        if not hasattr(self, "row"):
            return
        found = desks.states(self.row, *self.desk.people)
        assert {place for place, status in enumerate(found) if status in HAS_SEAT} == set(self.seated)
        queue = [person.user_id for person in queries.queue(self.row.id)]
        assert queue == [self.desk.people[place].id for place in self.waiting]
        assert queries.seats_taken(self.row.id) <= self.capacity
        assert not queue or queries.seats_taken(self.row.id) == self.capacity


def test_no_walk_overfills_a_session_or_lets_somebody_wait_beside_a_free_seat(app: Any) -> None:
    Walk.built, Walk.walks, Walk.steps, Walk.refused = None, 0, 0, 0
    run_state_machine_as_test(
        Walk,
        settings=hypothesis_settings(
            max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert Walk.steps > 50
    assert 0 < Walk.refused < Walk.steps
