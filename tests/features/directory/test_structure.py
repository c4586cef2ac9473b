"""Positions by date: history is kept, planned structures are drafted, compared and come true."""

import random
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.uow import unit_of_work
from app.features.directory import actions, chart, invariant, layout, pdf, queries, structure
from app.features.directory.actions import PositionValues
from app.features.directory.enums import Change, HolderKind, PlanStatus
from app.features.directory.layout import BOX_HEIGHT, BOX_WIDTH
from app.features.directory.models import Position, PositionHolder
from app.features.directory.structure import Box, Structure
from app.features.people.directory import actor_for
from app.features.people.leaving import open_matters
from app.features.people.models import User
from tests import factories
from tests.features.directory import desk as desks
from tests.features.directory.desk import BEGIN, PLANNED, Desk
from tests.paper_tools import saved, text_of

At = Callable[..., object]


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 26, 9)
    return desks.build()


def change(desk: Desk, position: Position, values: PositionValues, day: date) -> None:
    with unit_of_work():
        actions.change_position(
            position, actor=factories.actor(desk.personnel), version=None, values=values, from_date=day
        )


def assign(desk: Desk, position: Position, who: int, kind: str = HolderKind.HOLDER, day: date = BEGIN) -> int:
    with unit_of_work():
        actor = factories.actor(desk.personnel)
        return actions.assign(position, actor=actor, version=None, user_id=who, kind=kind, from_date=day).id


def test_a_change_from_a_day_keeps_what_was_before(desk: Desk) -> None:
    change(desk, desk.seller, PositionValues("区域销售", desk.department.id, None, 4), date(2026, 7, 1))
    june, july = structure.on(date(2026, 6, 30)), structure.on(date(2026, 7, 1))
    assert (june.boxes[desk.seller.id].title, june.boxes[desk.seller.id].places) == ("销售员", 2)
    assert (july.boxes[desk.seller.id].title, july.boxes[desk.seller.id].reports_to_id) == ("区域销售", None)
    assert not structure.on(date(2025, 12, 31)).boxes
    (found,) = structure.compare(june, july)
    assert (found.kind, found.before, found.after) == (
        Change.CHANGED,
        june.boxes[desk.seller.id],
        july.boxes[desk.seller.id],
    )


def test_on_the_first_day_of_a_term_the_term_itself_is_corrected(desk: Desk) -> None:
    change(desk, desk.seller, PositionValues("销售代表", desk.department.id, desk.head.id, 2), BEGIN)
    assert [term.title for term in queries.terms_of(desk.seller.id)] == ["销售代表"]
    with pytest.raises(Invalid) as refused:
        change(desk, desk.seller, PositionValues("早", None), BEGIN - timedelta(days=1))
    assert "from_date" in refused.value.fields


