"""What the people of the small company tell each other: reports, resolutions, meetings and talks in each state."""

from datetime import timedelta
from typing import Any

from app.core import clock, settings
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.escalations import actions as escalations
from app.features.escalations.actions import EscalationValues
from app.features.escalations.models import Escalation
from app.features.meetings import actions as meetings
from app.features.meetings.actions import MeetingValues, SeriesValues
from app.features.meetings.models import Meeting
from app.features.people.models import User
from app.features.resolutions import actions as resolutions
from app.features.resolutions.actions import ResolutionValues
from app.features.resolutions.enums import RESOLUTION
from app.features.resolutions.models import Resolution
from app.features.talks import actions as talks
from app.features.talks.actions import TalkValues
from app.features.talks.enums import LEADER_READS
from app.features.talks.models import Talk
from tests import factories

MODULES = ("escalations", "resolutions", "meetings", "talks")


def communication(accounts: dict[str, User]) -> None:
    """Report, decide, meet and talk, each in all its states, with the modules on."""
    with unit_of_work():
        switched = settings.get("modules.switches")
        settings.put("modules.switches", {**switched, **dict.fromkeys(MODULES, True)})
    resolved(accounts)
    reported(accounts)
    met(accounts)
    talked(accounts)


def fire(module: Any, model: Any, number: int, step: str, who: User, note: str = "", **data: Any) -> None:
    """A step done by a person."""
    with unit_of_work():
        row = session.get_one(model, number)
        module.fire(row, step, actor=factories.actor(who), version=None, note=note, data=data)


def resolved(accounts: dict[str, User]) -> None:
    """A resolution that is open, one said to be done, one checked, one cancelled."""
    leader, doer = accounts["l1"], accounts["s1"]
    for number, steps in enumerate(((), ("complete",), ("complete", "check"), ("cancel",))):
        with unit_of_work():
            values = ResolutionValues(f"Collect debt {number}", doer.id, clock.today() + timedelta(days=5))
            row = resolutions.decide(actor=factories.actor(leader), values=values)
            resolutions.note_progress(row, actor=factories.actor(doer), version=None, text="Letter sent")
        for step in steps:
            who = doer if step == "complete" else leader
            fire(resolutions, Resolution, row.id, step, who, "No longer needed", result="All paid")


def reported(accounts: dict[str, User]) -> None:
    """A report of a resolution to the leader and requests to a technician, as far as each went."""
    author = accounts["s1"]
    plans = (
        ("grave", "l1", ()),
        ("grave", "l1", ("see",)),
        ("request", "t1", ("answer",)),
        ("request", "t1", ("answer", "finish")),
        ("request", "t1", ("withdraw",)),
        ("grave", "m1", ("pass_on",)),
    )
    for kind, to, steps in plans:
        with unit_of_work():
            values = EscalationValues(kind, accounts[to].id, "The customer stops paying", None, RESOLUTION, 1)
            number = escalations.report(actor=factories.actor(author), values=values).id
        for step in steps:
            who = author if step in ("finish", "withdraw") else accounts[to]
            fire(escalations, Escalation, number, step, who, answer="Agreed", to_id=accounts["l1"].id)


def met(accounts: dict[str, User]) -> None:
    """A series with what it planned; a meeting to come, one with minutes, one confirmed, one cancelled, one missed."""
    chair, guests = accounts["m1"], [accounts["t1"].id, accounts["s1"].id]
    with unit_of_work():
        values = SeriesValues(
            "Weekly talk of sales and technology", "weekly", 3, None, "16:00", 45, "Room 2", chair.id, guests
        )
        meetings.put_series(None, actor=factories.actor(chair), version=None, values=values)
    held = {"text": "Seals of the new pump were discussed.", "present": guests}
    for steps in ((), ("hold",), ("hold", "confirm"), ("cancel",), ("missed",)):
        with unit_of_work():
            row = meetings.arrange(
                actor=factories.actor(chair),
                values=MeetingValues(
                    "Supply meeting", clock.now() + timedelta(hours=20), 60, "Room 1", guests
                ),
            )
            meetings.add_item(row, actor=factories.actor(accounts["t1"]), text="Which drawing holds")
            if steps and steps[0] != "cancel":
                row.starts_at = clock.now() - timedelta(days=2)
        if "hold" in steps:
            decided = {
                "resolution_1_text": "Find another seal",
                "resolution_1_responsible_id": accounts["t1"].id,
                "resolution_1_due_on": clock.today() + timedelta(days=9),
            }
            fire(meetings, Meeting, row.id, "hold", chair, **held, **decided)
        if "confirm" in steps:
            for number in ("t1", "s1"):
                fire(meetings, Meeting, row.id, "confirm", accounts[number])
        if "cancel" in steps:
            fire(meetings, Meeting, row.id, "cancel", chair, "All are away")


def talked(accounts: dict[str, User]) -> None:
    """A talk to come, open to the leader; one that was held with agreements; one that was cancelled."""
    head = accounts["m1"]
    with unit_of_work():
        settings.put(LEADER_READS, True)
    agreed = {
        "agreement_1_text": "Enrol for the training",
        "agreement_1_responsible_id": accounts["s1"].id,
        "agreement_1_due_on": clock.today() + timedelta(days=9),
    }
    for step in ("", "hold", "cancel"):
        with unit_of_work():
            number = talks.plan(
                actor=factories.actor(head),
                values=TalkValues(
                    accounts["s1"].id,
                    clock.now() + timedelta(minutes=5),
                    "Small room",
                    "How it goes",
                    accounts["l1"].id if not step else None,
                ),
            ).id
        if step:
            fire(talks, Talk, number, step, head, "Ill", notes="All is well", **agreed)
