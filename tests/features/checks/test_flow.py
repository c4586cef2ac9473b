"""The life of a check: who explains, who guides, when it may be closed, what stands in 待办, who sees it."""

import io
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, documents, search
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem
from app.core.files import check_upload, files_for
from app.core.notices import Notice
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.checks import queries
from app.features.checks.enums import CLAUSE_CHECK, CheckStatus
from app.features.checks.flow import FLOW
from app.features.checks.models import ClauseCheck
from app.features.people.models import User
from app.features.rules.models import RuleClause
from app.web import documents as files_of_documents
from tests import factories
from tests.features.checks import desk as checks
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk


@pytest.fixture
def desk() -> Desk:
    return rulebook.desk()


@pytest.fixture
def clause(desk: Desk) -> int:
    return checks.clause(rulebook.published(desk))


def waiting(check_id: int) -> list[tuple[str, int | None, str | None]]:
    return [(task.kind, task.user_id, task.permission) for task in open_tasks(CLAUSE_CHECK, check_id)]


def test_recorded_explained_guided_closed(desk: Desk, clause: int) -> None:
    number = checks.record(desk, clause)
    check = checks.load(number)
    assert (check.number, check.rule_title, check.clause_name) == (
        f"JC-{clock.today().year}-0001",
        "车辆管理办法",
        "第一条",
    )
    assert waiting(number) == [("check:explain", desk.reader.id, None)]
    assert session.execute(select(Notice.user_id).where(Notice.user_id == desk.reader.id)).first()
    checks.explained(desk, number)
    assert waiting(number) == [("check:guide", desk.manager.id, None)]
    check = checks.guided(desk, number)
    task = open_tasks(CLAUSE_CHECK, number)[0]
    assert (task.kind, task.user_id) == ("check:look-again", desk.manager.id)
    assert clock.to_local(task.due_at or clock.now()).date() == check.look_again_on
    with pytest.raises(Invalid) as missing:
        checks.step(desk, number, "close", "manager")
    assert list(missing.value.fields) == ["conclusion"]
    check = checks.step(desk, number, "close", "manager", conclusion="已做到")
    assert (check.status, check.conclusion) == ("closed", "已做到")
    assert waiting(number) == []


def test_what_conforms_is_closed_at_once_and_asks_nobody(desk: Desk, clause: int) -> None:
    number = checks.record(desk, clause, result="conforming")
    assert checks.load(number).status == CheckStatus.CLOSED
    assert waiting(number) == []
    assert queries.counts(session.get_one(RuleClause, clause).rule_id) == {clause: (1, 1)}
    checks.record(desk, clause)
    assert queries.counts(session.get_one(RuleClause, clause).rule_id) == {clause: (1, 2)}


def test_nobody_goes_on_before_the_person_was_heard_or_had_the_time(desk: Desk, clause: int) -> None:
    number = checks.record(desk, clause)
    for name in ("guide", "close"):
        with pytest.raises(Conflict) as early:
            checks.step(desk, number, name, "manager")
        assert "孙晓 还没有说明情况" in early.value.sentence()
    assert FLOW.open_steps(checks.load(number), desk.actor("manager")) == []
    with clock.frozen(clock.now() + timedelta(days=20)):
        assert [each.name for each in FLOW.open_steps(checks.load(number), desk.actor("manager"))] == [
            "guide",
            "close",
        ]
        assert checks.guided(desk, number).status == "guided"


@pytest.mark.parametrize("who", ["colleague", "manager", "leader", "other"])
def test_only_the_person_explains(desk: Desk, clause: int, who: str) -> None:
    number = checks.record(desk, clause)
    with pytest.raises(Denied) as denied:
        checks.explained(desk, number, who)
    assert "孙晓" in denied.value.sentence()


def test_the_person_never_decides_on_the_own_check(desk: Desk, clause: int) -> None:
    number = checks.record(desk, clause, "leader", subject_id=desk.manager.id)
    checks.explained(desk, number, "manager")
    with pytest.raises(Denied):
        checks.guided(desk, number)
    assert FLOW.open_steps(checks.load(number), desk.actor("manager")) == []
    assert checks.step(desk, number, "close", "leader", conclusion="说明属实").status == "closed"


def test_a_department_is_explained_for_by_who_speaks_for_it_but_not_by_the_recorder(
    desk: Desk, clause: int
) -> None:
    number = checks.record(desk, clause, "leader", subject_id=None, department_id=desk.department.id)
    assert waiting(number) == [("check:explain", None, "checks:check:explain")]
    with pytest.raises(Denied):
        checks.explained(desk, number, "reader")
    assert checks.explained(desk, number, "manager").explained_by_id == desk.manager.id
    with pytest.raises(Conflict) as nobody:
        checks.record(desk, clause, "manager", subject_id=None, department_id=desk.department.id)
    assert nobody.value.code == "check:nobody-explains"
    assert len(session.execute(select(ClauseCheck.id)).all()) == 1


