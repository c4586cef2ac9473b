"""Mentor pairs and drills of the small company, in each state that has pages of its own, all in Latin letters."""

from datetime import timedelta

from sqlalchemy import select

from app.core import clock, settings
from app.core.db import session
from app.core.files import CheckedFile
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.drills import actions as rehearsing
from app.features.drills.actions import DrillValues, TemplateValues
from app.features.drills.models import Drill, DrillTemplate
from app.features.mentoring import actions as mentoring
from app.features.mentoring.actions import PairValues
from app.features.mentoring.models import MentorPair
from app.features.people.models import User
from tests import factories

CRITERIA = (
    "survey | Asks for the duty | 30\nproposal | The pump fits | 40\nnegotiation | Keeps the terms | 30"
)


def pairs(accounts: dict[str, User]) -> None:
    """Pair people in each state: offered, running with a note and a missed week, in final review, closed."""
    with unit_of_work():
        switched = settings.get("modules.switches")
        settings.put("modules.switches", {**switched, "mentoring": True, "drills": True})
    head = factories.actor(accounts["m1"])
    with clock.frozen(clock.now() - timedelta(days=14)):
        # first, so that its weeks have the same numbers on both engines: the closed pair gives up those ahead of it
        running = pair(accounts, head, "s1", "s2")
        with unit_of_work():
            row = session.get_one(MentorPair, running)
            mentoring.write_note(
                row, row.weeks[0], actor=factories.actor(accounts["s1"]), version=None, text="Selected pumps"
            )
            mentoring.write_answer(
                row,
                row.weeks[0],
                actor=factories.actor(accounts["s2"]),
                version=None,
                text="I can read curves",
            )
        closed = pair(accounts, head, "s1", "w1")
        review(accounts, closed, head, ("s1", "w1"))
        with unit_of_work():
            row = session.get_one(MentorPair, closed)
            mentoring.fire(row, "close", actor=head, version=None, data={"conclusion": "Quotes alone"})
    reviewed = pair(accounts, head, "s2", "s1", rates=("s2",))
    with unit_of_work():
        personnel = factories.actor(accounts["h1"])
        values = pair_values(accounts["s2"], accounts["w1"])
        mentoring.offer(actor=personnel, values=values)
        assert session.get_one(MentorPair, reviewed).status == "final_review"


def pair(accounts: dict[str, User], head: Actor, mentor: str, pupil: str, rates: tuple[str, ...] = ()) -> int:
    """Offer a pair that both accept; with ``rates`` it goes on to the final review, and these rate it."""
    with unit_of_work():
        made = mentoring.offer(actor=head, values=pair_values(accounts[mentor], accounts[pupil]))
        for name in (mentor, pupil):
            mentoring.fire(made, "accept", actor=factories.actor(accounts[name]), version=None)
        number = made.id
    if rates:
        review(accounts, number, head, rates)
    return number


def review(accounts: dict[str, User], number: int, head: Actor, rates: tuple[str, ...]) -> None:
    """Bring a pair to its final review and let some rate it."""
    with unit_of_work():
        row = session.get_one(MentorPair, number)
        mentoring.fire(row, "mid", actor=head, version=None, data={"mid_text": "Going well"})
        mentoring.fire(row, "finish", actor=head, version=None)
        for name in rates:
            data = {"score": "5", "words": "Explains well"}
            mentoring.fire(row, "rate", actor=factories.actor(accounts[name]), version=None, data=data)


def pair_values(mentor: User, pupil: User) -> PairValues:
    """Return a pair of two people from today on."""
    today = clock.today()
    return PairValues(mentor.id, pupil.id, today, today + timedelta(days=60), "Quotes a pump alone")


def drills(accounts: dict[str, User]) -> None:
    """Rehearse in each state: prepared, waiting for scores, scored, debriefed with its case."""
    head = factories.actor(accounts["m1"])
    with unit_of_work():
        task = "Do it"
        values = TemplateValues("Pumping station", "A station wants six pumps", task, task, task, CRITERIA)
        rehearsing.create_template(actor=head, values=values)
    drill(accounts, "Only prepared", "prepared")
    drill(accounts, "Waits for scores", "rehearsed")
    drill(accounts, "Waits for lessons", "scored")
    drill(accounts, "Talked over", "debriefed")


def drill(accounts: dict[str, User], title: str, status: str) -> None:
    """Prepare a drill with its cast and bring it to a state."""
    head, player = factories.actor(accounts["m1"]), factories.actor(accounts["s1"])
    with unit_of_work():
        template = session.execute(select(DrillTemplate.id)).scalar_one()
        row = rehearsing.prepare(actor=head, values=DrillValues(title, template, clock.today()))
        rehearsing.cast(row, actor=head, user_id=accounts["s1"].id, kind="player", role="Seller")
        for name in ("m1", "l1"):
            rehearsing.cast(row, actor=head, user_id=accounts[name].id, kind="judge")
        rehearsing.attach(row, actor=player, file=CheckedFile("plan.txt", "text/plain", b"plan"))
        rehearsing.note_stage(row, "survey", actor=player, version=None, notes="Eight questions")
        if status == "prepared":
            return
        for kind in ("proposal", "negotiation"):
            rehearsing.note_stage(row, kind, actor=player, version=None, notes="Done")
        rehearsing.fire(row, "rehearse", actor=head, version=None)
        given(row, accounts["l1"])
        if status != "rehearsed":
            given(row, accounts["m1"])
        if status == "debriefed":
            lesson = {"good": "Questions", "bad": "Gave in", "lesson": "Ask first"}
            rehearsing.fire(row, "debrief", actor=head, version=None, data=lesson)
            rehearsing.fire(row, "write_case", actor=head, version=None)


def given(row: Drill, judge: User) -> None:
    """Give the sheet of a judge."""
    data = {f"points_{each.id}": 7 for each in row.criteria}
    rehearsing.fire(row, "score", actor=factories.actor(judge), version=None, data={**data, "words": "Clear"})
