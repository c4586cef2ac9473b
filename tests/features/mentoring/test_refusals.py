"""What is refused of a pair, with its code or at its field; whose turn it is where both sides arrange pairs."""

from datetime import date, timedelta

import pytest

from app.core import clock, modules
from app.core import settings as configured
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.permissions import SYSTEM, Role
from app.core.tasks import open_tasks
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.mentoring import actions
from app.features.mentoring.enums import PAIR
from app.features.mentoring.flow import FLOW
from app.features.people.models import Department, User
from tests import factories
from tests.client import Client
from tests.features.mentoring import desk
from tests.features.mentoring.desk import School

FIRST = date(2026, 11, 2)


@pytest.fixture
def school(at) -> School:
    at(2026, 11, 2, 9, 0)
    return desk.school()


def tasks(number: int) -> set[tuple[str, int | None]]:
    return {(task.kind.removeprefix("mentor_pair:"), task.user_id) for task in open_tasks(PAIR, number)}


def arranging(school: School, *names: str) -> None:
    """Let some of them arrange pairs in the sales department as its manager does."""
    with unit_of_work():
        for name in names:
            person = session.get_one(User, school.actor(name).id)
            factories.role(person, Role.MANAGER, session.get_one(Department, person.department_id))


# Whose turn it is


def test_one_side_that_arranges_is_left_out_of_the_task(school: School) -> None:
    arranging(school, "mentor")
    number = desk.reviewed(school)
    for side in desk.SIDES:
        desk.step(school, number, "rate", side, score="4", words="肯问")
    (task,) = open_tasks(PAIR, number)
    assert (task.kind, task.user_id, task.excluded_user_id) == ("mentor_pair:close", None, school.mentor.id)


def test_where_both_sides_arrange_the_others_are_asked_by_name(school: School) -> None:
    arranging(school, "mentor", "pupil")
    number = desk.reviewed(school)
    for side in desk.SIDES:
        desk.step(school, number, "rate", side, score="4", words="肯问")
    others = {school.manager.id, school.leader.id, school.personnel.id}
    assert tasks(number) == {("close", person) for person in others}
    for side in desk.SIDES:
        with pytest.raises(Denied):
            desk.step(school, number, "close", side, conclusion="好")
    assert desk.step(school, number, "close", "leader", conclusion="可以独立报价").status == "closed"


def test_the_end_is_asked_for_after_the_last_day_and_not_on_it(school: School, at) -> None:
    number = desk.running(school, days=20)
    desk.step(school, number, "mid", "manager", mid_text="选型已会")
    for day, asked in ((22, False), (23, True)):
        at(2026, 11, day, 9, 0)
        actions.keep_up({})
        assert (("finish", None) in tasks(number)) is asked, day
        assert not {name for name, _person in tasks(number)} & {"mid", "close"}


def test_the_mid_review_is_asked_for_from_the_middle_on(school: School, at) -> None:
    number = desk.running(school, days=20)
    for day, asked in ((11, False), (12, True)):
        at(2026, 11, day, 9, 0)
        actions.keep_up({})
        assert (("mid", None) in tasks(number)) is asked, day


# What is refused


def test_nobody_accepts_what_is_over(school: School, at) -> None:
    number = desk.offered(school, days=7)
    at(2026, 11, 10, 9, 0)
    with pytest.raises(Conflict, match="mentor_pair:over-already"):
        desk.step(school, number, "accept", "mentor")
    at(2026, 11, 9, 9, 0)
    assert desk.step(school, number, "accept", "mentor").waited_for == [school.pupil.id]
    with pytest.raises(Conflict, match="mentor_pair:accepted-already"):
        desk.step(school, number, "accept", "mentor")


@pytest.mark.parametrize("name", ["accept", "rate"])
def test_the_system_is_no_side_of_a_pair(school: School, name: str) -> None:
    number = desk.offered(school) if name == "accept" else desk.reviewed(school)
    with pytest.raises(Denied), unit_of_work():
        FLOW.fire(desk.load(number), name, SYSTEM, version=None, data={"score": "5", "words": "好"})
    assert desk.load(number).ratings == []


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, {"score", "words"}),
        ({"score": "0", "words": "好"}, {"score"}),
        ({"score": "6", "words": "好"}, {"score"}),
        ({"score": "5", "words": " "}, {"words"}),
        ({"score": "5", "words": "铃\x07"}, {"words"}),
        ({"score": "5", "words": "好\x00"}, {"words"}),
    ],
)
def test_a_rating_is_refused_at_its_fields(school: School, data: dict, fields: set[str]) -> None:
    number = desk.reviewed(school)
    for side in ("mentor", "pupil"):
        with pytest.raises(Invalid) as refused:
            desk.step(school, number, "rate", side, **data)
        assert set(refused.value.fields) == fields
    with pytest.raises(Denied):
        desk.step(school, number, "rate", "manager", score="5", words="好")
    assert desk.load(number).ratings == []
    assert desk.load(number).unrated == [school.mentor.id, school.pupil.id]


