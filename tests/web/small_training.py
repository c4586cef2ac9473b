"""Training of the small company: a series, topics, sessions in each state, one with a queue and leave asked for."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from app.core import clock, settings
from app.core.db import session
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.training import actions, catalogue, feedback, queries, seats, series, signing_in, topics
from app.features.training.actions import SessionValues
from app.features.training.enums import MODULE, Presence, SessionForm
from app.features.training.feedback import FeedbackValues
from app.features.training.flow import SIGN_IN_CODE
from app.features.training.models import TrainingSession
from app.features.training.series import SeriesValues
from app.features.training.signing_in import RollCall
from tests import factories


def training(accounts: dict[str, User]) -> None:
    """Arrange and hold what a small company learns."""
    people = {number: factories.actor(user) for number, user in accounts.items()}
    department = accounts["s1"].department_id
    assert department is not None
    with unit_of_work():
        settings.put("modules.switches", {**settings.get("modules.switches"), MODULE: True})
        settings.put(SIGN_IN_CODE, True)
        subject = catalogue.keep_subject(None, actor=people["h1"], name="Products")
        provider = catalogue.keep_provider(None, actor=people["h1"], name="Valve Institute")
        topic = topics.propose(actor=people["s1"], title="Ball or gate valve", note="Asked twice this week")
        topics.propose(actor=people["s2"], title="How to read a drawing")
    subject_id, provider_id, topic_id = subject.id, provider.id, topic.id
    with unit_of_work():
        series.keep_series(
            None,
            actor=people["h1"],
            version=None,
            values=SeriesValues(
                "Wednesday session",
                department,
                2,
                time(16, 0),
                60,
                accounts["m1"].id,
                date(2026, 11, 1),
                "Room 2",
                audience=[department],
            ),
        )

    def plan(title: str, hours: int, **given: Any) -> TrainingSession:
        start = clock.now() + timedelta(hours=hours)
        values = SessionValues(
            title, start, start + timedelta(hours=1), accounts["m1"].id, department, "Room 2", **given
        )
        with unit_of_work():
            return actions.plan(actor=people["m1"], values=values)

    plan("Seals", 30)
    full = plan("Ball valves", 40, capacity=1, topic_id=topic_id, subject_id=subject_id)
    step(full, "announce", people["m1"])
    for number in ("s1", "s2", "c1"):
        act(full, seats.enrol, people[number])
    with unit_of_work():
        seats.ask_leave(load(full), actor=people["s1"], reason="At a customer")
    moved = plan("Pumps", 50)
    step(moved, "announce", people["m1"])
    later = clock.now() + timedelta(hours=70)
    step(moved, "move", people["m1"], "Speaker ill", starts_at=later, ends_at=later + timedelta(hours=1))
    step(plan("Prices", 60), "cancel", people["m1"], "Not needed")
    opened = plan("Meters", 1)
    step(opened, "announce", people["m1"])
    act(opened, seats.enrol, people["s1"])
    step(opened, "open", people["m1"])
    held(plan("Contracts", 1, form=SessionForm.OUTSIDE, provider_id=provider_id, cost=Decimal(500)), people)


def held(row: TrainingSession, people: dict[str, Actor]) -> None:
    """A session at which two were there, of whom one gave feedback."""
    step(row, "announce", people["m1"])
    for number in ("s2", "c1"):
        act(row, seats.enrol, people[number])
    step(row, "open", people["m1"])
    with unit_of_work():
        found = load(row)
        there = {
            person.id: Presence.PRESENT
            for number in ("s2", "c1")
            if (person := queries.person_of(found, people[number].id)) is not None
        }
        signing_in.call_roll(found, actor=people["m1"], version=None, roll=RollCall(there))
    step(row, "wrap_up", people["m1"])
    with unit_of_work():
        values = FeedbackValues(5, 4, 4, "Good examples")
        feedback.give_feedback(load(row), actor=people["s2"], values=values)


def load(row: TrainingSession) -> TrainingSession:
    return session.get_one(TrainingSession, row.id)


def act(row: TrainingSession, do: Callable[..., Any], who: Actor) -> None:
    with unit_of_work():
        do(load(row), actor=who)


def step(row: TrainingSession, name: str, who: Actor, note: str = "", **data: Any) -> None:
    with unit_of_work():
        actions.fire(load(row), name, actor=who, version=None, note=note, data=data or None)
