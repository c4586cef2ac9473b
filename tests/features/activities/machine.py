"""A walk of enrolments in any order beside two plain lists: who sits, who waits."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.core.errors import Conflict, Invalid
from app.core.permissions import Role
from app.features.activities import actions, queries
from app.features.activities.enums import PlaceStatus
from tests import factories
from tests.features.activities import desk as desks
from tests.features.activities.desk import Desk

SEATED, QUEUED = PlaceStatus.SEATED, PlaceStatus.QUEUED


class Walk(RuleBasedStateMachine):
    """Enrolling, giving back, more and fewer seats in any order, beside two plain lists."""

    number = 0
    moved = 0

    @initialize(capacity=st.integers(1, 3))
    def begin(self, capacity: int) -> None:
        type(self).number += 1
        name = f"w{self.number}"
        department = factories.department(name)
        self.owner = factories.user("组织人", name, department, [Role.SALESPERSON])
        self.people = [
            factories.user(f"{name}-{place}", f"{name}-{place}", department, [Role.SALESPERSON])
            for place in range(5)
        ]
        head = factories.user("经理", f"{name}m", department, [Role.MANAGER])
        self.capacity = capacity
        self.activity = desks.enrolling(
            Desk(self.owner, head, head, head, head, self.people), capacity=capacity
        )
        self.seated: list[tuple[int, int]] = []
        self.waiting: list[tuple[int, int]] = []

    def taken(self) -> int:
        return sum(heads for _who, heads in self.seated)

    def move_up(self) -> None:
        while self.waiting and self.taken() + self.waiting[0][1] <= self.capacity:
            self.seated.append(self.waiting.pop(0))
            type(self).moved += 1

    @rule(who=st.integers(0, 4), companions=st.integers(0, 2))
    def enrol(self, who: int, companions: int) -> None:
        person, heads = self.people[who], 1 + companions
        known = {number for number, _heads in (*self.seated, *self.waiting)}
        if heads > self.capacity or person.id in known:
            with pytest.raises((Conflict, Invalid)):
                desks.enrol(self.activity, person, companions)
            return
        waits = self.waiting or self.taken() + heads > self.capacity
        (self.waiting if waits else self.seated).append((person.id, heads))
        assert desks.enrol(self.activity, person, companions) == (QUEUED if waits else SEATED)

    @rule(who=st.integers(0, 4))
    def withdraw(self, who: int) -> None:
        person = self.people[who]
        before = len(self.seated) + len(self.waiting)
        self.seated = [one for one in self.seated if one[0] != person.id]
        self.waiting = [one for one in self.waiting if one[0] != person.id]
        if len(self.seated) + len(self.waiting) == before:
            with pytest.raises(Conflict):
                desks.withdraw(self.activity, person)
            return
        desks.withdraw(self.activity, person)
        self.move_up()

    @rule()
    def fill_and_free(self) -> None:
        for who in range(len(self.people)):
            self.enrol(who, 0)
        first = self.seated[0][0]
        self.withdraw(next(who for who, person in enumerate(self.people) if person.id == first))

    @rule(more=st.integers(-1, 3))
    def rearrange(self, more: int) -> None:
        capacity = max(self.capacity + more, 1)
        values = desks.arrangement(capacity=capacity)
        if capacity < self.taken():
            with pytest.raises(Invalid):
                desks.fire(self.activity, "rearrange", self.owner, **values)
            return
        self.capacity = capacity
        desks.fire(self.activity, "rearrange", self.owner, **values)
        self.move_up()

    @invariant()
    def as_the_lists_say(self) -> None:
        if not hasattr(self, "seated"):
            return
        places = queries.places_of(self.activity.id)
        seated = {(place.user_id, place.heads) for place in queries.with_status(places, SEATED)}
        waiting = [(place.user_id, place.heads) for place in queries.with_status(places, QUEUED)]
        assert seated == set(self.seated)
        assert waiting == self.waiting
        assert actions.check() == []
