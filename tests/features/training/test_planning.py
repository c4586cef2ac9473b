"""What may be planned and changed of a session, and what is refused at which field."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import clock, notices, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.training import actions, catalogue, queries, topics
from app.features.training.enums import TRAINING_SESSION, Attendance, SessionForm, TopicStatus
from app.features.training.models import MOST_SEATS, TrainingSession, TrainingTopic
from tests import factories
from tests.features.training import desk as desks
from tests.features.training.desk import Desk

At = Callable[..., datetime]


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 23, 9)
    return desks.build()


def edit(
    desk: Desk, row: TrainingSession, who: User | None = None, version: int | None = None, **given: Any
) -> TrainingSession:
    """Change a session of tomorrow, which else stays as it was planned."""
    actor = factories.actor(who or desk.head)
    with unit_of_work():
        found = session.get_one(TrainingSession, row.id)
        values = desks.values(desk, **{"starts_at": found.starts_at, **given})
        actions.edit(found, actor=actor, version=version, values=values)
    return stored(row)


def stored(row: TrainingSession) -> TrainingSession:
    """The session as the database has it: what was refused has left nothing in it."""
    session.expire_all()
    return session.get_one(TrainingSession, row.id)


def topic(desk: Desk, title: str) -> int:
    with unit_of_work():
        return topics.propose(actor=factories.actor(desk.people[0]), title=title).id


def became_of(*topic_ids: int) -> list[str]:
    session.expire_all()
    return [session.get_one(TrainingTopic, number).status for number in topic_ids]


def verbs(row: TrainingSession) -> list[str]:
    return [event.verb for event in sorted(timeline.events_for(TRAINING_SESSION, row.id), key=by_number)]


def by_number(event: timeline.Event) -> int:
    return event.seq


# What can be planned


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"title": "  "}, "title", "请填写培训主题"),
        ({"title": "球\u0007阀"}, "title", "控制字符"),
        ({"summary": "密\u0007封"}, "summary", "控制字符"),
        ({"ends_at": datetime.fromisoformat("2026-11-24T01:00:00+00:00")}, "ends_at", "晚于开始时间"),
        ({"capacity": 0}, "capacity", f"1 到 {MOST_SEATS}"),
        ({"capacity": MOST_SEATS + 1}, "capacity", f"1 到 {MOST_SEATS}"),
        ({"cost": Decimal("-0.01")}, "cost", "费用不能小于零"),
        ({"attendance": "perhaps"}, "attendance", "请从列表中选择"),
        ({"form": "by-letter"}, "form", "请从列表中选择"),
        ({"chair_id": 999}, "chair_id", "请选择在职的主持人"),
        ({"department_id": 999}, "department_id", "请从列表中选择"),
        ({"subject_id": 999}, "subject_id", "请从列表中选择"),
        ({"topic_id": 999}, "topic_id", "请从列表中选择"),
        ({"provider_id": 999}, "provider_id", "请从列表中选择"),
        ({"rule_version_id": 999}, "rule_version_id", "请从列表中选择"),
        ({"audience": [999]}, "audience", "请从列表中选择"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_planned(
    desk: Desk, given: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(Invalid) as refused:
        desks.plan(desk, desk.personnel, **given)
    assert list(refused.value.fields) == [field]
    assert sentence in str(refused.value.fields[field])
    assert session.execute(select(func.count()).select_from(TrainingSession)).scalar_one() == 0


def test_who_has_left_chairs_nothing_and_all_faults_are_told_at_once(desk: Desk) -> None:
    with unit_of_work():
        session.get_one(User, desk.chair.id).active = False
    with pytest.raises(Invalid) as refused:
        desks.plan(desk, title="", audience=[desk.department.id, 999])
    assert set(refused.value.fields) == {"title", "chair_id", "audience"}


def test_a_session_holds_all_that_was_planned_of_it(desk: Desk) -> None:
    actor = factories.actor(desk.personnel)
    with unit_of_work():
        subject = catalogue.keep_subject(None, actor=actor, name="产品知识")
        provider = catalogue.keep_provider(None, actor=actor, name="安信培训")
    row = stored(
        desks.plan(
            desk,
            desk.personnel,
            subject_id=subject.id,
            provider_id=provider.id,
            form=SessionForm.OUTSIDE,
            cost=Decimal(0),
            capacity=MOST_SEATS,
            audience=[desk.elsewhere.id, desk.department.id],
            attendance=Attendance.REQUIRED,
        )
    )
    assert (row.subject_id, row.provider_id, row.form, row.cost) == (
        subject.id,
        provider.id,
        "outside",
        Decimal(0),
    )
    assert (row.capacity, row.attendance) == (MOST_SEATS, "required")
    assert row.audience == [desk.elsewhere.id, desk.department.id]
    assert (row.owner_id, row.status, row.number) == (desk.personnel.id, "planned", None)
    assert row.week == clock.today() - timedelta(days=clock.today().weekday())


def test_the_chair_is_told_unless_they_planned_it_themselves(desk: Desk) -> None:
    desks.plan(desk)
    assert notices.unread_count(desk.chair.id) == 1
    desks.plan(desk, chair_id=desk.head.id)
    assert notices.unread_count(desk.head.id) == 0


# What can be changed


def test_what_is_planned_changes_in_everything_and_the_chair_is_told(desk: Desk) -> None:
    row = desks.plan(desk)
    told = notices.unread_count(desk.chair.id)
    later = row.starts_at + timedelta(days=7)
    after = edit(
        desk,
        row,
        version=row.version,
        title="闸阀选型",
        place="",
        starts_at=later,
        attendance=Attendance.REQUIRED,
        audience=[desk.department.id],
    )
    assert (after.title, after.place, after.starts_at, after.attendance, after.audience) == (
        "闸阀选型", "", later, "required", [desk.department.id],
    )  # fmt: skip
    assert after.week == queries.week_of(later)
    assert verbs(row) == ["training_session:plan", "training_session:edit"]
    assert notices.unread_count(desk.chair.id) == told + 1


def test_a_form_that_changes_nothing_tells_nobody(desk: Desk) -> None:
    row = desks.plan(desk)
    told = notices.unread_count(desk.chair.id)
    edit(desk, row)
    assert verbs(row) == ["training_session:plan"]
    assert notices.unread_count(desk.chair.id) == told


def test_only_who_conducts_a_session_changes_it(desk: Desk) -> None:
    row = desks.announced(desk)
    for who in (desk.people[0], desk.stranger):
        with pytest.raises(Denied) as refused:
            edit(desk, row, who, title="别的")
        assert "李工" in refused.value.sentence()
    for place, who in enumerate((desk.chair, desk.head, desk.personnel)):
        assert edit(desk, row, who, title=f"第{place}次").title == f"第{place}次"


def test_a_session_goes_to_another_department_by_who_plans_there(desk: Desk) -> None:
    row = desks.plan(desk)
    for who in (desk.chair, desk.head):
        with pytest.raises(Denied):
            edit(desk, row, who, department_id=desk.elsewhere.id)
        assert stored(row).department_id == desk.department.id
    after = edit(desk, row, desk.personnel, department_id=desk.elsewhere.id)
    assert after.department_id == desk.elsewhere.id


def test_an_older_form_and_a_session_that_lies_behind_change_nothing(desk: Desk) -> None:
    row = desks.plan(desk)
    read = row.version
    edit(desk, row, title="闸阀选型")
    with pytest.raises(Stale):
        edit(desk, row, version=read, title="球阀")
    desks.fire(row, "cancel", desk.head, "停电")
    with pytest.raises(Conflict, match="core:wrong-state") as refused:
        edit(desk, row, title="球阀")
    assert "已取消" in refused.value.sentence()
    with pytest.raises(Invalid):
        edit(desk, desks.plan(desk), title="")
    assert stored(row).title == "闸阀选型"


def test_what_people_were_promised_stays_after_the_announcement(desk: Desk) -> None:
    row = desks.announced(desk, capacity=3)
    for who in desk.people[:2]:
        desks.enrol(row, who)
    begins = row.starts_at
    refusals: list[tuple[dict[str, Any], str, str]] = [
        ({"starts_at": begins + timedelta(hours=1)}, "starts_at", "改期"),
        ({"ends_at": begins + timedelta(hours=2)}, "starts_at", "改期"),
        ({"place": " "}, "place", "请填写地点"),
        ({"chair_id": desk.people[0].id}, "chair_id", "已经报名"),
        ({"capacity": 1}, "capacity", "已有 2 人报名"),
        ({"attendance": Attendance.REQUIRED}, "attendance", "已经发布"),
        ({"audience": [desk.department.id]}, "audience", "已经发布"),
    ]
    for given, field, sentence in refusals:
        with pytest.raises(Invalid) as refused:
            edit(desk, row, **{"capacity": 3, **given})
        assert list(refused.value.fields) == [field], given
        assert sentence in str(refused.value.fields[field])
    after = stored(row)
    assert (after.starts_at, after.place, after.chair_id, after.capacity) == (
        begins, "二楼会议室", desk.chair.id, 3,
    )  # fmt: skip


def test_after_the_announcement_chair_place_and_seats_change(desk: Desk) -> None:
    row = desks.announced(desk, capacity=3)
    for who in desk.people[:2]:
        desks.enrol(row, who)
    after = edit(desk, row, capacity=2, chair_id=desk.stranger.id, place="三楼")
    assert (after.capacity, after.chair_id, after.place) == (2, desk.stranger.id, "三楼")
    assert edit(desk, row, capacity=None, chair_id=desk.stranger.id).capacity is None


# The topic


def test_another_topic_gives_the_first_back_and_none_gives_it_back_too(desk: Desk) -> None:
    first, second = topic(desk, "客户压价怎么谈"), topic(desk, "账期怎么谈")
    row = desks.plan(desk, topic_id=first)
    assert became_of(first, second) == ["planned", "wanted"]
    edit(desk, row, topic_id=first, title="谈判")
    assert became_of(first, second) == ["planned", "wanted"]
    edit(desk, row, topic_id=second)
    assert became_of(first, second) == ["wanted", "planned"]
    assert edit(desk, row, topic_id=None).topic_id is None
    assert became_of(first, second) == ["wanted", "wanted"]


def test_a_topic_of_another_session_is_refused_and_the_own_one_stays(desk: Desk) -> None:
    first, second = topic(desk, "客户压价怎么谈"), topic(desk, "账期怎么谈")
    row = desks.plan(desk, topic_id=first)
    desks.plan(desk, topic_id=second)
    with pytest.raises(Conflict, match="topic-taken"):
        edit(desk, row, topic_id=second)
    assert stored(row).topic_id == first
    assert became_of(first, second) == ["planned", "planned"]


def test_a_topic_that_was_talked_about_may_be_talked_about_again(desk: Desk) -> None:
    number = topic(desk, "客户压价怎么谈")
    with unit_of_work():
        session.get_one(TrainingTopic, number).status = TopicStatus.DONE
    assert desks.plan(desk, topic_id=number).topic_id == number
    assert became_of(number) == ["planned"]