def test_empty_texts_and_past_days_come_back_at_their_fields(desk: Desk, clause: int) -> None:
    number = checks.record(desk, clause)
    with pytest.raises(Invalid) as empty:
        checks.step(desk, number, "explain", "reader", explanation="  ")
    assert list(empty.value.fields) == ["explanation"]
    checks.explained(desk, number)
    with pytest.raises(Invalid) as bare:
        checks.step(desk, number, "guide", "manager", agreed="", look_again_on=clock.today())
    assert set(bare.value.fields) == {"agreed", "look_again_on"}
    fine = checks.load(checks.record(desk, clause, result="conforming"))
    for name, who in (("explain", "reader"), ("guide", "manager")):
        with pytest.raises(Conflict):
            FLOW.check_possible(fine, name, desk.actor(who))
        problem = FLOW.step(name).ready
        assert problem is not None
        refused = problem(fine, desk.actor(who), {})
        assert refused is not None
        assert refused.code == "check:conforms"


def test_wrong_values_are_told_at_their_fields(desk: Desk, clause: int) -> None:
    leaver = factories.user("离职者", "x1", desk.department, [], active=False)
    wrong = (
        ({"subject_id": None}, "subject_id"),
        ({"department_id": desk.department.id}, "subject_id"),
        ({"subject_id": desk.manager.id}, "subject_id"),
        ({"subject_id": leaver.id}, "subject_id"),
        ({"subject_id": desk.leader.id}, "subject_id"),
        ({"subject_id": None, "department_id": 999}, "department_id"),
        ({"result": "good"}, "result"),
        ({"note": " "}, "note"),
        ({"photo": check_upload("a.txt", io.BytesIO(b"text"))}, "file"),
    )
    for changed, name in wrong:
        with pytest.raises(Invalid) as problem:
            checks.record(desk, clause, **changed)
        assert name in problem.value.fields, changed
    with pytest.raises(Denied):
        checks.record(desk, clause, subject_id=desk.other.id)
    with pytest.raises(Denied):
        checks.record(desk, clause, "reader", subject_id=desk.colleague.id)
    with pytest.raises(Conflict) as gone:
        checks.record(desk, 999)
    assert gone.value.code == "check:not-in-force"


def test_names_and_photos_are_for_few_everywhere(desk: Desk, clause: int) -> None:
    h = checks.personnel(desk)
    number = checks.record(desk, clause, photo=rulebook.picture())
    photo = files_for(CLAUSE_CHECK, number)[0]
    assert photo.legal_hold
    actors = {name: desk.actor(name) for name in ("manager", "leader", "reader", "colleague", "other")}
    actors["personnel"] = factories.actor(session.get_one(User, h.id))
    for name, actor in actors.items():
        sees = name in ("manager", "leader", "reader", "personnel")
        found = [group for group in search.find(actor, "车钥匙") if group.hits]
        assert bool(found) == sees, name
        assert documents.is_visible(actor, CLAUSE_CHECK, number) == sees, name
        assert files_of_documents.may_read(actor, photo) == sees, name
        if not sees:
            with pytest.raises(NotVisible):
                queries.get_check(actor, number)


def test_a_stranger_recorder_keeps_seeing_what_they_recorded(desk: Desk, clause: int) -> None:
    number = checks.record(desk, clause)
    with unit_of_work():
        checks.load(number).department_id = desk.elsewhere.id
    assert queries.get_check(desk.actor("manager"), number).id == number


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    walk=st.lists(
        st.tuples(
            st.sampled_from(["explain", "guide", "close"]),
            st.sampled_from(["manager", "leader", "reader", "colleague"]),
            st.integers(0, 5),
        ),
        max_size=8,
    ),
    conforming=st.booleans(),
)
def test_whatever_is_tried_the_tasks_are_those_of_the_state(
    desk: Desk, clause: int, walk: list[tuple[str, str, int]], conforming: bool
) -> None:
    number = checks.record(desk, clause, result="conforming" if conforming else "deviating")
    moment = clock.now()
    for name, who, days in walk:
        moment += timedelta(days=days)
        with clock.frozen(moment):
            try:
                check = checks.step(
                    desk,
                    number,
                    name,
                    who,
                    explanation="说明",
                    agreed="做法",
                    conclusion="结果",
                    look_again_on=clock.today() + timedelta(days=1),
                )
            except Problem:
                continue
            assert who != "colleague"
            wanted = [(want.kind, want.user_id) for want in FLOW.wanted_tasks(check)]
            assert [(kind, user) for kind, user, _permission in waiting(number)] == wanted
    assert (checks.load(number).closed_at is not None) == (checks.load(number).status == "closed")
