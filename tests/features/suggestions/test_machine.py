"""Suggestions in any order of acts and days, beside a naive model of their deadlines: lists, no database."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import HealthCheck
from hypothesis import settings as rules
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from app.core import clock, indicators, settings
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.permissions import Role
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.suggestions import actions, discussing, queries, unnamed
from app.features.suggestions import invariant as proof
from app.features.suggestions.enums import DISCUSSED, ENDED
from app.features.suggestions.flow import FLOW
from app.features.suggestions.indicators import IN_TIME
from app.features.suggestions.models import Suggestion
from app.features.suggestions.people_of import turn_name
from tests import factories
from tests.features.suggestions import desk
from tests.features.suggestions.desk import Office

# The stage whose time runs in a state, and what a step makes of it.
RUNS = {"submitted": "accept", "accepted": "department", "redirected": "answer", "company_review": "company"}
DAYS = {"accept": 2, "department": 5, "answer": 5, "company": 15}
# What each step is given; the days are filled in when it is done.
GIVEN: dict[str, tuple[str, str, dict[str, Any]]] = {
    "accept": ("manager", "", {}),
    "complete": ("author", "", {"method": "买"}),
    "begin_review": ("manager", "", {}),
    "return": ("manager", "请补充", {}),
    "resubmit": ("author", "", {"method": "买一台"}),
    "redirect": ("manager", "", {}),
    "answer": ("manager", "", {"answer": "好"}),
    "adopt": ("leader", "", {"answer": "好"}),
    "try": ("leader", "", {"answer": "先试", "until": 5}),
    "park": ("leader", "", {"condition": "等新库房", "until": 30}),
    "escalate": ("manager", "", {}),
    "take_up": ("manager", "", {}),
    "decline": ("leader", "没有预算", {}),
    "confirm": ("author", "", {}),
    "appeal": ("author", "", {"appeal": "再看看"}),
    "implement": ("manager", "", {"due_on": 8}),
    "deliver": ("colleague", "", {"result": "好了"}),
    "rework": ("manager", "还差一点", {}),
    "verify": ("manager", "", {"verified_text": "好用"}),
    "withdraw": ("author", "不提了", {}),
}


@dataclass
class Deadline:
    """A deadline as the model knows it."""

    due: datetime
    met: datetime | None = None
    paused: bool = False


@dataclass
class Idea:
    """A suggestion as the model knows it."""

    ident: int
    status: str
    method: bool
    named: bool
    deadlines: list[Deadline] = field(default_factory=list)
    left: int | None = None
    late: bool = False
    seen_department: bool = False
    read: bool = False
    appealed: bool = False
    votes: set[str] = field(default_factory=set)

    @property
    def running(self) -> Deadline | None:
        return next((each for each in self.deadlines if each.met is None), None)


def plain_days(start: date, days: int) -> date:
    """So many working days later, in months of which every weekday is worked."""
    while days:
        start += timedelta(days=1)
        days -= start.weekday() < 5
    return start


def plain_between(start: date, end: date) -> int:
    return sum((start + timedelta(days=place)).weekday() < 5 for place in range(1, (end - start).days + 1))


class Walk(RuleBasedStateMachine):
    """Writing, all steps, votes, days that pass; the model says of each whether it must succeed."""

    numbers = itertools.count()
    done = refused = 0
    reached: ClassVar[set[str]] = set()

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        # November 2027 and what follows: no calendar of holidays is known, so that weekdays alone count
        self.now = clock.from_local(datetime(2040, 1, 2, 9, 30)) + next(self.numbers) * timedelta(days=700)  # noqa: DTZ001
        self.began = self.now
        number = next(self.numbers)
        with self.at():
            company = factories.department(f"公司 {number}")
            sales = factories.department(f"销售 {number}", company)
            made = {
                name: factories.user(name, f"{name}{number}", sales, roles)
                for name, roles in (
                    ("author", [Role.SALESPERSON]),
                    ("colleague", [Role.SALESPERSON]),
                    ("manager", [Role.MANAGER]),
                    ("leader", [Role.LEADER]),
                )
            }
            self.office = Office(sales.id, {name: person.id for name, person in made.items()})
            with unit_of_work():
                settings.put("suggestions.appeal", True)
        self.ideas: list[Idea] = []
        for named in (True, False):
            self.add(method=True, named=named)
        # a walk may be drawn in which no rule of steps comes up, so each begins with some
        for place in (0, 1, 0):
            self.step_on(place, data)
            self.act(self.ideas[place], data.draw(st.sampled_from(sorted(GIVEN))))

    @contextmanager
    def at(self) -> Iterator[None]:
        with clock.frozen(self.now):
            yield

    def run_from(self, idea: Idea, stage: str) -> None:
        if idea.running is not None:
            idea.running.met = self.now
        due = plain_days(clock.to_local(self.now).date(), DAYS[stage])
        idea.deadlines.append(
            Deadline(clock.from_local(datetime.combine(due, clock.to_local(self.now).time())))
        )

    @rule(method=st.booleans(), named=st.booleans())
    def write(self, method: bool, named: bool) -> None:
        if len(self.ideas) < 4:
            self.add(method=method, named=named)

    def add(self, *, method: bool, named: bool) -> None:
        values = desk.values(method="买" if method else "", department_id=self.office.department)
        # what is not signed is kept at the full hour, so that the walk does too
        if not named:
            self.now = self.now.replace(minute=0)
        with self.at(), unit_of_work():
            if named:
                row = actions.send(actor=self.office.actor("author"), values=values)
            else:
                settings.put("suggestions.keeper", self.office.people["leader"])
                row = unnamed.send_to_keeper(actor=self.office.actor("author"), values=values)
            idea = Idea(row.id, "submitted", method, named)
        self.run_from(idea, "accept")
        self.ideas.append(idea)

    @rule(hours=st.integers(1, 200))
    def pass_time(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.ideas)
    @rule(place=st.integers(0, 3), name=st.sampled_from(sorted(GIVEN)))
    def step(self, place: int, name: str) -> None:
        self.act(self.ideas[place % len(self.ideas)], name)

    @precondition(lambda self: self.ideas)
    @rule(place=st.integers(0, 3), data=st.data())
    def go_on(self, place: int, data: st.DataObject) -> None:
        self.step_on(place, data)

    def step_on(self, place: int, data: st.DataObject) -> None:
        """One of the steps that must succeed, so that walks reach the end."""
        idea = self.ideas[place % len(self.ideas)]
        names = [name for name in sorted(GIVEN) if name != "withdraw" and self.may(idea, name)]
        if names:
            self.act(idea, data.draw(st.sampled_from(names)))

    def act(self, idea: Idea, name: str) -> None:
        if not idea.named:
            self.now = self.now.replace(minute=0, second=0)
        who, note, given = GIVEN[name]
        if idea.status == "review" and name in ("adopt", "decline", "try", "park"):
            who = "manager"
        data = dict(given)
        with self.at():
            for key in ("until", "due_on"):
                if key in data:
                    data[key] = clock.today() + timedelta(days=data[key])
            if name == "implement":
                data["implementer_id"] = self.office.people["colleague"]
            try:
                desk.fire(self.office, idea.ident, name, who, note, **data)
                worked = True
            except (Conflict, Invalid, Denied):
                session.rollback()
                worked = False
        assert worked == self.may(idea, name), (idea.status, name, worked)
        if worked:
            self.note(idea, name)
            type(self).done += 1
            self.reached.add(idea.status)
        else:
            type(self).refused += 1

    def may(self, idea: Idea, name: str) -> bool:
        """What the table of 2.16 says, by hand."""
        status = idea.status
        if name == "begin_review":
            return status == "accepted" and idea.method
        if name == "confirm":
            return status == "declined" and not idea.read
        if name == "appeal":
            return status == "declined" and not idea.appealed
        return (
            status
            in {
                "accept": ("submitted",),
                "complete": ("submitted", "accepted"),
                "return": ("submitted", "accepted"),
                "resubmit": ("returned",),
                "redirect": ("submitted", "accepted"),
                "answer": ("redirected",),
                "adopt": ("review", "company_review", "trial"),
                "try": ("review", "company_review"),
                "park": ("review", "company_review", "trial"),
                "escalate": ("review",),
                "take_up": ("parked",),
                "decline": ("accepted", "review", "company_review", "trial", "parked"),
                "implement": ("adopted", "trial"),
                "deliver": ("implementing",),
                "rework": ("verifying",),
                "verify": ("verifying",),
                "withdraw": ("submitted", "returned"),
            }[name]
        )

    def note(self, idea: Idea, name: str) -> None:
        """What the step makes of the model."""
        running = idea.running
        if name == "return" and running is not None:
            running.paused = True
            idea.late = running.due < self.now
            idea.left = plain_between(clock.to_local(self.now).date(), clock.to_local(running.due).date())
            idea.status = "returned"
            return
        if name in ("complete", "resubmit"):
            idea.method = True
        if name == "resubmit" and running is not None:
            if not idea.late and idea.left is not None:
                due = plain_days(clock.to_local(self.now).date(), idea.left)
                time = clock.to_local(self.now).time()
                running.due = clock.from_local(datetime.combine(due, time))
            running.paused = False
            idea.status = "accepted" if idea.seen_department else "submitted"
            return
        if name == "withdraw" and running is not None:
            idea.deadlines.remove(running)
        if name in ("adopt", "try", "park", "decline", "answer") and running is not None:
            running.met = self.now
        idea.read = {"confirm": True, "appeal": True, "decline": False}.get(name, idea.read)
        idea.appealed = idea.appealed or name == "appeal"
        idea.status = {
            "accept": "accepted", "begin_review": "review", "redirect": "redirected", "answer": "answered",
            "adopt": "adopted", "try": "trial", "park": "parked", "escalate": "company_review",
            "take_up": "review", "decline": "declined", "appeal": "company_review", "rework": "implementing",
            "implement": "implementing", "deliver": "verifying", "verify": "done", "withdraw": "withdrawn",
        }.get(name, idea.status)  # fmt: skip
        stage = {"accept": "department", "redirect": "answer", "escalate": "company", "appeal": "company",
                 "take_up": "department"}.get(name)  # fmt: skip
        if stage is not None:
            self.run_from(idea, stage)
        idea.seen_department = idea.seen_department or name == "accept"

    @precondition(lambda self: self.ideas)
    @rule(place=st.integers(0, 3), who=st.sampled_from(["author", "colleague", "leader"]))
    def vote(self, place: int, who: str) -> None:
        idea = self.ideas[place % len(self.ideas)]
        with self.at():
            try:
                with unit_of_work():
                    discussing.vote(session.get_one(Suggestion, idea.ident), actor=self.office.actor(who))
                worked = True
            except Conflict:
                worked = False
        own = who == "author" and idea.named
        assert worked == (idea.status in DISCUSSED and who not in idea.votes and not own)
        if worked:
            idea.votes.add(who)

    @invariant()
    def agrees(self) -> None:
        for idea in getattr(self, "ideas", []):
            row = desk.load(idea.ident)
            assert row.status == idea.status
            assert [(each.due_at, each.met_at, each.paused) for each in row.deadlines] == [
                (each.due, each.met, each.paused) for each in idea.deadlines
            ]
            assert queries.vote_count(idea.ident) == len(idea.votes)
            wanted = FLOW.wanted_tasks(row)
            assert len(open_tasks("suggestion", idea.ident)) == len(wanted)
            doing = row.implementer.name if row.implementer is not None else None
            has_it = turn_name(row.status, row.department_id, row.owner_id, doing)
            waits = row.status not in (*ENDED, "returned")
            assert bool(has_it) == waits, row.status
            assert (row.due_at is not None) == waits, row.status
        session.rollback()
        assert proof.invariants() == []

    @invariant()
    def the_figure_is_its_list(self) -> None:
        if not getattr(self, "ideas", []):
            return
        with self.at():
            first = clock.to_local(self.began).date() - timedelta(days=1)
            period = indicators.span(first, first + timedelta(days=600))
            figure = indicators.measure([IN_TIME], [period])[IN_TIME][0]
            listed = session.execute(indicators.exceptions(registered(), period)).all()
            close = min(period.end, self.now)
        due = [
            each
            for idea in self.ideas
            for each in idea.deadlines
            if not each.paused and period.start <= each.due < period.end and (each.met or each.due < close)
        ]
        late = [each for each in due if each.met is None or each.met > each.due]
        session.rollback()
        assert (figure.due, figure.exceptions, len(listed)) == (len(due), len(late), len(late))


def registered() -> indicators.Indicator:
    found = indicators.find(IN_TIME)
    assert found is not None
    return found


def test_suggestions_in_any_order(app: object) -> None:
    with unit_of_work():
        settings.put("modules.preset", "full")
    assert session.execute(select(Suggestion.id)).first() is None
    run_state_machine_as_test(
        Walk,
        settings=rules(
            max_examples=10,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Walk.done > 15
    assert Walk.refused > 5
    assert len(Walk.reached) > 4