def test_nobody_reports_to_themselves_by_way_of_others_on_any_day(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        change(desk, desk.head, PositionValues("销售经理", None, desk.seller.id), date(2026, 7, 1))
    assert "reports_to_id" in refused.value.fields
    # Free from July on, but in June the seller still reports to the head.
    change(desk, desk.seller, PositionValues("销售员", None, None, 2), date(2026, 7, 1))
    with pytest.raises(Invalid):
        change(desk, desk.head, PositionValues("销售经理", None, desk.seller.id), date(2026, 6, 1))
    change(desk, desk.head, PositionValues("销售经理", None, desk.seller.id), date(2026, 7, 1))
    assert not invariant.check()


def test_places_are_full_at_some_time_or_free(desk: Desk) -> None:
    others = [factories.user(f"同事{number}", department=desk.department) for number in range(3)]
    assign(desk, desk.seller, others[0].id)
    assign(desk, desk.seller, others[1].id, day=date(2027, 1, 1))
    with pytest.raises(Conflict):
        assign(desk, desk.seller, others[2].id, day=date(2026, 6, 1))
    with pytest.raises(Invalid):
        assign(desk, desk.seller, others[0].id, HolderKind.DEPUTY)
    with pytest.raises(Invalid) as refused:
        change(desk, desk.seller, PositionValues("销售员", None, desk.head.id, 1), date(2026, 12, 1))
    assert "places" in refused.value.fields
    assert structure.on(date(2026, 12, 1)).boxes[desk.seller.id].vacant == 1


def test_the_last_place_is_given_once(app: Flask, desk: Desk) -> None:
    people = [factories.user(f"同事{number}", department=desk.department).id for number in range(6)]
    number, personnel = desk.head.id, desk.personnel.id
    start, won, refused = threading.Barrier(len(people)), [], []

    def work(person: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    position = session.get_one(Position, number)
                    actions.assign(
                        position,
                        actor=actor_for(session.get_one(User, personnel)),
                        version=None,
                        user_id=person,
                        kind=HolderKind.HOLDER,
                        from_date=BEGIN,
                    )
                won.append(person)
            except Conflict:
                refused.append(person)

    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    assert (len(won), len(refused)) == (1, 5)
    assert not invariant.check()


def test_a_position_with_others_below_or_people_in_it_does_not_end(desk: Desk) -> None:
    def end(position: Position, day: date) -> None:
        with unit_of_work():
            actions.end_position(position, actor=factories.actor(desk.personnel), version=None, last_day=day)

    with pytest.raises(Conflict):
        end(desk.head, clock.today())
    holder = assign(desk, desk.seller, desk.colleague.id)
    with pytest.raises(Conflict):
        end(desk.seller, clock.today())
    with unit_of_work():
        actions.release(
            desk.seller,
            holder,
            actor=factories.actor(desk.personnel),
            version=None,
            last_day=clock.today(),
        )
    end(desk.seller, clock.today())
    end(desk.head, clock.today())
    assert structure.on(clock.today()).boxes
    assert not structure.on(clock.today() + timedelta(days=1)).boxes
    with pytest.raises(Conflict):
        end(desk.head, clock.today())


def test_who_was_to_come_later_is_taken_back_and_who_left_shows_in_the_past_alone(desk: Desk) -> None:
    holder = assign(desk, desk.seller, desk.colleague.id, day=date(2027, 1, 1))
    with unit_of_work():
        actions.release(
            desk.seller,
            holder,
            actor=factories.actor(desk.personnel),
            version=None,
            last_day=date(2026, 12, 1),
        )
    assert not queries.holders_of(desk.seller.id)
    assign(desk, desk.seller, desk.colleague.id)
    with unit_of_work():
        desk.colleague.active = False
    assert structure.on(date(2026, 6, 1)).boxes[desk.seller.id].holders
    assert not structure.on(clock.today()).boxes[desk.seller.id].holders


def test_a_leaver_is_asked_for_the_positions_they_hold(desk: Desk) -> None:
    assign(desk, desk.seller, desk.colleague.id)
    assert any("岗位" in matter.sentence for matter in open_matters(desk.colleague.id))
    assert not open_matters(desk.leader.id)


def test_a_gap_is_a_superior_whom_nobody_could_follow(desk: Desk) -> None:
    assert [box.title for box in structure.on(clock.today()).gaps()] == ["销售经理"]
    assign(desk, desk.head, desk.colleague.id, HolderKind.SUCCESSOR)
    assert not structure.on(clock.today()).gaps()


# Plans


def test_a_plan_shows_empty_boxes_until_its_day_and_then_is_the_structure(desk: Desk) -> None:
    plan = desks.plan(desk)
    planned = structure.on(plan.day, plan)
    new = next(box for box in planned.boxes.values() if box.title == "售前工程师")
    assert (new.vacant, new.change) == (3, Change.ADDED)
    assert new.position_id not in structure.on(PLANNED).boxes
    desks.fire(plan, "publish", desk.personnel)
    desks.fire(plan, "adopt", desk.leader)
    assert new.position_id in structure.on(PLANNED).boxes
    assert new.position_id not in structure.on(PLANNED - timedelta(days=1)).boxes
    assert plan.status == PlanStatus.ADOPTED


def test_a_plan_moves_and_removes_and_its_holders_leave_with_the_position(desk: Desk) -> None:
    assign(desk, desk.seller, desk.colleague.id)
    with unit_of_work():
        actor = factories.actor(desk.personnel)
        plan = actions.draft_plan(actor=actor, title="精简", day=PLANNED)
        actions.plan_removal(plan, desk.seller.id, actor=actor, version=None)
        actions.plan_position(
            plan, desk.head.id, actor=actor, version=None, values=PositionValues("营销总监", None, None, 1)
        )
    desks.fire(plan, "publish", desk.personnel)
    desks.fire(plan, "adopt", desk.leader)
    after = structure.on(PLANNED)
    assert [box.title for box in after.boxes.values()] == ["营销总监"]
    kept = session.get_one(PositionHolder, queries.holders_of(desk.seller.id)[0].id)
    assert kept.until_date == PLANNED - timedelta(days=1)
    assert not invariant.check()


def test_a_plan_that_was_overtaken_or_has_too_few_places_does_not_come_true(desk: Desk) -> None:
    with unit_of_work():
        actor = factories.actor(desk.personnel)
        plan = actions.draft_plan(actor=actor, title="精简", day=PLANNED)
        actions.plan_position(
            plan,
            desk.seller.id,
            actor=actor,
            version=None,
            values=PositionValues("销售员", None, desk.head.id, 1),
        )
    for number in range(2):
        assign(desk, desk.seller, factories.user(f"同事{number}", department=desk.department).id)
    desks.fire(plan, "publish", desk.personnel)
    with pytest.raises(Conflict) as refused:
        desks.fire(plan, "adopt", desk.leader)
    assert refused.value.code == "structure_plan:too-few-places"
    change(desk, desk.seller, PositionValues("销售员", None, desk.head.id, 3), PLANNED)
    with pytest.raises(Conflict) as refused:
        desks.fire(plan, "adopt", desk.leader)
    assert refused.value.code == "structure_plan:overtaken"


def test_an_empty_plan_and_a_removal_above_others_are_refused(desk: Desk) -> None:
    with unit_of_work():
        actor = factories.actor(desk.personnel)
        plan = actions.draft_plan(actor=actor, title="空", day=PLANNED)
    with pytest.raises(Conflict):
        desks.fire(plan, "publish", desk.personnel)
    with pytest.raises(Conflict), unit_of_work():
        actions.plan_removal(plan, desk.head.id, actor=factories.actor(desk.personnel), version=None)
    for refused in ({"title": " ", "day": PLANNED}, {"title": "早", "day": clock.today()}):
        with pytest.raises(Invalid), unit_of_work():
            actions.draft_plan(actor=factories.actor(desk.personnel), **refused)  # type: ignore[arg-type]


def test_a_draft_is_for_those_who_plan_alone(desk: Desk) -> None:
    plan = desks.plan(desk)
    new = next(row.position_id for row in queries.planned_of(plan.id))
    stranger = factories.actor(desk.colleague)
    for read, key in ((queries.get_plan, plan.id), (queries.get_position, new)):
        with pytest.raises(NotVisible):
            read(stranger, key)
    desks.fire(plan, "publish", desk.personnel)
    assert queries.get_plan(stranger, plan.id).id == plan.id
    assert queries.get_position(stranger, new).id == new
    with pytest.raises(Denied):
        desks.fire(plan, "adopt", desk.personnel)


def test_what_a_draft_changed_can_be_taken_back(desk: Desk) -> None:
    plan = desks.plan(desk)
    new = next(row.position_id for row in queries.planned_of(plan.id))
    with unit_of_work():
        actor = factories.actor(desk.personnel)
        actions.plan_removal(plan, desk.seller.id, actor=actor, version=None)
        actions.take_back(plan, desk.seller.id, actor=actor, version=None)
        actions.take_back(plan, new, actor=actor, version=None)
    assert structure.compare(structure.on(PLANNED), structure.on(PLANNED, plan)) == []


# Drawing


@given(st.integers(0, 2**31))
def test_no_two_boxes_ever_overlap_and_every_box_is_drawn(seed: int) -> None:
    chance = random.Random(seed)
    count = chance.randint(1, 40)
    boxes = {
        number: Box(number, f"岗位{number}", None, "", chance.choice([None, *range(1, count + 1)]), 1)
        for number in range(1, count + 1)
    }
    drawn = layout.lay_out(Structure(date(2026, 1, 1), boxes))
    assert sorted(placed.box.position_id for placed in drawn.boxes) == sorted(boxes)
    for place, one in enumerate(drawn.boxes):
        assert one.x >= 0
        assert one.x + BOX_WIDTH <= drawn.width
        for other in drawn.boxes[place + 1 :]:
            apart = abs(one.x - other.x) >= BOX_WIDTH or abs(one.y - other.y) >= BOX_HEIGHT
            assert apart, (one, other)


def test_the_drawing_names_everybody_and_so_does_the_paper(desk: Desk, tmp_path: Path) -> None:
    assign(desk, desk.seller, desk.colleague.id)
    shown = structure.on(clock.today())
    drawing = chart.draw(shown, "今天")
    assert "周文静" in drawing
    assert "空缺 1" in drawing
    for size in pdf.SIZES:
        page = text_of(saved(tmp_path, pdf.chart_paper(shown, "沃垦农机", size)))
        assert "销售经理" in page
        assert "周文静" in page