def test_a_pair_is_closed_with_a_conclusion_once_both_have_rated(school: School) -> None:
    number = desk.reviewed(school)
    desk.step(school, number, "rate", "mentor", score="4", words="肯问")
    with pytest.raises(Conflict, match="mentor_pair:not-rated") as refused:
        desk.step(school, number, "close", "manager", conclusion="好")
    assert refused.value.params["who"] == school.pupil.name
    desk.step(school, number, "rate", "pupil", score="5", words="讲得细")
    with pytest.raises(Invalid) as empty:
        desk.step(school, number, "close", "manager", conclusion=" ")
    assert set(empty.value.fields) == {"conclusion"}
    assert desk.step(school, number, "close", "manager", conclusion=" 可以 ").conclusion == "可以"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2027-02-01", "请填写新的结束日期"),
        (date(2027, 1, 21), "须晚于"),
        (FIRST + timedelta(days=732), "最长两年"),
    ],
)
def test_an_extension_is_refused_at_its_day(school: School, day: object, said: str) -> None:
    number = desk.reviewed(school, days=80)
    with pytest.raises(Invalid) as refused:
        desk.step(school, number, "extend", "manager", ends_on=day)
    assert said in str(refused.value.fields["ends_on"])
    row = desk.step(school, number, "extend", "manager", ends_on=FIRST + timedelta(days=731))
    assert (row.period, row.ends_on) == (2, date(2028, 11, 2))


def test_the_goals_stay_where_the_mid_review_puts_none(school: School) -> None:
    number = desk.running(school)
    row = desk.step(school, number, "mid", "manager", mid_text=" 选型已会 ", goals=" ")
    assert (row.mid_text, row.goals) == ("选型已会", "独立完成一次泵的选型报价")


# The week


@pytest.mark.parametrize("write", [desk.note, desk.answer])
def test_nothing_is_written_in_a_week_once_the_pair_has_ended(school: School, write) -> None:
    number = desk.running(school)
    desk.note(school, number, FIRST)
    desk.step(school, number, "dissolve", "manager", "调岗")
    with pytest.raises(Conflict, match="wrong-state"):
        write(school, number, FIRST)
    assert desk.load(number).weeks[0].answer == ""


def test_who_may_not_write_is_told_so_before_what_they_sent_is_judged(client: Client, school: School) -> None:
    number = desk.running(school)
    this, coming = (week.id for week in desk.load(number).weeks[:2])

    def empty(who: User, week: int, field: str) -> int:
        typed = {"version": str(desk.load(number).version), field: ""}
        return client.as_(who).post(f"/mentoring/{number}/weeks/{week}/{field}", typed).status_code

    for field, writer, reader in (
        ("note", school.mentor, school.pupil),
        ("answer", school.pupil, school.mentor),
    ):
        assert empty(writer, this, field) == 422
        assert empty(writer, coming, field) == 409
        assert [empty(who, this, field) for who in (reader, school.manager)] == [403, 403]
        assert empty(school.keeper, this, field) == 404


def test_what_was_typed_too_late_is_shown_with_its_refusal(client: Client, school: School, at) -> None:
    number = desk.running(school)
    desk.note(school, number, FIRST)
    form = f"/mentoring/{number}/weeks/{desk.load(number).weeks[0].id}/note"
    typed = {"version": str(desk.load(number).version), "note": "补一句：汽蚀余量"}
    at(2026, 11, 9, 9, 0)
    client.as_(school.mentor)
    assert client.post(form, typed).status_code == 409
    assert "补一句：汽蚀余量" in client.page.html
    assert desk.load(number).weeks[0].note == "练了选型"


# What the clock brings


def reminded(number: int) -> int:
    return len([event for event in events_for(PAIR, number) if event.verb == "mentor_pair:remind"])


def test_the_clock_leaves_pairs_alone_while_mentoring_is_off(school: School, at) -> None:
    number = desk.running(school)
    at(2026, 11, 6, 10, 0)
    for switches, found in (({"mentoring": False}, 0), ({}, 1)):
        with unit_of_work():
            configured.put("modules.switches", switches)
        assert modules.is_on("mentoring") is bool(found)
        actions.keep_up({})
        assert reminded(number) == found


def test_a_pair_that_ended_while_the_clock_looked_is_left_as_it_is(school: School, at) -> None:
    number = desk.running(school)
    desk.step(school, number, "dissolve", "manager", "调岗")
    at(2026, 11, 6, 10, 0)
    before = len(events_for(PAIR, number))
    with unit_of_work():
        actions.keep_up_one(desk.load(number))
    assert (len(events_for(PAIR, number)), tasks(number)) == (before, set())
    assert clock.today() == date(2026, 11, 6)
