"""Self-checks: asked when due, answered once for all that is due, the rest reported; loans overdue; findings."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock, indicators, jobs, settings
from app.core.db import session
from app.core.errors import Denied, Invalid
from app.core.notices import Notice
from app.core.permissions import SYSTEM
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.assets import offering
from app.features.assets.enums import ItemStatus
from app.features.assets.models import AssetItem, AssetSelfCheck, HandOver
from app.features.assets.offering import OfferedItem
from app.features.assets.upkeep import queries, reminders, self_checks
from app.features.assets.upkeep.enums import SELF_CHECK, Answer
from app.features.assets.upkeep.models import AssetIncident, AssetSelfCheckRequest
from app.features.assets.upkeep.self_check_flow import FLOW
from app.features.assets.upkeep.self_checks import Answered
from app.features.checks.models import ClauseCheck
from app.features.people.models import User
from app.features.supervision import actions as supervision
from tests import factories
from tests.features.assets.desk import Desk, fresh
from tests.features.assets.upkeep import house
from tests.features.checks import desk as checks
from tests.features.rules import rulebook

MORNING = datetime(2026, 11, 27, 2, 0, tzinfo=clock.now().tzinfo)


@pytest.fixture
def desk() -> Desk:
    settings_all_on()
    return house.house(check_days=365)[0]


def settings_all_on() -> None:
    with unit_of_work():
        settings.put("modules.preset", "full")


def run(at: datetime) -> None:
    with clock.frozen(at):
        reminders.daily({})


def request_of(person: User) -> AssetSelfCheckRequest:
    session.expire_all()
    found = self_checks.open_request(person.id)
    assert found is not None
    return found


def answer(person: User, answers: dict[int, Answered], number: int | None = None) -> AssetSelfCheckRequest:
    actor = factories.actor(person)
    number = number or request_of(person).id
    with unit_of_work():
        FLOW.fire(
            queries.get_self_check(actor, number), "answer", actor, version=None, data={"answers": answers}
        )
    return session.get_one(AssetSelfCheckRequest, number)


def test_what_is_due_is_asked_once_and_only_by_day(desk: Desk) -> None:
    held = desk.item(person=desk.first)
    desk.item("在库的")
    run(MORNING)
    assert self_checks.open_request(desk.first.id) is None
    year = MORNING + timedelta(days=366)
    run(year.replace(hour=14))
    assert self_checks.open_request(desk.first.id) is None
    for _time in range(2):
        run(year)
    asked = session.execute(select(AssetSelfCheckRequest)).unique().scalars().all()
    assert [(row.owner_id, row.status) for row in asked] == [(desk.first.id, "asked")]
    assert asked[0].due_on == date(2027, 12, 12)
    (task,) = open_tasks(SELF_CHECK, asked[0].id)
    assert (task.user_id, task.kind) == (desk.first.id, "asset_self_check_request:answer")
    with clock.frozen(year):
        assert [item.id for item in self_checks.due_items()[desk.first.id]] == [held.id]
        with pytest.raises(Denied):
            answer(desk.keeper, {}, asked[0].id)


def test_all_is_there_by_one_answer_and_then_nothing_is_due(desk: Desk) -> None:
    items = [desk.item(name, desk.first) for name in ("笔记本", "相机")]
    year = MORNING + timedelta(days=366)
    run(year)
    with clock.frozen(year):
        due = self_checks.due_items([desk.first.id])[desk.first.id]
        done = answer(desk.first, dict(self_checks.all_well(due)))
        assert done.status == "answered"
        assert self_checks.due_items() == {}
        assert open_tasks(SELF_CHECK, done.id) == []
        assert [item.id for _row, item in self_checks.answers_of(done)] == [item.id for item in items]
        assert fresh(items[0]).checked_at == year
    run(year + timedelta(days=1))
    assert self_checks.open_request(desk.first.id) is None


def test_what_is_missing_or_broken_asks_for_a_word_and_stays_to_be_reported(desk: Desk) -> None:
    lost, broken, well = (desk.item(name, desk.first) for name in ("甲", "乙", "丙"))
    year = MORNING + timedelta(days=366)
    run(year)
    with clock.frozen(year):
        said = {
            lost.id: Answered(Answer.MISSING, "搬办公室以后没见过"),
            broken.id: Answered(Answer.BROKEN),
            well.id: Answered(Answer.WELL),
        }
        with pytest.raises(Invalid) as refused:
            answer(desk.first, said)
        assert set(refused.value.fields) == {f"note-{broken.id}"}
        said[broken.id] = Answered(Answer.BROKEN, "开不了机")
        del said[well.id]
        with pytest.raises(Invalid) as refused:
            answer(desk.first, said)
        assert set(refused.value.fields) == {f"answer-{well.id}"}
        assert session.execute(select(AssetSelfCheck)).scalars().all() == []
        done = answer(desk.first, {**said, well.id: Answered(Answer.WELL), 999: Answered(Answer.WELL)})
        told = [self_checks.answer_code(row) for row, _item in self_checks.answers_of(done)]
        assert told == [Answer.MISSING, Answer.BROKEN, Answer.WELL]
        assert fresh(lost).status == ItemStatus.ASSIGNED


def test_a_question_lapses_where_nothing_is_due_any_more(desk: Desk) -> None:
    item = desk.item(person=desk.first)
    year = MORNING + timedelta(days=366)
    run(year)
    number = request_of(desk.first).id
    with clock.frozen(year + timedelta(hours=1)):
        desk.accept(desk.offer([item], desk.second, desk.first))
    run(year + timedelta(days=1))
    assert session.get_one(AssetSelfCheckRequest, number).status == "lapsed"
    assert self_checks.open_request(desk.second.id) is None


def test_late_answers_and_late_loans_are_reminded_of_once_a_day(desk: Desk) -> None:
    desk.item(person=desk.first)
    lent = desk.item("红外测温仪")
    with clock.frozen(MORNING):
        due = clock.today() + timedelta(days=3)
        desk.accept(desk.offer([lent], desk.second, due_back_on=due))
    year = MORNING + timedelta(days=366)
    run(year)

    def told(person: User) -> int:
        session.expire_all()
        return len(session.execute(select(Notice.id).where(Notice.user_id == person.id)).all())

    before = told(desk.second)
    late = year + timedelta(days=20)
    first = told(desk.first)
    run(late)
    run(late)
    assert told(desk.first) == first + 1
    assert told(desk.second) == before + 2
    # the borrower is asked about what they hold, too: the second notice is that question
    run(late + timedelta(days=1))
    assert told(desk.first) == first + 2


def test_nothing_is_asked_while_the_module_is_off(desk: Desk) -> None:
    desk.item(person=desk.first)
    with unit_of_work():
        settings.put("modules.switches", {"assets_self_checks": False})
    run(MORNING + timedelta(days=366))
    assert self_checks.open_request(desk.first.id) is None
    assert any(kind.kind == "assets:upkeep" for kind in jobs.registered_jobs())


def test_loss_and_damage_become_findings_at_the_bound_clause() -> None:
    book = rulebook.desk()
    version = rulebook.published(book)
    with unit_of_work():
        supervision.bind_clause(
            checks.clause(version), actor=book.actor("manager"), target="equipment-unharmed"
        )
    place = house.among(book)
    lost, damaged, whole = (place.item(name, place.first) for name in ("相机", "话筒", "支架"))
    house.report(place.first, lost)
    house.report(place.keeper, damaged, "damaged")
    rows = session.execute(select(ClauseCheck).order_by(ClauseCheck.id)).unique().scalars().all()
    assert [(row.subject_id, row.finding_kind) for row in rows] == [
        (place.first.id, "asset-lost"),
        (place.first.id, "asset-damaged"),
    ]
    assert rows[0].told.startswith("系统记录：保管的设备丢失，相机 BS-")
    figure = indicators.find("equipment-unharmed")
    assert figure is not None
    counted = figure.compute(indicators.this_month())
    assert (counted.kept, counted.due) == (1, 3)
    listed = session.execute(indicators.exceptions(figure, indicators.this_month())).all()
    assert sorted(row.doc_id for row in listed) == sorted([lost.id, damaged.id])
    assert whole.id not in {row.doc_id for row in listed}


def damaged_hand_over(place: Desk, item: AssetItem, to: User, by: User) -> HandOver:
    with unit_of_work():
        made = offering.offer(
            actor=factories.actor(by), items=[OfferedItem(item.id, "damaged", "外壳裂开")], to_id=to.id
        )
    return place.accept(made)


def test_what_is_damaged_when_it_changes_hands_is_found_once_at_who_had_it() -> None:
    book = rulebook.desk()
    version = rulebook.published(book)
    with unit_of_work():
        supervision.bind_clause(
            checks.clause(version), actor=book.actor("manager"), target="equipment-unharmed"
        )
    place = house.among(book)
    item = place.item("相机", place.first)
    hand_over = damaged_hand_over(place, item, place.second, place.first)
    (row,) = session.execute(select(ClauseCheck)).unique().scalars().all()
    assert (row.subject_id, row.finding_kind) == (place.first.id, "asset-damaged")
    (incident,) = session.execute(select(AssetIncident)).unique().scalars().all()
    assert (incident.person_id, incident.owner_id) == (place.first.id, place.second.id)
    assert incident.account == f"{hand_over.number}: 外壳裂开"
    assert [task.kind for task in open_tasks("asset_incident", incident.id)] == ["asset_incident:follow"]
    damaged_hand_over(place, item, place.first, place.second)
    assert len(session.execute(select(ClauseCheck)).unique().scalars().all()) == 1
    house.take_back(place.keeper, house.send(place.keeper, item))
    damaged_hand_over(place, item, place.second, place.first)
    assert len(session.execute(select(ClauseCheck)).unique().scalars().all()) == 2


def test_loans_brought_back_late_are_exceptions(desk: Desk, at: Callable[..., datetime]) -> None:
    at(2026, 11, 2, 10)
    in_time, late, still_out = (desk.item(name) for name in ("甲", "乙", "丙"))
    offers = {
        item.id: desk.accept(desk.offer([item], desk.first, due_back_on=date(2026, 11, 5)))
        for item in (in_time, late, still_out)
    }
    at(2026, 11, 5, 23)
    desk.accept(desk.offer([in_time], desk.keeper, desk.first, returning=True))
    at(2026, 11, 6, 1)
    desk.accept(desk.offer([late], desk.keeper, desk.first, returning=True))
    at(2026, 11, 20, 10)
    figure = indicators.find("loans-returned-in-time")
    assert figure is not None
    counted = figure.compute(indicators.this_month())
    assert (counted.kept, counted.due) == (1, 3)
    listed = session.execute(indicators.exceptions(figure, indicators.this_month())).all()
    assert {row.doc_id for row in listed} == {offers[late.id].id, offers[still_out.id].id}


def test_self_checks_answered_late_or_not_are_exceptions(desk: Desk) -> None:
    desk.item("甲", desk.first)
    desk.item("乙", desk.second)
    year = MORNING + timedelta(days=366)
    run(year)
    with clock.frozen(year):
        due = self_checks.due_items([desk.first.id])[desk.first.id]
        answer(desk.first, dict(self_checks.all_well(due)))
    with clock.frozen(year + timedelta(days=20)):
        figure = indicators.find("equipment-self-checked")
        assert figure is not None
        counted = figure.compute(indicators.this_month())
        assert (counted.kept, counted.due) == (1, 2)


def test_the_system_answers_for_nobody(desk: Desk) -> None:
    desk.item(person=desk.first)
    year = MORNING + timedelta(days=366)
    run(year)
    with pytest.raises(Denied), unit_of_work():
        FLOW.fire(queries.get_self_check(SYSTEM, request_of(desk.first).id), "answer", SYSTEM, version=None)
    assert session.get_one(AssetItem, 1).checked_at is None
