"""待办: written by the steps that open and close them, resolved to people on reading."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, permissions, tasks
from app.core.db import session
from app.core.permissions import Actor, Grant, Role
from app.core.tasks import Task, WantedTask
from app.core.uow import unit_of_work
from tests import factories
from tests.core.letters import LetterPerm


def sync(*wanted: WantedTask, doc_id: int = 1) -> None:
    with unit_of_work():
        tasks.sync("letter", doc_id, wanted)


def open_now(doc_id: int = 1) -> list[Task]:
    return tasks.open_tasks("letter", doc_id)


def seen_by(actor: Actor) -> set[int]:
    return {task.doc_id for task in session.execute(tasks.addressed_to(actor)).scalars()}


def test_kinds_have_labels():
    assert str(tasks.kind_label("letter:review")) == "审核信函"
    assert "letter:review" in [kind.code for kind in tasks.registered_kinds()]
    with pytest.raises(KeyError):
        tasks.kind_label("letter:unknown")


def test_the_open_tasks_become_the_wanted_ones(salesperson, at):
    first = at(2026, 11, 23, 9)
    mine = WantedTask("letter:send", user_id=salesperson.id)
    theirs = WantedTask("letter:review", permission=LetterPerm.REVIEW)
    sync(mine, theirs)
    kept = open_now()[0].id
    later = at(2026, 11, 23, 10)
    sync(mine)
    assert [(task.id, task.opened_at, task.closed_at) for task in open_now()] == [(kept, first, None)]
    assert session.execute(select(Task.closed_at).where(Task.kind == "letter:review")).scalar_one() == later
    sync()
    assert open_now() == []


def test_a_moved_deadline_keeps_the_task(salesperson, at):
    moment = at(2026, 11, 23, 9)
    sync(WantedTask("letter:send", user_id=salesperson.id))
    (before,) = open_now()
    identity = before.id
    sync(WantedTask("letter:send", user_id=salesperson.id, due_at=moment))
    assert [(task.id, task.due_at) for task in open_now()] == [(identity, moment)]


def test_the_same_task_wanted_twice_is_open_twice(salesperson):
    wanted = WantedTask("letter:send", user_id=salesperson.id)
    sync(wanted, wanted)
    assert len(open_now()) == 2
    sync(wanted)
    assert len(open_now()) == 1


def test_a_task_for_a_person_is_seen_by_that_person(salesperson, manager):
    sync(WantedTask("letter:send", user_id=salesperson.id))
    assert seen_by(factories.actor(salesperson)) == {1}
    assert seen_by(factories.actor(manager)) == set()
    assert tasks.people_for(open_now()[0]) == [salesperson.id]


def test_a_task_for_a_permission_follows_role_department_and_delegation(
    manager, salesperson, technician, sales_department
):
    other = factories.department("采购部")
    sync(WantedTask("letter:review", permission=LetterPerm.REVIEW, department_id=sales_department.id))
    sync(WantedTask("letter:review", permission=LetterPerm.REVIEW, department_id=other.id), doc_id=2)
    sync(WantedTask("letter:review", permission=LetterPerm.REVIEW), doc_id=3)
    assert seen_by(factories.actor(manager)) == {1, 3}
    assert seen_by(factories.actor(salesperson)) == set()
    factories.delegation(manager, technician)
    assert seen_by(factories.actor(technician)) == {1, 3}
    assert set(tasks.people_for(open_now()[0])) == {manager.id, technician.id}
    chief = factories.user(roles=[Role.MANAGER])
    assert seen_by(factories.actor(chief)) == {1, 2, 3}


def test_nobody_sees_the_decision_on_their_own_document_nor_does_their_deputy(
    manager, technician, sales_department
):
    sync(
        WantedTask(
            "letter:review",
            permission=LetterPerm.REVIEW,
            department_id=sales_department.id,
            excluded_user_id=manager.id,
        )
    )
    factories.delegation(manager, technician)
    assert seen_by(factories.actor(manager)) == set()
    assert seen_by(factories.actor(technician)) == set()
    assert tasks.people_for(open_now()[0]) == []
    second = factories.user(name="副经理", department=sales_department, roles=[Role.MANAGER])
    assert seen_by(factories.actor(second)) == {1}
    assert tasks.people_for(open_now()[0]) == [second.id]


def test_closed_tasks_are_seen_by_nobody(salesperson):
    sync(WantedTask("letter:send", user_id=salesperson.id))
    sync()
    assert seen_by(factories.actor(salesperson)) == set()


wanted_tasks = st.builds(
    WantedTask,
    st.sampled_from(["letter:review", "letter:send"]),
    permission=st.sampled_from([None, "letters:review", "letters:send"]),
    user_id=st.sampled_from([None, 1, 2]),
    department_id=st.sampled_from([None, 1, 2]),
    excluded_user_id=st.sampled_from([None, 1, 2]),
)
grants = st.builds(
    Grant,
    st.sampled_from([Role.MANAGER, Role.BACK_OFFICE, Role.DRIVER]),
    st.none() | st.frozensets(st.integers(1, 2), max_size=2),
    st.none() | st.just(2),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(wanted_tasks, max_size=5),
    st.lists(wanted_tasks, max_size=5),
    st.lists(grants, max_size=3).map(tuple),
)
def test_the_list_holds_exactly_what_the_guard_would_let_one_do(first, second, held):
    if factories.session.get(factories.User, 1) is None:
        for number in (1, 2):
            factories.department(f"部门{number}")
            factories.user(f"人{number}")
    sync(*first)
    sync(*second)
    shape = sorted(
        (
            task.kind,
            task.user_id or 0,
            task.permission or "",
            task.department_id or 0,
            task.excluded_user_id or 0,
        )
        for task in open_now()
    )
    assert shape == sorted(
        (
            want.kind,
            want.user_id or 0,
            want.permission or "",
            want.department_id or 0,
            want.excluded_user_id or 0,
        )
        for want in second
    )
    actor = Actor(1, "人1", grants=held)

    def may_act(task: Task) -> bool:
        if task.excluded_user_id == 1:
            return False
        if task.user_id == 1:
            return True
        if task.permission is None:
            return False
        excluded = frozenset({task.excluded_user_id}) - {None}
        return permissions.grant_for(actor, task.permission, task.department_id, excluded) is not None

    seen = {task.id for task in session.execute(tasks.addressed_to(actor)).scalars()}
    assert seen == {task.id for task in open_now() if may_act(task)}


def test_tasks_open_at_the_clock_of_the_step(salesperson, at):
    moment = at(2026, 11, 23, 9)
    sync(WantedTask("letter:send", user_id=salesperson.id))
    assert open_now()[0].opened_at == moment == clock.now()
