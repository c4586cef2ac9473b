"""The curriculum: levels, plans, who has had what, points, who is ready; its figure equals its list."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from app.core import clock, indicators, settings
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.curriculum import actions, points, queries, readiness, templates
from app.features.curriculum.actions import ItemValues, LevelValues, PlanValues
from app.features.curriculum.enums import Stage
from app.features.curriculum.models import CareerLevel, CareerPlacement, CurriculumPlan
from app.features.people.models import User
from app.features.training import catalogue
from app.features.training.enums import Presence, SessionStatus
from app.features.training.models import TrainingPerson, TrainingSession, TrainingSubject
from tests import factories
from tests.client import Client
from tests.features.exams import school as schools
from tests.features.exams.school import School

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def monday(at) -> None:
    at(2026, 11, 23, 9, 0)


@pytest.fixture
def school() -> School:
    return schools.school()


def level(school: School, rank: int, name: str, needed: int = 0) -> CareerLevel:
    with unit_of_work():
        return actions.put_level(
            None,
            actor=factories.actor(school.keeper),
            version=None,
            values=LevelValues(rank, name, points_needed=needed),
        )


def plan(school: School, of: CareerLevel, *items: ItemValues, stage: Stage = Stage.GROWTH) -> CurriculumPlan:
    with unit_of_work():
        return actions.put_plan(
            None,
            actor=factories.actor(school.keeper),
            version=None,
            values=PlanValues(f"{of.name}计划", stage, of.id, items=items),
        )


def place(school: School, who: User, at: CareerLevel, since: date = date(2026, 1, 1)) -> CareerPlacement:
    with unit_of_work():
        return actions.place_person(who.id, actor=factories.actor(school.keeper), level_id=at.id, since=since)


def progress(who: User) -> readiness.Progress:
    session.expire_all()
    return readiness.progress_of([session.get_one(User, who.id)])[0]


# Levels, plans, places


def test_levels_have_a_rank_and_a_name_of_their_own(school: School) -> None:
    first = level(school, 1, "新员工")
    for values in (
        LevelValues(1, "骨干"),
        LevelValues(2, "新员工"),
        LevelValues(0, "骨干"),
        LevelValues(2, ""),
    ):
        with pytest.raises(Invalid), unit_of_work():
            actions.put_level(None, actor=factories.actor(school.keeper), version=None, values=values)
    with pytest.raises(Denied), unit_of_work():
        actions.put_level(
            None, actor=factories.actor(school.manager), version=None, values=LevelValues(2, "骨干")
        )
    with unit_of_work():
        actions.put_level(
            session.get_one(CareerLevel, first.id),
            actor=factories.actor(school.keeper),
            version=1,
            values=LevelValues(1, "新人"),
        )
    with pytest.raises(Stale), unit_of_work():
        actions.put_level(
            session.get_one(CareerLevel, first.id),
            actor=factories.actor(school.keeper),
            version=1,
            values=LevelValues(1, "新手"),
        )
    assert session.get_one(CareerLevel, first.id).name == "新人"


def test_a_plan_asks_for_something_in_each_part(school: School) -> None:
    first = level(school, 1, "新员工")
    for items in (
        (),
        (ItemValues(school.subject.id, sessions_needed=0),),
        (ItemValues(99),),
        (ItemValues(school.subject.id, exam_id=99),),
        (ItemValues(school.subject.id, sessions_needed=21),),
        tuple(ItemValues(school.subject.id) for _each in range(41)),
    ):
        with pytest.raises(Invalid) as refused:
            plan(school, first, *items)
        assert list(refused.value.fields) == ["items"]
    made = plan(
        school, first, ItemValues(school.subject.id, "选型", 2), ItemValues(school.subject.id, "演练")
    )
    with unit_of_work():
        actions.put_plan(
            session.get_one(CurriculumPlan, made.id),
            actor=factories.actor(school.keeper),
            version=None,
            values=PlanValues(
                "新计划", Stage.GROWTH, first.id, items=(ItemValues(school.subject.id, "谈判", 3),)
            ),
        )
    session.expire_all()
    row = session.get_one(CurriculumPlan, made.id)
    assert [(item.topic, item.sessions_needed) for item in row.items] == [("谈判", 3)]


def test_nobody_places_themselves_nor_in_the_future(school: School) -> None:
    first = level(school, 1, "新员工")
    with pytest.raises(Conflict, match="own-level"):
        place(school, school.keeper, first)
    with pytest.raises(Invalid):
        place(school, school.reader, first, date(2026, 11, 24))
    with pytest.raises(Denied), unit_of_work():
        actions.place_person(
            school.reader.id, actor=factories.actor(school.manager), level_id=first.id, since=date(2026, 1, 1)
        )


def test_the_latest_placement_holds(school: School) -> None:
    first, second = level(school, 1, "新员工"), level(school, 2, "骨干")
    place(school, school.reader, second, date(2026, 6, 1))
    place(school, school.reader, first, date(2025, 6, 1))
    assert progress(school.reader).level == second
    assert [row.level.name for row in queries.placements_of(school.reader.id)] == ["骨干", "新员工"]


# Who is ready


def test_who_has_had_passed_and_earned_all_is_ready(school: School) -> None:
    first, second = level(school, 1, "新员工"), level(school, 2, "骨干", needed=6)
    exam = school.exam(school.question())
    plan(school, second, ItemValues(school.subject.id, "选型", 1, exam.id))
    plan(school, second, ItemValues(school.subject.id, "扩张", 9), stage=Stage.EXPANSION)
    place(school, school.reader, first)
    assert (progress(school.reader).next, progress(school.reader).is_ready) == (second, False)
    school.training(school.reader)
    assert progress(school.reader).done == 0
    school.answer(exam, 1)
    now = progress(school.reader)
    assert (now.done, now.points, now.is_ready) == (1, 7, True)
    with unit_of_work():
        settings.put("curriculum.points_test", 1)
    assert (progress(school.reader).points, progress(school.reader).is_ready) == (3, False)
    place(school, school.reader, second, date(2026, 11, 1))
    assert (progress(school.reader).next, progress(school.reader).is_ready) == (None, False)


def test_points_count_what_happened_in_the_period_by_the_rule(school: School) -> None:
    school.training(school.reader, school.colleague)
    school.training(school.reader, starts_at=clock.now() - timedelta(days=400))
    school.training(absent=[school.reader], starts_at=clock.now() - timedelta(days=2))
    late = school.training(school.reader, starts_at=clock.now() - timedelta(days=3))
    with unit_of_work():
        person = (
            session.execute(select(TrainingPerson).where(TrainingPerson.session_id == late.id))
            .unique()
            .scalar_one()
        )
        person.presence = person.status = Presence.LATE
    found = points.points_of([school.reader.id, school.manager.id, school.leader.id], points.this_period())
    assert found[school.reader.id] == points.Points(sessions=2, total=3)
    assert found[school.manager.id] == points.Points(chaired=3, total=15)
    assert school.leader.id not in found


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        ("year", date(2026, 1, 1), date(2027, 1, 1)),
        ("half", date(2026, 7, 1), date(2027, 1, 1)),
        ("quarter", date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_the_period_of_points_is_that_of_the_setting(period: str, first: date, after: date) -> None:
    with unit_of_work():
        settings.put("curriculum.points_period", period)
    assert points.this_period().days == (first, after)


@given(
    day=st.dates(date(2000, 1, 1), date(2100, 12, 31)), period=st.sampled_from(["year", "half", "quarter"])
)
def test_every_day_lies_in_its_period(day: date, period: str) -> None:
    months = points.MONTHS[points.PointsPeriod(period)]
    first = (day.month - 1) // months * months + 1
    assert first <= day.month < first + months
    assert (first - 1) % months == 0


# Who has had what


def test_the_figure_equals_its_list_and_counts_the_head_of_the_company(school: School) -> None:
    school.training(school.reader, school.leader)
    period = indicators.this_month()
    figure = indicators.measure(["subjects-covered"], [period])["subjects-covered"][0]
    assert (figure.kept, figure.due) == (2, 5)
    rows = session.execute(indicators.exceptions(indicators.find("subjects-covered"), period)).all()  # type: ignore[arg-type]
    assert {row.person_id for row in rows} == {school.keeper.id, school.manager.id, school.colleague.id}
    assert {row.doc_type for row in rows} == {"training_record"}


@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=st.lists(
        st.tuples(
            st.integers(0, 4),
            st.integers(0, 1),
            st.integers(0, 800),
            st.sampled_from(list(Presence)),
            st.sampled_from([SessionStatus.COMPLETED, SessionStatus.WRAP_UP, SessionStatus.CANCELLED]),
        ),
        max_size=12,
    )
)
def test_after_any_history_each_week_equals_its_exceptions(school: School, history) -> None:
    with unit_of_work():
        for row in session.execute(select(TrainingPerson)).unique().scalars():
            session.delete(row)
        session.flush()
        for of in session.execute(select(TrainingSession)).unique().scalars():
            session.delete(of)
    if session.query(TrainingSubject).count() == 1:
        schools.subject("合同法务", 20)
    subjects = [row.id for row in queries.subjects()]
    people = [school.keeper, school.manager, school.leader, school.reader, school.colleague]
    had = []
    for number, (who, which, days, presence, status) in enumerate(history):
        of = school.training(
            people[who],
            subject_id=subjects[which],
            status=status,
            number=f"PX-{number}",
            starts_at=clock.now() - timedelta(days=days),
        )
        with unit_of_work():
            row = (
                session.execute(select(TrainingPerson).where(TrainingPerson.session_id == of.id))
                .unique()
                .scalar_one()
            )
            row.presence = row.status = presence
        if presence != Presence.ABSENT and status != SessionStatus.CANCELLED:
            had.append((people[who].id, subjects[which], clock.now() - timedelta(days=days)))
    periods = indicators.last_weeks(3)
    figures = indicators.measure(["subjects-covered"], periods)["subjects-covered"]
    indicator = indicators.find("subjects-covered")
    assert indicator is not None
    for period, figure in zip(periods, figures, strict=True):
        rows = session.execute(indicators.exceptions(indicator, period)).all()
        assert len(rows) == figure.exceptions
        until = period.close
        missing = {(row.person_id, row.subject_id) for row in rows}
        kept = {
            (person, subject) for person, subject, at in had if until - queries.covered_for() < at <= until
        }
        due = {(person.id, subject) for person in people for subject in subjects} if figure.due else set()
        assert missing == due - kept


# The pages


def test_the_matrix_shows_the_own_people_filters_and_leads_on(client: Client, school: School) -> None:
    school.training(school.reader)
    schools.subject("合同法务", 20)
    client.as_(school.reader).get("/curriculum/matrix")
    assert "孙晓" in client.page.text
    assert "陈志远" not in client.page.text
    client.as_(school.manager).get("/curriculum/matrix")
    assert all(name in client.page.text for name in ("孙晓", "陈志远", "产品知识", "合同法务"))
    assert "刘振华" not in client.page.text
    client.as_(school.leader).get("/curriculum/matrix")
    assert "刘振华" in client.page.text
    client.get(f"/curriculum/matrix?lacking={school.subject.id}")
    assert "孙晓" not in client.page.one("table").text
    client.get("/curriculum/matrix?lacking=abc&level=x&department=99999999999")
    client.get(f"/curriculum/matrix?department={school.department.id}&q=孙")
    assert "陈志远" not in client.page.one("table").text
    cell = f"/curriculum/people/{school.reader.id}/subjects/{school.subject.id}"
    assert client.page.all("a", href=cell)
    client.get(cell)
    assert "阀门选型培训" in client.page.text
    assert client.page.all("a", href="/training/topics/new")
    sheet = load_workbook(BytesIO(client.get("/curriculum/matrix?format=xlsx").get_data())).active
    assert sheet is not None
    heads = [str(cell.value) for row in sheet.iter_rows(max_row=3) for cell in row]
    assert "产品知识" in heads


def test_records_are_for_the_person_the_head_the_leader_and_personnel(client: Client, school: School) -> None:
    exam = school.exam(school.question())
    school.training(school.reader)
    school.answer(exam, 1)
    page = f"/curriculum/people/{school.reader.id}"
    elsewhere = factories.user("别的经理", "e9", factories.department("仓库"), [Role.MANAGER])
    for person, status in (
        (school.reader, 200),
        (school.manager, 200),
        (school.leader, 200),
        (school.keeper, 200),
        (school.colleague, 404),
        (elsewhere, 404),
    ):
        assert client.as_(person).get(page).status_code == status
        assert client.get(f"{page}/record.pdf").status_code == status
        assert client.get(f"{page}/subjects/{school.subject.id}").status_code == status
    client.as_(school.reader).get("/curriculum/mine")
    assert all(text in client.page.text for text in ("阀门选型培训", "产品知识测试", "100 分"))
    assert client.get(f"{page}/level").status_code == 403


def test_levels_plans_and_places_are_kept_by_personnel(client: Client, school: School) -> None:
    with unit_of_work():
        session.get_one(TrainingSubject, school.subject.id).key = "products"
        session.flush()
        catalogue.provide_subjects(actor=factories.actor(school.keeper))
    for address in ("/curriculum/levels/new", "/curriculum/plans/new", "/curriculum/templates/newcomer"):
        assert client.as_(school.manager).get(address).status_code == 403
    client.as_(school.keeper).get("/curriculum/levels/new")
    form = client.page.values("/curriculum/levels/new")
    assert client.post("/curriculum/levels/new", form).status_code == 422
    assert client.post("/curriculum/levels/new", {**form, "name": "新员工"}).status_code == 303
    first = session.query(CareerLevel).one()
    address = f"/curriculum/levels/{first.id}"
    client.get(address)
    change = client.page.values(address)
    assert client.post(address, {**change, "points_needed": "20"}).status_code == 303
    assert client.post(address, {**change, "points_needed": "30"}).status_code == 409
    template = "/curriculum/templates/newcomer"
    client.get(template)
    filled = client.page.values(template)
    assert filled["title"] == "新员工入职培养计划"
    assert [filled[f"sessions-{row}"] for row in range(6)] == ["1", "2", "1", "1", "1", "1"]
    assert client.post(template, {**filled, "sessions-0": "很多"}).status_code == 422
    assert client.page.values(template)["sessions-0"] == "很多"
    assert client.page.values(template)["topic-0"] == filled["topic-0"]
    assert client.post(template, filled).status_code == 303
    made = session.query(CurriculumPlan).one()
    assert len(made.items) == 6
    for person in (school.reader, school.keeper):
        client.as_(person).get(f"/curriculum/plans/{made.id}")
        assert "接待询价" in client.page.text
    edit = f"/curriculum/plans/{made.id}/edit"
    client.get(edit)
    values = client.page.values(edit)
    assert client.post(edit, {**values, "title": "改过的计划"}).status_code == 303
    assert client.post(edit, {**values, "title": "旧的"}).status_code == 409
    assert client.post(edit, {**values, "title": ""}).status_code == 422
    spot = f"/curriculum/people/{school.reader.id}/level"
    client.get(spot)
    level_form = client.page.values(spot)
    assert client.post(spot, {**level_form, "level_id": ""}).status_code == 422
    assert client.post(spot, {**level_form, "level_id": str(first.id)}).status_code == 303
    client.as_(school.manager).get("/curriculum/career")
    assert all(text in client.page.text for text in ("孙晓", "新员工", "接待询价"))
    for missing in ("/curriculum/plans/99", "/curriculum/people/99", "/curriculum/templates/none"):
        assert client.as_(school.keeper).get(missing).status_code == 404
    assert client.get("/curriculum/levels/99").status_code == 404


@pytest.mark.parametrize(
    "address", ["/curriculum", "/curriculum/matrix", "/curriculum/points", "/curriculum/career"]
)
def test_a_page_asks_the_same_for_one_and_for_thirty(
    client: Client, school: School, queries: Queries, address: str
) -> None:
    first = level(school, 1, "新员工")
    sent = []
    for count in (1, 29):
        for number in range(count):
            person = factories.user(f"员工{count}{number}", f"n{count}-{number}", school.department)
            place(school, person, first)
            school.training(person, number=f"PX-{count}-{number}")
            plan(school, first, ItemValues(school.subject.id, f"{count}-{number}"))
        client.as_(school.keeper).get(address)
        with queries() as asked:
            client.get(address)
        sent.append(len(asked))
    assert sent[0] == sent[1]


def test_templates_name_subjects_that_come_with_training() -> None:
    keys = {key for key, _name, _description in catalogue.DEFAULT_SUBJECTS}
    for template in templates.TEMPLATES:
        assert {item.subject_key for item in template.items} == keys


def test_off_means_gone(client: Client, school: School) -> None:
    with unit_of_work():
        settings.put("modules.preset", "essential")
    for address in ("/curriculum", "/curriculum/matrix", "/curriculum/mine", "/curriculum/career"):
        assert client.as_(school.keeper).get(address).status_code == 404
    assert indicators.find("subjects-covered") is None
