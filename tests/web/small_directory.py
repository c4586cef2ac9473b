"""Structure and activities of the small company: positions then and now, plans, an activity in each state."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image

from app.core import clock
from app.core.pictures import read_photo
from app.core.uow import unit_of_work
from app.features.activities import actions as activities
from app.features.activities.actions import ActivityValues
from app.features.activities.models import Activity
from app.features.activities.queries import options_of
from app.features.directory import actions
from app.features.directory.actions import PositionValues
from app.features.directory.enums import HolderKind
from app.features.people.models import User
from tests import factories

BEGIN = date(2026, 1, 1)


def team(accounts: dict[str, User]) -> None:
    """Set up positions with people in them, plans, and activities from the idea to the settlement."""
    structure(accounts)
    for state in ("proposed", "voting", "approved", "enrolling", "recorded", "closed", "cancelled"):
        activity(accounts, state)


def structure(accounts: dict[str, User]) -> None:
    """A head with sellers below, one of them vacant, changed once; a clerk's position, empty; two plans."""
    personnel = factories.actor(accounts["h1"])
    with unit_of_work():
        actions.create_position(actor=personnel, values=PositionValues("Clerk"), from_date=BEGIN)
        head = actions.create_position(
            actor=personnel, values=PositionValues("Head of sales"), from_date=BEGIN
        )
        seller = actions.create_position(
            actor=personnel, values=PositionValues("Seller", None, head.id, 2), from_date=BEGIN
        )
        for position, number, kind in (
            (head, "m1", HolderKind.HOLDER),
            (seller, "s1", HolderKind.HOLDER),
            (head, "s2", HolderKind.SUCCESSOR),
        ):
            actions.assign(
                position,
                actor=personnel,
                version=None,
                user_id=accounts[number].id,
                kind=kind,
                from_date=BEGIN,
            )
        actions.change_position(
            seller,
            actor=personnel,
            version=None,
            values=PositionValues("Seller", None, head.id, 3),
            from_date=clock.today(),
        )
        for title, publish in (("Next year", True), ("In two years", False)):
            plan = actions.draft_plan(
                actor=personnel, title=title, day=clock.today() + timedelta(days=200), note="Step by step"
            )
            actions.plan_position(
                plan,
                None,
                actor=personnel,
                version=None,
                values=PositionValues("Service engineer", None, head.id, 2),
            )
            if publish:
                actions.fire(plan, "publish", actor=personnel, version=None)


def activity(accounts: dict[str, User], state: str) -> None:
    """An activity of the salesperson in a state."""
    owner = factories.actor(accounts["s1"])
    options = ("Lake", "Hill") if state in ("proposed", "voting") else ()
    with unit_of_work():
        made = activities.propose(
            actor=owner, values=ActivityValues(f"Outing {state}", "A day outside", options)
        )
    if state == "voting":
        fire(made, "open_vote", accounts["s1"], vote_until=clock.now() + timedelta(days=30))
        with unit_of_work():
            activities.vote(made, actor=owner, option_id=options_of(made.id)[0].id)
    if state == "cancelled":
        fire(made, "cancel", accounts["s1"], note="Rain")
    if state in ("approved", "enrolling", "recorded", "closed"):
        fire(made, "approve", accounts["m1"], budget=Decimal("500.00"))
    if state in ("enrolling", "recorded", "closed"):
        arrange(made, accounts)
    if state in ("recorded", "closed"):
        hold(made, accounts)
    if state == "closed":
        fire(made, "close", accounts["f1"])


def arrange(made: Activity, accounts: dict[str, User]) -> None:
    """Open the enrolment; the third who comes waits."""
    begin = clock.now() + timedelta(days=20)
    fire(
        made,
        "open_enrolment",
        accounts["s1"],
        place="Lake",
        starts_at=begin,
        ends_at=begin + timedelta(hours=6),
        enrol_until=begin,
        capacity=3,
        companions=1,
    )
    with unit_of_work():
        for number, companions in (("m1", 1), ("h1", 0), ("t1", 0)):
            activities.enrol(made, actor=factories.actor(accounts[number]), companions=companions)


def hold(made: Activity, accounts: dict[str, User]) -> None:
    """Hold it, over the budget, with a photo."""
    assert made.starts_at is not None
    stream = BytesIO()
    Image.new("RGB", (40, 30), (120, 160, 90)).save(stream, "JPEG")
    with clock.frozen(made.starts_at + timedelta(hours=1)):
        fire(made, "hold", accounts["s1"])
        with unit_of_work():
            activities.add_photos(
                made,
                actor=factories.actor(accounts["s1"]),
                photos=[read_photo("lake.jpg", BytesIO(stream.getvalue()))],
                consents=True,
                consent="Everybody agreed",
            )
        fire(made, "record", accounts["s1"], cost=Decimal("560.00"), over_reason="Rain", report="Good")


def fire(made: Activity, step: str, who: User, note: str = "", **data: Any) -> None:
    """Do a step of an activity."""
    with unit_of_work():
        activities.fire(
            made, step, actor=factories.actor(who), version=made.version, note=note, data=data or None
        )
