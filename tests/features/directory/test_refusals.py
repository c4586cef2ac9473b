"""What the structure refuses and where, who may not touch it, and what leaves no trace because nothing changed."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem, Stale
from app.core.permissions import Actor
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.directory import actions, queries, structure
from app.features.directory.actions import PositionValues
from app.features.directory.enums import PLAN, POSITION, HolderKind, PlanStatus
from app.features.directory.models import MOST_PLACES, Position, StructurePlan
from tests import factories
from tests.features.directory import desk as desks
from tests.features.directory.desk import BEGIN, PLANNED, Desk

At = Callable[..., object]
NOBODY = 10**6
DAY = timedelta(days=1)


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 26, 9)
    return desks.build()


def change(desk: Desk, position: Position, day: date = BEGIN, **changed: Any) -> None:
    plain = {"title": "销售员", "department_id": desk.department.id, "reports_to_id": None, "places": 2}
    with unit_of_work():
        values = PositionValues(**{**plain, **changed})
        actions.change_position(
            position, actor=factories.actor(desk.personnel), version=None, values=values, from_date=day
        )


def end(desk: Desk, position: Position, last_day: date) -> None:
    with unit_of_work():
        actions.end_position(position, actor=factories.actor(desk.personnel), version=None, last_day=last_day)


def assign(desk: Desk, position: Position, **changed: Any) -> int:
    plain = {"user_id": desk.colleague.id, "kind": HolderKind.HOLDER, "from_date": BEGIN}
    with unit_of_work():
        actor = factories.actor(desk.personnel)
        return actions.assign(position, actor=actor, version=None, **{**plain, **changed}).id


def release(desk: Desk, position: Position, holder_id: int, last_day: date) -> None:
    with unit_of_work():
        actions.release(
            position, holder_id, actor=factories.actor(desk.personnel), version=None, last_day=last_day
        )


def draft(desk: Desk, title: str = "精简") -> StructurePlan:
    with unit_of_work():
        return actions.draft_plan(actor=factories.actor(desk.personnel), title=title, day=PLANNED, note="试")


def put(desk: Desk, plan: StructurePlan, position_id: int | None, title: str, above: int | None) -> int:
    with unit_of_work():
        actor, values = factories.actor(desk.personnel), PositionValues(title, None, above, 1)
        return actions.plan_position(plan, position_id, actor=actor, version=None, values=values).position_id


def remove(desk: Desk, plan: StructurePlan, position_id: int) -> None:
    with unit_of_work():
        actions.plan_removal(plan, position_id, actor=factories.actor(desk.personnel), version=None)


def take_back(desk: Desk, plan: StructurePlan, position_id: int) -> None:
    with unit_of_work():
        actions.take_back(plan, position_id, actor=factories.actor(desk.personnel), version=None)


def verbs(doc_type: str, number: int) -> list[str]:
    return [event.verb for event in events_for(doc_type, number)]


# Who, and from which version


def each_verb(desk: Desk, plan: StructurePlan, actor: Actor, version: int | None) -> dict[str, Any]:
    """Every verb on rows that are there, by its name, so that only who asks or how old the form is can refuse it."""
    on: dict[str, Any] = {"actor": actor, "version": version}
    values, who = PositionValues("改", None), desk.colleague.id
    return {
        "change": lambda: actions.change_position(desk.seller, **on, values=values, from_date=BEGIN),
        "end": lambda: actions.end_position(desk.seller, **on, last_day=clock.today()),
        "assign": lambda: actions.assign(desk.seller, **on, user_id=who, kind="holder", from_date=BEGIN),
        "release": lambda: actions.release(desk.seller, NOBODY, **on, last_day=clock.today()),
        "edit_plan": lambda: actions.edit_plan(plan, **on, title="改", day=PLANNED, note=""),
        "plan_position": lambda: actions.plan_position(plan, None, **on, values=values),
        "plan_removal": lambda: actions.plan_removal(plan, desk.seller.id, **on),
        "take_back": lambda: actions.take_back(plan, desk.seller.id, **on),
    }


@pytest.mark.parametrize(
    "verb",
    ["change", "end", "assign", "release", "edit_plan", "plan_position", "plan_removal", "take_back"],
)
def test_nobody_but_personnel_changes_anything_and_nobody_from_an_old_form(desk: Desk, verb: str) -> None:
    plan = draft(desk)
    with pytest.raises(Denied), unit_of_work():
        each_verb(desk, plan, factories.actor(desk.colleague), None)[verb]()
    with pytest.raises(Stale), unit_of_work():
        each_verb(desk, plan, factories.actor(desk.personnel), 99)[verb]()
    assert verbs(POSITION, desk.seller.id) == ["position:create"]
    assert verbs(PLAN, plan.id) == ["structure_plan:draft"]


def test_nobody_but_personnel_begins_a_position_or_a_plan(desk: Desk) -> None:
    stranger = factories.actor(desk.colleague)
    with pytest.raises(Denied), unit_of_work():
        actions.create_position(actor=stranger, values=PositionValues("我"), from_date=BEGIN)
    with pytest.raises(Denied), unit_of_work():
        actions.draft_plan(actor=stranger, title="我的", day=PLANNED)
    assert session.query(Position).count() == 2
    assert session.query(StructurePlan).count() == 0


# Positions


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"title": " "}, {"title"}),
        ({"title": "销售\x00员"}, {"title"}),
        ({"places": 0}, {"places"}),
        ({"places": MOST_PLACES + 1}, {"places"}),
        ({"department_id": NOBODY}, {"department_id"}),
        ({"reports_to_id": NOBODY}, {"reports_to_id"}),
        ({"title": "", "places": 0, "department_id": NOBODY}, {"title", "places", "department_id"}),
    ],
)
def test_a_position_that_cannot_be_says_where(desk: Desk, changed: dict[str, Any], fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        change(desk, desk.seller, **changed)
    assert set(refused.value.fields) == fields
    assert [(term.title, term.places) for term in queries.terms_of(desk.seller.id)] == [("销售员", 2)]
    values = PositionValues(**{"title": "新", **changed})
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.create_position(actor=factories.actor(desk.personnel), values=values, from_date=BEGIN)
    assert set(refused.value.fields) == fields
    assert session.query(Position).count() == 2


def test_the_most_places_there_may_be_are_taken(desk: Desk) -> None:
    change(desk, desk.seller, places=MOST_PLACES)
    assert structure.on(BEGIN).boxes[desk.seller.id].places == MOST_PLACES


def test_nobody_reports_to_a_position_before_it_is_there(desk: Desk) -> None:
    with unit_of_work():
        later = actions.create_position(
            actor=factories.actor(desk.personnel), values=PositionValues("总监"), from_date=date(2026, 7, 1)
        )
    with pytest.raises(Invalid) as refused:
        change(desk, desk.seller, date(2026, 6, 30), reports_to_id=later.id)
    assert "2026-06-30" in str(refused.value.fields["reports_to_id"])
    change(desk, desk.seller, date(2026, 7, 1), reports_to_id=later.id)
    assert structure.on(date(2026, 7, 1)).boxes[desk.seller.id].reports_to_id == later.id


def test_the_same_again_changes_nothing_and_is_not_told(desk: Desk) -> None:
    before = desk.seller.version
    change(desk, desk.seller, date(2026, 7, 1), reports_to_id=desk.head.id)
    assert (desk.seller.version, verbs(POSITION, desk.seller.id)) == (before, ["position:create"])
    assert len(queries.terms_of(desk.seller.id)) == 1
    change(desk, desk.seller, date(2026, 7, 1), reports_to_id=desk.head.id, places=3)
    assert desk.seller.version == before + 1
    told = events_for(POSITION, desk.seller.id)[0]
    assert (told.verb, told.data["from_date"]) == ("position:change", "2026-07-01")


def test_a_position_ends_once_and_not_before_it_began(desk: Desk) -> None:
    with pytest.raises(Invalid) as early:
        end(desk, desk.seller, BEGIN - DAY)
    assert set(early.value.fields) == {"last_day"}
    end(desk, desk.seller, BEGIN)
    assert not structure.on(BEGIN + DAY).boxes.get(desk.seller.id)
    with pytest.raises(Conflict) as again:
        end(desk, desk.seller, clock.today())
    assert (again.value.code, again.value.params["day"]) == ("position:ended", "2026-01-01")


def test_what_only_a_plan_knows_is_changed_in_the_plan(desk: Desk) -> None:
    number = put(desk, draft(desk), None, "售前工程师", desk.head.id)
    with pytest.raises(Conflict) as refused:
        change(desk, session.get_one(Position, number))
    assert refused.value.code == "position:only-planned"


# People in positions


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"user_id": None}, "user_id"),
        ({"user_id": NOBODY}, "user_id"),
        ({"kind": "boss"}, "kind"),
        ({"from_date": BEGIN - DAY}, "from_date"),
    ],
)
def test_who_cannot_be_put_into_a_position_says_where(
    desk: Desk, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        assign(desk, desk.seller, **changed)
    assert set(refused.value.fields) == {field}
    assert not queries.holders_of(desk.seller.id)


def test_who_left_the_company_is_put_into_no_position(desk: Desk) -> None:
    with unit_of_work():
        desk.colleague.active = False
    with pytest.raises(Invalid) as refused:
        assign(desk, desk.seller)
    assert set(refused.value.fields) == {"user_id"}


def test_a_full_position_still_takes_deputies_and_successors(desk: Desk) -> None:
    assign(desk, desk.head)
    with pytest.raises(Conflict) as refused:
        assign(desk, desk.head, user_id=desk.leader.id)
    assert (refused.value.code, refused.value.params["places"]) == ("position:full", 1)
    assign(desk, desk.head, user_id=desk.leader.id, kind=HolderKind.DEPUTY)
    box = structure.on(clock.today()).boxes[desk.head.id]
    assert (box.holders, box.deputies) == (
        ((desk.colleague.id, "周文静"),),
        ((desk.leader.id, "刘振华"),),
    )


def test_one_leaves_a_position_once_and_only_the_one_they_are_in(desk: Desk) -> None:
    holder = assign(desk, desk.seller)
    for position, number in ((desk.head, holder), (desk.seller, NOBODY)):
        with pytest.raises(NotVisible):
            release(desk, position, number, clock.today())
    release(desk, desk.seller, holder, clock.today())
    with pytest.raises(Conflict) as again:
        release(desk, desk.seller, holder, clock.today() + DAY)
    assert (again.value.code, again.value.params["day"]) == ("position:left-already", "2026-11-26")
    assert queries.holders_of(desk.seller.id)[0].until_date == clock.today()


# Plans


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"title": " "}, {"title"}),
        ({"title": "二\x07期"}, {"title"}),
        ({"note": "\x00"}, {"note"}),
        ({"day": date(2026, 11, 26)}, {"day"}),
        ({"title": "", "day": date(2026, 1, 1)}, {"title", "day"}),
    ],
)
def test_a_plan_that_cannot_be_says_where(desk: Desk, changed: dict[str, Any], fields: set[str]) -> None:
    plan = draft(desk)
    typed = {"title": "二期", "day": PLANNED, "note": "", **changed}
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.edit_plan(plan, actor=factories.actor(desk.personnel), version=None, **typed)
    assert set(refused.value.fields) == fields
    assert (plan.title, plan.day, plan.note) == ("精简", PLANNED, "试")


def test_a_draft_is_edited_and_the_same_again_is_not_told(desk: Desk) -> None:
    plan = draft(desk)

    def edit(title: str) -> None:
        with unit_of_work():
            actor = factories.actor(desk.personnel)
            actions.edit_plan(plan, actor=actor, version=None, title=title, day=PLANNED, note="试")

    before = plan.version
    edit(" 精简 ")
    assert (plan.version, verbs(PLAN, plan.id)) == (before, ["structure_plan:draft"])
    edit("精简二期")
    assert (plan.title, plan.version, verbs(PLAN, plan.id)[0]) == (
        "精简二期",
        before + 1,
        "structure_plan:edit",
    )


def test_a_published_plan_is_taken_back_before_it_is_changed(desk: Desk) -> None:
    plan = desks.plan(desk)
    desks.fire(plan, "publish", desk.personnel)
    changes: list[Callable[[], object]] = [
        lambda: put(desk, plan, None, "新", None),
        lambda: remove(desk, plan, desk.seller.id),
        lambda: take_back(desk, plan, desk.seller.id),
    ]
    for verb in changes:
        with pytest.raises(Conflict) as refused:
            verb()
        assert refused.value.code == "core:wrong-state"
    desks.fire(plan, "revise", desk.personnel, note="再想想")
    put(desk, plan, desk.seller.id, "区域销售", desk.head.id)
    assert structure.on(plan.day, plan).boxes[desk.seller.id].title == "区域销售"


@pytest.mark.parametrize(
    ("position", "above", "problem", "fields"),
    [
        (NOBODY, None, NotVisible, set()),
        (None, NOBODY, Invalid, {"reports_to_id"}),
        ("head", "seller", Invalid, {"reports_to_id"}),
        ("head", "head", Invalid, {"reports_to_id"}),
    ],
)
def test_a_plan_takes_only_positions_it_has_and_none_above_itself(
    desk: Desk, position: Any, above: Any, problem: type[Problem], fields: set[str]
) -> None:
    names = {"head": desk.head.id, "seller": desk.seller.id}
    plan = draft(desk)
    with pytest.raises(problem) as refused:
        put(desk, plan, names.get(position, position), "改", names.get(above, above))
    assert set(getattr(refused.value, "fields", ())) == fields
    assert not queries.planned_of(plan.id)


def test_what_only_the_plan_knew_is_gone_when_it_is_removed(desk: Desk) -> None:
    plan = draft(desk)
    upper = put(desk, plan, None, "售前主管", desk.head.id)
    lower = put(desk, plan, None, "售前工程师", upper)
    for verb in (remove, take_back):
        with pytest.raises(Conflict) as refused:
            verb(desk, plan, upper)
        assert (refused.value.code, str(refused.value.params["what"])) == (
            "position:others-below",
            "售前工程师",
        )
    remove(desk, plan, lower)
    assert [row.position_id for row in queries.planned_of(plan.id)] == [upper]
    take_back(desk, plan, upper)
    assert not queries.planned_of(plan.id)
    for verb in (remove, take_back):
        with pytest.raises(NotVisible):
            verb(desk, plan, lower)


def test_a_position_that_is_there_is_taken_back_although_others_stand_below_it(desk: Desk) -> None:
    plan = draft(desk)
    put(desk, plan, desk.head.id, "营销总监", None)
    take_back(desk, plan, desk.head.id)
    assert structure.on(plan.day, plan).boxes[desk.head.id].title == "销售经理"


def test_a_plan_in_a_circle_is_not_published(desk: Desk) -> None:
    plan = draft(desk)
    put(desk, plan, desk.seller.id, "销售员", None)
    put(desk, plan, desk.head.id, "销售经理", desk.seller.id)
    take_back(desk, plan, desk.seller.id)
    with pytest.raises(Conflict) as refused:
        desks.fire(plan, "publish", desk.personnel)
    assert refused.value.code == "structure_plan:circle"
    assert set(str(refused.value.params["what"]).split("、")) == {"销售经理", "销售员"}
    assert plan.status == PlanStatus.DRAFT


@pytest.mark.parametrize("step", ["publish", "adopt"])
def test_a_plan_below_a_position_that_ended_meanwhile_comes_neither_out_nor_true(
    desk: Desk, step: str
) -> None:
    plan = draft(desk)
    put(desk, plan, None, "售前工程师", desk.seller.id)
    if step == "adopt":
        desks.fire(plan, "publish", desk.personnel)
    before = plan.status
    end(desk, desk.seller, clock.today())
    with pytest.raises(Conflict) as refused:
        desks.fire(plan, step, desk.leader if step == "adopt" else desk.personnel)
    assert (refused.value.code, str(refused.value.params["what"])) == (
        "structure_plan:orphans",
        "售前工程师",
    )
    assert plan.status == before


def test_a_plan_is_dropped_with_a_reason_from_draft_and_from_published(desk: Desk) -> None:
    for published in (False, True):
        plan = desks.plan(desk, title=f"放弃{published}")
        if published:
            desks.fire(plan, "publish", desk.personnel)
        with pytest.raises(Invalid):
            desks.fire(plan, "drop", desk.personnel)
        desks.fire(plan, "drop", desk.personnel, note="不做了")
        assert plan.status == PlanStatus.DROPPED
        with pytest.raises(Conflict) as refused:
            desks.fire(plan, "adopt", desk.leader)
        assert refused.value.code == "core:wrong-state"
