"""What an activity refuses in each of its states and at which field, and which tasks the clock brings."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock, modules, settings
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.tasks import Task
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.activities import actions, queries
from app.features.activities.actions import ActivityValues
from app.features.activities.enums import ACTIVITY, MODULE, ActivityStatus, PlaceStatus
from app.features.activities.models import MOST_PEOPLE, Activity
from tests import factories
from tests.features.activities import desk as desks
from tests.features.activities.desk import DAY, OPTIONS, Desk

At = Callable[..., datetime]
NOBODY = 10**6


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 23, 9)
    with unit_of_work():
        settings.put("modules.preset", modules.STANDARD)
    return desks.build()


def tasks_of(activity: Activity) -> list[tuple[str, int | None]]:
    rows = session.execute(
        select(Task.kind, Task.user_id)
        .where(Task.doc_type == ACTIVITY, Task.doc_id == activity.id, Task.closed_at.is_(None))
        .order_by(Task.kind)
    )
    return [(row.kind, row.user_id) for row in rows]


def verbs(activity: Activity) -> list[str]:
    return [event.verb for event in events_for(ACTIVITY, activity.id)]


def edit(desk: Desk, activity: Activity, version: int | None = None, **changed: Any) -> None:
    plain = {"title": "秋游", "purpose": "一起走走", "options": OPTIONS}
    with unit_of_work():
        values = ActivityValues(**{**plain, **changed})
        actions.edit(activity, actor=factories.actor(desk.owner), version=version, values=values)


def held(desk: Desk, at: At, budget: Decimal = Decimal("1000.00")) -> Activity:
    activity = desks.approved(desk, budget)
    desks.fire(activity, "open_enrolment", desk.owner, **desks.arrangement())
    desks.enrol(activity, desk.people[0])
    at(2026, 11, 26, 18)
    return desks.fire(activity, "hold", desk.owner)


# Who


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("proposed", "open_vote"),
        ("proposed", "approve"),
        ("proposed", "refuse"),
        ("voting", "close_vote"),
        ("approved", "open_enrolment"),
        ("approved", "hand_over"),
        ("approved", "cancel"),
    ],
)
def test_a_colleague_does_no_step_of_what_another_organises(desk: Desk, state: str, step: str) -> None:
    make: dict[str, Callable[[Desk], Activity]] = {
        "proposed": desks.propose,
        "voting": desks.voting,
        "approved": desks.approved,
    }
    activity = make[state](desk)
    before = verbs(activity)
    with pytest.raises(Denied):
        desks.fire(activity, step, desk.people[0], note="我来")
    assert (activity.status, verbs(activity)) == (state, before)


def test_nobody_without_the_right_takes_part(desk: Desk) -> None:
    outsider = factories.actor(factories.user("外人", "x1"))
    voting, open_ = desks.voting(desk), desks.enrolling(desk)
    option = queries.options_of(voting.id)[0].id
    with pytest.raises(Denied), unit_of_work():
        actions.propose(actor=outsider, values=ActivityValues("秋游", "走走"))
    with pytest.raises(Denied), unit_of_work():
        actions.vote(voting, actor=outsider, option_id=option)
    with pytest.raises(Denied), unit_of_work():
        actions.enrol(open_, actor=outsider)
    assert (queries.options_of(voting.id)[0].votes, desks.states(open_)) == (0, {})


# The proposal


def test_a_proposal_sent_again_unchanged_is_not_told(desk: Desk) -> None:
    activity = desks.propose(desk)
    before, options = activity.version, [option.id for option in queries.options_of(activity.id)]
    edit(desk, activity, title=" 秋游 ")
    assert (activity.version, verbs(activity)) == (before, ["activity:propose"])
    assert [option.id for option in queries.options_of(activity.id)] == options
    edit(desk, activity, title="冬游")
    assert (activity.title, verbs(activity)) == ("冬游", ["activity:edit", "activity:propose"])
    assert activity.version > before
    assert [option.id for option in queries.options_of(activity.id)] == options
    with pytest.raises(Stale):
        edit(desk, activity, version=before, title="春游")
    assert activity.title == "冬游"


# The vote


def test_without_anything_to_choose_from_there_is_no_vote_but_the_approval(desk: Desk) -> None:
    activity = desks.propose(desk, ("太湖骑行",))
    assert tasks_of(activity) == [("activity:approve", None)]
    with pytest.raises(Conflict) as refused:
        desks.fire(activity, "open_vote", desk.owner, vote_until=clock.now() + DAY)
    assert refused.value.code == "activity:nothing-to-choose"
    assert activity.status == ActivityStatus.PROPOSED


@pytest.mark.parametrize("hours", [None, -1, 0])
def test_a_vote_ends_after_it_begins(desk: Desk, hours: int | None) -> None:
    activity = desks.propose(desk)
    until = None if hours is None else clock.now() + timedelta(hours=hours)
    with pytest.raises(Invalid) as refused:
        desks.fire(activity, "open_vote", desk.owner, vote_until=until)
    assert set(refused.value.fields) == {"vote_until"}
    assert (activity.status, activity.vote_until) == (ActivityStatus.PROPOSED, None)
    assert tasks_of(activity) == [("activity:open-vote", desk.owner.id)]


def test_a_vote_is_closed_once_and_then_waits_for_approval(desk: Desk) -> None:
    activity = desks.voting(desk)
    desks.fire(activity, "close_vote", desk.owner)
    assert (activity.status, activity.vote_until) == (ActivityStatus.VOTING, clock.now())
    assert tasks_of(activity) == [("activity:approve", None)]
    with pytest.raises(Conflict) as refused:
        desks.fire(activity, "close_vote", desk.owner)
    assert refused.value.code == "activity:vote-over"


def test_what_people_are_to_vote_on_is_not_approved_before(desk: Desk) -> None:
    activity = desks.propose(desk)
    option = queries.options_of(activity.id)[0].id
    with pytest.raises(Conflict) as refused:
        desks.fire(activity, "approve", desk.head, budget=Decimal(1), option_id=option)
    assert refused.value.code == "activity:vote-first"
    desks.fire(activity, "open_vote", desk.owner, vote_until=clock.now() + 2 * DAY)
    with pytest.raises(Conflict) as refused:
        desks.fire(activity, "approve", desk.head, budget=Decimal(1), option_id=option)
    assert (refused.value.code, refused.value.params["until"]) == ("activity:vote-runs", "11-25 09:00")


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, {"budget", "option_id"}),
        ({"budget": Decimal(0)}, {"option_id"}),
        ({"budget": Decimal(0), "option_id": NOBODY}, {"option_id"}),
        ({"option_id": "first"}, {"budget"}),
    ],
)
def test_an_approval_names_budget_and_choice(desk: Desk, data: dict[str, Any], fields: set[str]) -> None:
    activity = desks.voting(desk)
    desks.fire(activity, "close_vote", desk.owner)
    first = queries.options_of(activity.id)[0].id
    typed = {name: first if value == "first" else value for name, value in data.items()}
    with pytest.raises(Invalid) as refused:
        desks.fire(activity, "approve", desk.head, **typed)
    assert set(refused.value.fields) == fields
    assert (activity.status, activity.budget) == (ActivityStatus.VOTING, None)


def test_an_activity_without_options_is_approved_by_its_budget_alone(desk: Desk) -> None:
    activity = desks.propose(desk, ())
    with pytest.raises(Invalid) as refused:
        desks.fire(activity, "approve", desk.head)
    assert set(refused.value.fields) == {"budget"}
    desks.fire(activity, "approve", desk.head, budget=Decimal(0))
    assert (activity.chosen, activity.budget, activity.approved_by_id) == ("", Decimal(0), desk.head.id)


# Arranging and enrolling


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"starts_at": "past"}, {"starts_at"}),
        ({"ends_at": "begin"}, {"ends_at"}),
        ({"enrol_until": "end"}, {"enrol_until"}),
        ({"capacity": None}, {"capacity"}),
        ({"capacity": MOST_PEOPLE + 1}, {"capacity"}),
        ({"companions": -1}, {"companions"}),
        ({"place": None, "starts_at": None, "capacity": 0}, {"place", "starts_at", "capacity"}),
    ],
)
def test_times_and_seats_that_cannot_be_are_refused_at_their_fields(
    desk: Desk, values: dict[str, Any], fields: set[str]
) -> None:
    activity, plain = desks.approved(desk), desks.arrangement()
    moments = {"past": clock.now(), "begin": plain["starts_at"], "end": plain["ends_at"]}
    typed = {
        name: moments.get(value, value) if isinstance(value, str) else value for name, value in values.items()
    }
    with pytest.raises(Invalid) as refused:
        desks.fire(activity, "open_enrolment", desk.owner, **{**plain, **typed})
    assert set(refused.value.fields) == fields
    assert (activity.status, activity.starts_at) == (ActivityStatus.APPROVED, None)


def test_enrolment_may_go_on_until_it_begins_and_without_companions(desk: Desk) -> None:
    activity, plain = desks.approved(desk), desks.arrangement()
    typed = {**plain, "enrol_until": plain["starts_at"], "companions": None, "capacity": 1}
    desks.fire(activity, "open_enrolment", desk.owner, **typed)
    assert (activity.status, activity.companions, activity.year) == ("enrolling", 0, 2026)
    with pytest.raises(Invalid) as refused:
        desks.enrol(activity, desk.people[0], 1)
    assert set(refused.value.fields) == {"companions"}


def test_nobody_enrols_before_enrolment_and_nobody_leaves_twice(desk: Desk) -> None:
    activity = desks.approved(desk)
    for verb in (desks.enrol, desks.withdraw):
        with pytest.raises(Conflict) as refused:
            verb(activity, desk.people[0])
        assert refused.value.code == "activity:enrolment-over"
    desks.fire(activity, "open_enrolment", desk.owner, **desks.arrangement())
    desks.enrol(activity, desk.people[0])
    desks.withdraw(activity, desk.people[0])
    with pytest.raises(Conflict) as refused:
        desks.withdraw(activity, desk.people[0])
    assert refused.value.code == "activity:not-enrolled"


# What the clock brings


def test_the_task_of_noting_who_came_comes_with_the_beginning(desk: Desk, at: At) -> None:
    activity = desks.enrolling(desk)
    actions.watch({})
    assert tasks_of(activity) == []
    at(2026, 11, 26, 9)
    actions.watch({})
    assert tasks_of(activity) == [("activity:hold", desk.owner.id)]
    due = session.execute(select(Task.due_at).where(Task.kind == "activity:hold")).scalar_one()
    assert due == activity.ends_at


def test_where_activities_are_switched_off_the_clock_brings_nothing(desk: Desk, at: At) -> None:
    activity = desks.enrolling(desk)
    with unit_of_work():
        settings.put("modules.switches", {MODULE: False})
    at(2026, 11, 26, 9)
    actions.watch({})
    assert tasks_of(activity) == []
    with unit_of_work():
        settings.put("modules.switches", {})
    actions.watch({})
    assert tasks_of(activity) == [("activity:hold", desk.owner.id)]


def test_the_clock_leaves_what_waits_for_people(desk: Desk) -> None:
    activity = desks.propose(desk)
    before = (activity.version, tasks_of(activity), verbs(activity))
    actions.watch({})
    session.refresh(activity)
    assert (activity.version, tasks_of(activity), verbs(activity)) == before


# Held and settled


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "cost"),
        ({"cost": Decimal("1000.01")}, "over_reason"),
        ({"cost": Decimal("1000.01"), "over_reason": " "}, "over_reason"),
        ({"cost": Decimal("1000.01"), "over_reason": "涨\x00价"}, "over_reason"),
        ({"cost": Decimal("1.00"), "report": "很\x07好"}, "report"),
    ],
)
def test_a_settlement_that_cannot_be_says_where(desk: Desk, at: At, data: dict[str, Any], field: str) -> None:
    activity = held(desk, at)
    with pytest.raises(Invalid) as refused:
        desks.fire(activity, "record", desk.owner, **data)
    assert set(refused.value.fields) == {field}
    assert (activity.status, activity.cost) == (ActivityStatus.HELD, None)
    with pytest.raises(Invalid) as refused, unit_of_work():
        # asked of every caller alike, not of the action alone
        actions.FLOW.fire(activity, "record", factories.actor(desk.owner), version=None, data=data)
    assert set(refused.value.fields) == {field}


def test_just_the_budget_needs_no_reason(desk: Desk, at: At) -> None:
    activity = held(desk, at)
    desks.fire(activity, "record", desk.owner, cost=Decimal("1000.00"), report=" 很好 ")
    assert (activity.cost, activity.over_reason, activity.report) == (Decimal("1000.00"), "", "很好")
    with pytest.raises(Denied):
        desks.fire(activity, "close", desk.people[0])
    with pytest.raises(Invalid):
        desks.fire(activity, "return", desk.finance)
    desks.fire(activity, "return", desk.finance, note="请补发票")
    assert activity.status == ActivityStatus.HELD


@pytest.mark.parametrize("who", ["nobody", "unknown", "left", "owner"])
def test_an_activity_is_handed_to_another_who_works_here(desk: Desk, who: str) -> None:
    activity = desks.propose(desk)
    with unit_of_work():
        desk.people[0].active = False
    person = {"unknown": NOBODY, "left": desk.people[0].id, "owner": desk.owner.id}.get(who)
    with pytest.raises(Invalid) as refused:
        desks.fire(activity, "hand_over", desk.owner, user_id=person)
    assert set(refused.value.fields) == {"user_id"}
    desks.fire(activity, "hand_over", desk.owner, user_id=desk.people[1].id)
    assert tasks_of(activity) == [("activity:open-vote", desk.people[1].id)]
    with pytest.raises(Denied):
        desks.fire(activity, "cancel", desk.owner, note="不是我的了")


def test_photos_are_of_what_was_held(desk: Desk) -> None:
    activity = desks.enrolling(desk)
    with pytest.raises(Conflict) as refused, unit_of_work():
        actions.add_photos(
            activity, actor=factories.actor(desk.owner), photos=[], consents=True, consent="全体"
        )
    assert refused.value.code == "activity:not-held"


def test_the_examination_finds_a_free_seat_while_somebody_waits(desk: Desk) -> None:
    activity = desks.enrolling(desk, capacity=2)
    desks.enrol(activity, desk.people[0])
    desks.enrol(activity, desk.people[1])
    desks.enrol(activity, desk.people[2], 1)
    assert actions.check() == []
    with unit_of_work():
        place = queries.places_of(activity.id)[0]
        place.status = PlaceStatus.WITHDRAWN
    # one seat is free, but the next who waits brings somebody along
    assert actions.check() == []
    with unit_of_work():
        activity.capacity = 3
    assert [("秋游" in found, "没有递补" in found) for found in actions.check()] == [(True, True)]
