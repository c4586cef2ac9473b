"""Announcements and cases of the small company, in each state that has pages of its own, all in Latin letters."""

from datetime import timedelta

from sqlalchemy import select

from app.core import clock, settings
from app.core.db import session
from app.core.files import CheckedFile
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.announcements import actions as announcing
from app.features.announcements.actions import AnnouncementValues
from app.features.announcements.models import Announcement
from app.features.cases import actions as cases
from app.features.cases.actions import CaseValues
from app.features.cases.enums import MarkKind, Outcome, Stage
from app.features.cases.models import CaseStudy
from app.features.customers.models import Customer
from app.features.people.models import User
from tests import factories

TEXT = "The office is closed on Friday.\n- Keep the telephone on\n- **Lock** the store\n| Day | Who |\n| Fri | Chen |"


def announcements(accounts: dict[str, User]) -> None:
    """Announce in each state: draft, scheduled, up with and without confirming, corrected, withdrawn, over."""
    with unit_of_work():
        switched = settings.get("modules.switches")
        settings.put("modules.switches", {**switched, "announcements": True, "cases": True})
    head, people = factories.actor(accounts["m1"]), factories.actor(accounts["h1"])
    announce(people, "Draft of a notice", release=False)
    announce(people, "For next week", visible_from=clock.now() + timedelta(days=7))
    announce(head, "Pinned for all", pinned=True)
    asked = announce(people, "Please confirm", must_confirm=True)
    department = accounts["m1"].department_id
    assert department is not None
    few = announce(
        head,
        "For some",
        for_everybody=False,
        departments=(department,),
        people=(accounts["h1"].id,),
        must_confirm=True,
    )
    withdrawn = announce(people, "Wrong date", must_confirm=True)
    over = announce(people, "Over by now")
    with unit_of_work():
        announcing.confirm(load(asked), actor=factories.actor(accounts["s1"]))
        announcing.confirm(load(few), actor=head)
        announcing.fire(load(withdrawn), "withdraw", actor=people, version=None, note="The date is wrong")
        announcing.fire(load(over), "take_down", actor=people, version=None)
        correction = announcing.correct(load(few), actor=head, asks_again=False)
        announcing.fire(correction, "release", actor=head, version=None)
        announcing.correct(load(asked), actor=people, asks_again=True)


def announce(actor: Actor, title: str, *, release: bool = True, **values: object) -> int:
    """Write an announcement with a file, and release it."""
    with unit_of_work():
        row = announcing.draft(actor=actor, values=AnnouncementValues(title, TEXT, **values))  # type: ignore[arg-type]
        announcing.attach(row, actor=actor, file=CheckedFile("plan.txt", "text/plain", b"plan"))
        if release:
            announcing.fire(row, "release", actor=actor, version=None)
        return row.id


def load(number: int) -> Announcement:
    """An announcement, as it is in the open transaction."""
    return session.get_one(Announcement, number)


def library(accounts: dict[str, User]) -> None:
    """Write a case in each state, one of them anonymous, with what colleagues say of it."""
    seller, head = factories.actor(accounts["s1"]), factories.actor(accounts["m1"])
    customer = session.execute(select(Customer.id).order_by(Customer.id).limit(1)).scalar_one()
    links = (("customer", customer),)
    with unit_of_work():
        begun = cases.draft(actor=seller, values=told("Only begun"), links=links)
        cases.attach(begun, actor=seller, file=CheckedFile("notes.txt", "text/plain", b"notes"))
        submitted = cases.draft(actor=seller, values=told("Handed in"), links=links)
        returned = cases.draft(actor=seller, values=told("Sent back"))
        published = cases.draft(actor=seller, values=told("A pump in time"), links=links)
        hidden = cases.draft(
            actor=seller,
            values=told("Lost to a rival", anonymous=True, hidden_names="Acme Steel"),
            links=links,
        )
        old = cases.draft(actor=seller, values=told("Outdated"))
        for row in (submitted, returned, published, hidden, old):
            cases.fire(row, "submit", actor=seller, version=None)
        cases.fire(returned, "send_back", actor=head, version=None, note="No figures")
        for row in (published, hidden, old):
            cases.fire(row, "publish", actor=head, version=None)
        cases.fire(old, "archive", actor=head, version=None, note="The product is gone")
        talked_about(accounts, published)


def talked_about(accounts: dict[str, User], row: CaseStudy) -> None:
    """Let colleagues find a case useful, thank for it, name it for training, and write below it."""
    for number, kind in (("s2", MarkKind.USEFUL), ("m1", MarkKind.THANKS), ("h1", MarkKind.TRAINING)):
        cases.mark(row, actor=factories.actor(accounts[number]), kind=kind)
    cases.comment(row, actor=factories.actor(accounts["s2"]), text="We do the same since")


def told(title: str, **changed: object) -> CaseValues:
    """Return what a case says."""
    said = {
        "title": title,
        "outcome": Outcome.WORKED,
        "stage": Stage.DELIVERY,
        "situation": "The pump was late.",
        "done": "We asked the second supplier.",
        "result": "Delivered on the day.",
        "lesson": "Ask two suppliers.",
        "figures": "12 days instead of 30",
        "tags": "pump delivery",
    }
    return CaseValues(**{**said, **changed})  # type: ignore[arg-type]
