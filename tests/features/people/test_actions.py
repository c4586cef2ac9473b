"""What happens to accounts, roles, departments and delegations, and who may do it."""

from datetime import date

import pytest
from sqlalchemy import delete, func, literal, select

from app.core import timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale
from app.core.i18n import lazy
from app.core.permissions import SYSTEM, Role
from app.core.tasks import Task
from app.core.uow import unit_of_work
from app.features.people import actions, directory, leaving, locked, queries
from app.features.people.enums import PeopleVerb
from app.features.people.models import Delegation, Department, RoleAssignment, User
from tests import factories

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def now(at):
    return at(2026, 11, 23, 9, 41)


@pytest.fixture
def admin(administrator):
    return factories.actor(administrator)


@pytest.fixture
def personnel():
    return factories.actor(factories.user(name="人事", staff_number="h1", roles=[Role.PEOPLE]))


def verbs(doc_type: str, doc_id: int) -> list[str]:
    return [event.verb for event in timeline.events_for(doc_type, doc_id)]


def create(actor, **values):
    fields = {"staff_number": "n1", "name": "新同事", "password_hash": "x", **values}
    with unit_of_work():
        return actions.create_user(**fields, actor=actor)


def test_an_account_is_opened_with_its_event(personnel):
    user = create(personnel, name=" 新同事 ")
    assert (user.name, user.must_change_password, user.active) == ("新同事", True, True)
    assert verbs("user", user.id) == [PeopleVerb.CREATE]
    assert timeline.describe(timeline.events_for("user", user.id)[0]) == "开通账号：新同事"


def test_the_system_opens_accounts_before_anybody_holds_a_role():
    assert create(SYSTEM).id


@pytest.mark.parametrize("number", ["S1", "s1", " s1 "])
def test_a_staff_number_is_given_once_whatever_its_case(personnel, salesperson, number):
    with pytest.raises(Invalid) as refusal:
        create(personnel, staff_number=number)
    assert list(refusal.value.fields) == ["staff_number"]


def test_only_management_touches_accounts(salesperson, manager):
    actor = factories.actor(manager)
    attempts = [
        lambda: actions.create_user(staff_number="n1", name="x", password_hash="x", actor=actor),
        lambda: actions.edit_user(salesperson, {"name": "x"}, version=None, actor=actor),
        lambda: actions.edit_own(salesperson, {"phone": "x"}, version=None, actor=actor),
        lambda: actions.reset_password(salesperson, password_hash="x", actor=actor),
        lambda: actions.change_password(salesperson, password_hash="x", actor=actor),
        lambda: actions.sign_out_everywhere(salesperson, actor=actor),
        lambda: actions.deactivate(salesperson, version=None, actor=actor),
        lambda: actions.activate(salesperson, version=None, actor=actor),
        lambda: actions.assign_role(salesperson, Role.MANAGER, actor=actor),
        lambda: actions.create_department(name="x", parent_id=None, actor=actor),
    ]
    for attempt in attempts:
        with pytest.raises(Denied), unit_of_work():
            attempt()
    assert session.execute(select(func.count()).select_from(timeline.Event)).scalar_one() == 0


def test_personnel_neither_resets_passwords_nor_gives_roles(personnel, administrator):
    for attempt in (
        lambda: actions.reset_password(administrator, password_hash="x", actor=personnel),
        lambda: actions.assign_role(administrator, Role.SALESPERSON, actor=personnel),
        lambda: actions.deactivate(administrator, version=None, actor=personnel),
    ):
        with pytest.raises(Denied), unit_of_work():
            attempt()


def test_editing_records_old_and_new_but_no_voluntary_value(personnel, salesperson, sales_department):
    team = factories.department("华东组", sales_department)
    with unit_of_work():
        actions.edit_user(
            salesperson,
            {"position": "业务经理", "department_id": team.id, "phone": "139", "email": "a@b.cn"},
            version=salesperson.version,
            actor=personnel,
        )
    event = timeline.events_for("user", salesperson.id)[0]
    assert event.data["changes"] == [
        ["position", "", "业务经理"],
        ["department_id", "销售部", "华东组"],
        ["phone", "", ""],
        ["email", "", ""],
    ]
    assert [row[0] for row in timeline.describe_changes(event)] == ["职务", "部门", "电话", "邮箱"]


def test_saving_without_change_leaves_no_event(personnel, salesperson):
    version = salesperson.version
    with unit_of_work():
        actions.edit_user(
            salesperson, {"name": "孙晓", "staff_number": "s1"}, version=version, actor=personnel
        )
    assert verbs("user", salesperson.id) == []
    assert salesperson.version == version


def test_an_old_form_is_stale(personnel, salesperson):
    with pytest.raises(Stale), unit_of_work():
        actions.edit_user(salesperson, {"name": "x"}, version=salesperson.version - 1, actor=personnel)


def test_only_declared_fields_can_be_edited(personnel, salesperson):
    with pytest.raises(ValueError, match="password_hash"), unit_of_work():
        actions.edit_user(salesperson, {"password_hash": "x"}, version=None, actor=personnel)


def test_nobody_closes_their_own_account(administrator, admin):
    with pytest.raises(Conflict), unit_of_work():
        actions.deactivate(administrator, version=None, actor=admin)


def test_a_leaver_hands_over_first(admin, salesperson):
    with unit_of_work():
        session.add(Task(doc_type="inquiry", doc_id=1, kind="x", user_id=salesperson.id))
    with pytest.raises(Conflict) as refusal, unit_of_work():
        actions.deactivate(salesperson, version=None, actor=admin)
    assert refusal.value.sentence() == "请先移交再停用账号：还有 1 件待办"
    with unit_of_work():
        session.execute(select(Task)).scalar_one().closed_at = factories.clock.now()
    with unit_of_work():
        actions.deactivate(salesperson, version=None, actor=admin)
    assert not salesperson.active


def test_other_features_add_their_own_checks_for_leavers(salesperson, monkeypatch):
    monkeypatch.setattr(leaving, "leaver_checks", [])
    assert leaving.open_matters(salesperson.id) == []
    for count in (3, 0):
        leaving.register_leaver_check(
            leaving.LeaverCheck(
                lambda _, count=count: select(literal(count)), lazy("%(count)s 客户"), "/c/%(user)s"
            )
        )
    [found] = leaving.open_matters(salesperson.id)
    assert found == leaving.OpenMatter("3 客户", f"/c/{salesperson.id}")


def test_a_person_comes_back_with_the_roles_still_in_force(admin, salesperson):
    with unit_of_work():
        actions.deactivate(salesperson, version=None, actor=admin)
    with unit_of_work():
        actions.activate(salesperson, version=None, actor=admin)
    assert [grant.role for grant in factories.actor(salesperson).grants] == [Role.SALESPERSON]


def assign(user, role, actor, **values):
    with unit_of_work():
        return actions.assign_role(user, role, actor=actor, **values)


def test_a_role_begins_today_unless_told_otherwise(admin, outsider, sales_department):
    row = assign(outsider, Role.MANAGER, admin, department_id=sales_department.id)
    assert (row.from_date, row.to_date, row.role) == (TODAY, None, "manager")
    event = timeline.events_for("user", outsider.id)[0]
    assert timeline.describe(event) == "分配角色：部门经理（销售部）"
    company = assign(outsider, Role.TECHNICAL, admin)
    assert company.department_id is None
    assert timeline.describe(timeline.events_for("user", outsider.id)[0]) == "分配角色：技术部（全公司）"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.LEADER, Role.SEAL_KEEPER])
def test_an_administrator_never_reaches_for_deciding_roles_himself(administrator, admin, role):
    with pytest.raises(Denied), unit_of_work():
        actions.assign_role(administrator, role, actor=admin)
    assign(administrator, Role.DRIVER, admin)


def test_another_administrator_may_give_them(administrator):
    other = factories.actor(factories.user(roles=[Role.ADMINISTRATOR]))
    assert assign(administrator, Role.MANAGER, other).id


@pytest.mark.parametrize(
    ("values", "field"),
    [({"to_date": date(2026, 11, 22)}, "to_date"), ({"department_id": 999}, "department_id")],
)
def test_a_role_that_makes_no_sense_is_refused(admin, outsider, values, field):
    with pytest.raises(Invalid) as refusal:
        assign(outsider, Role.MANAGER, admin, **values)
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize(
    ("first", "second"), [(Role.SEAL_MANAGER, Role.SEAL_AUDITOR), (Role.SEAL_AUDITOR, Role.SEAL_MANAGER)]
)
def test_seal_manager_and_auditor_are_two_people(admin, outsider, first, second):
    assign(outsider, first, admin, to_date=date(2026, 12, 31))
    with pytest.raises(Invalid) as refusal:
        assign(outsider, second, admin)
    assert "同一人不能既是" in str(refusal.value.fields["role"])
    assert assign(outsider, second, admin, from_date=date(2027, 1, 1)).id


def test_the_locked_pair_cannot_come_about_by_delegation(admin, outsider, manager):
    assign(outsider, Role.SEAL_MANAGER, admin)
    assign(manager, Role.SEAL_AUDITOR, admin)
    with pytest.raises(Invalid) as refusal:
        delegate(outsider, manager)
    assert list(refusal.value.fields) == ["to_user_id"]
    third = factories.user(name="第三人")
    delegate(outsider, third)
    with pytest.raises(Invalid):
        assign(third, Role.SEAL_AUDITOR, admin)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ((1, 5), (5, 9), True),
        ((1, 4), (5, 9), False),
        ((1, None), (5, 9), True),
        ((6, 9), (1, 5), False),
        ((1, 2), (1, None), True),
    ],
)
def test_spans_that_share_a_day_overlap(one, other, shared):
    days = [date(2026, 1, day) if day else None for day in (*one, *other)]
    assert locked.overlap(*days) is shared


def end(row, actor):
    with unit_of_work():
        actions.end_role(row, actor=actor)


def test_a_role_ends_with_yesterday_and_one_begun_today_is_taken_away(admin, salesperson, outsider):
    row = session.execute(select(RoleAssignment).where(RoleAssignment.user_id == salesperson.id)).scalar_one()
    end(row, admin)
    assert row.to_date == date(2026, 11, 22)
    assert factories.actor(salesperson).grants == ()
    with pytest.raises(Conflict):
        end(row, admin)
    end(assign(outsider, Role.DRIVER, admin), admin)
    assert queries.roles_of(outsider.id) == []
    assert verbs("user", outsider.id) == [PeopleVerb.END_ROLE, PeopleVerb.ASSIGN_ROLE]


def test_the_last_administrator_stays(admin, administrator):
    row = session.execute(
        select(RoleAssignment).where(RoleAssignment.user_id == administrator.id)
    ).scalar_one()
    with pytest.raises(Conflict):
        end(row, admin)
    factories.user(roles=[Role.ADMINISTRATOR])
    end(row, admin)


def department(name, parent_id, actor):
    with unit_of_work():
        return actions.create_department(name=name, parent_id=parent_id, actor=actor)


def test_departments_form_a_tree_without_circles(admin):
    top = department("公司", None, admin)
    middle = department("销售部", top.id, admin)
    low = department("华东组", middle.id, admin)
    with pytest.raises(Invalid) as refusal, unit_of_work():
        actions.move_department(top, parent_id=low.id, actor=admin)
    assert list(refusal.value.fields) == ["parent_id"]
    with unit_of_work():
        actions.move_department(low, parent_id=top.id, actor=admin)
    assert [(node.name, node.depth) for node in queries.departments()] == [
        ("公司", 0),
        ("华东组", 1),
        ("销售部", 1),
    ]
    assert verbs("department", low.id) == [PeopleVerb.DEPARTMENT_EDIT, PeopleVerb.DEPARTMENT_CREATE]


def test_a_department_below_a_missing_one_is_refused(admin):
    with pytest.raises(Invalid):
        department("孤儿", 99, admin)


def test_renaming_to_the_same_name_changes_nothing(personnel, sales_department):
    with unit_of_work():
        actions.edit_department(
            sales_department, name="销售部", parent_id=None, version=sales_department.version, actor=personnel
        )
    assert verbs("department", sales_department.id) == []


def test_moving_a_department_moves_rights_and_is_for_administrators(personnel, sales_department):
    top = department("公司", None, personnel)
    with pytest.raises(Denied), unit_of_work():
        actions.move_department(sales_department, parent_id=top.id, actor=personnel)


def delegate(giver, taker, first=TODAY, last=TODAY, note=""):
    with unit_of_work():
        return actions.delegate(
            to=taker, from_date=first, to_date=last, actor=factories.actor(giver), note=note
        )


def test_a_delegation_tells_the_deputy(manager, salesperson):
    row = delegate(manager, salesperson, note=" 出差 ")
    assert (row.from_user_id, row.to_user_id, row.note) == (manager.id, salesperson.id, "出差")
    assert (
        timeline.describe(timeline.events_for("user", manager.id)[0])
        == "委托孙晓代办，2026-11-23 至 2026-11-23"
    )


def test_nobody_delegates_to_himself_or_to_someone_who_left(manager):
    gone = factories.user(name="已离职", active=False)
    for taker in (manager, gone):
        with pytest.raises(Invalid):
            delegate(manager, taker)
    with pytest.raises(Denied), unit_of_work():
        actions.delegate(
            to=gone, from_date=TODAY, to_date=TODAY, actor=factories.actor(factories.user(name="无角色"))
        )


def test_a_delegation_is_taken_back_by_either_side_or_an_administrator(
    admin, manager, salesperson, technician
):
    for person in (factories.actor(manager), factories.actor(salesperson), admin):
        row = delegate(manager, salesperson)
        with pytest.raises(Denied), unit_of_work():
            actions.revoke_delegation(row, actor=factories.actor(technician))
        with unit_of_work():
            actions.revoke_delegation(row, actor=person)
        with pytest.raises(Conflict), unit_of_work():
            actions.revoke_delegation(row, actor=person)


def test_a_missing_person_is_not_found():
    with pytest.raises(NotVisible):
        actions._user(99)


def test_grants_reach_the_departments_below_where_asked(admin):
    top = department("公司", None, admin)
    low = department("华东组", department("销售部", top.id, admin).id, admin)
    wide, narrow = factories.user(name="宽"), factories.user(name="窄")
    factories.role(wide, Role.MANAGER, top)
    factories.role(narrow, Role.MANAGER, top, with_children=False)
    assert low.id in factories.actor(wide).grants[0].departments
    assert factories.actor(narrow).grants[0].departments == {top.id}


def test_grants_hold_on_their_days_only(outsider, at):
    factories.role(outsider, Role.DRIVER, from_date=date(2026, 11, 24), to_date=date(2026, 11, 25))
    found = []
    for day in (23, 24, 25, 26):
        at(2026, 11, day, 12)
        found.append(len(factories.actor(outsider).grants))
    assert found == [0, 1, 1, 0]


def test_delegated_grants_name_their_giver_come_last_and_are_not_passed_on(manager, salesperson, technician):
    delegate(manager, salesperson)
    delegate(salesperson, technician)
    own, lent = factories.actor(salesperson).grants
    assert (own.role, own.on_behalf_of) == (Role.SALESPERSON, None)
    assert (lent.role, lent.on_behalf_of, lent.on_behalf_of_name) == (Role.MANAGER, manager.id, "马经理")
    assert {grant.role for grant in factories.actor(technician).grants} == {Role.TECHNICAL, Role.SALESPERSON}


def test_a_delegation_ends_with_its_day_when_revoked_or_when_its_giver_leaves(manager, salesperson, at):
    row = delegate(manager, salesperson)
    assert len(factories.actor(salesperson).grants) == 2
    with unit_of_work():
        session.get(User, manager.id).active = False
    assert len(factories.actor(salesperson).grants) == 1
    with unit_of_work():
        session.get(User, manager.id).active = True
        session.get(Delegation, row.id).revoked_at = factories.clock.now()
    assert len(factories.actor(salesperson).grants) == 1
    delegate(manager, salesperson)
    at(2026, 11, 24, 0, 1)
    assert len(factories.actor(salesperson).grants) == 1


def test_an_actor_is_read_once_and_again_after_a_change_of_roles(manager, salesperson, queries):
    delegate(manager, salesperson)
    number = salesperson.id
    session.rollback()
    session.info.clear()
    with queries() as first:
        known = directory.account_of(number).actor
    assert len(first) <= 5, first
    session.rollback()
    session.info.clear()
    with queries() as second:
        assert directory.account_of(number).actor == known
    assert len(second) == 1, second
    with unit_of_work():
        session.execute(delete(Delegation))
    assert len(directory.account_of(number).actor.grants) < len(known.grants)


def test_an_actor_is_found_by_staff_number(salesperson):
    assert directory.actor_by_number("s1").id == salesperson.id


def test_holders_are_found_by_department_with_deputies(
    admin, manager, salesperson, sales_department, technician
):
    people = directory.PeopleDirectory()
    other = department("采购部", None, admin)
    from app.features.people.enums import PeoplePerm  # optional

    with unit_of_work():
        directory.settings.put(directory.MATRIX, {"people:manage": ["manager"]})
    assert [person.name for person in people.holders(PeoplePerm.MANAGE, sales_department.id)] == ["马经理"]
    assert people.holders(PeoplePerm.MANAGE, other.id) == []
    delegate(manager, technician)
    names = {person.name for person in people.holders(PeoplePerm.MANAGE, None)}
    assert names == {"马经理", "李工"}
    with unit_of_work():
        session.get(User, manager.id).active = False
    assert people.holders(PeoplePerm.MANAGE, None) == []


def test_people_are_named_also_after_they_left(salesperson):
    gone = factories.user(name="已离职", active=False)
    found = directory.PeopleDirectory().people([salesperson.id, gone.id, 99])
    assert {person.name: person.active for person in found.values()} == {"孙晓": True, "已离职": False}
    assert directory.PeopleDirectory().people([]) == {}


def test_a_circle_in_the_data_does_not_hang():
    assert directory.subtree({1: 2, 2: 1}, 1) == {1, 2}


def test_choices_of_people_tell_namesakes_apart(salesperson):
    factories.user(name="孙晓", staff_number="s9")
    factories.user(name="李四", staff_number="u4")
    assert [name for _id, name in queries.active_people(exclude=None)] == ["孙晓（s1）", "孙晓（s9）", "李四"]


def test_delegations_know_their_state(manager, salesperson, at):
    running = delegate(manager, salesperson)
    coming = delegate(manager, salesperson, date(2026, 12, 1), date(2026, 12, 2))
    taken_back = delegate(manager, salesperson)
    with unit_of_work():
        actions.revoke_delegation(taken_back, actor=factories.actor(manager))
    states = {row.id: row.state for row in queries.delegations_of(manager.id)}
    assert states == {running.id: "running", coming.id: "coming", taken_back.id: "revoked"}
    assert [row.id for row in queries.running_delegations(salesperson.id)] == [running.id]
    at(2027, 1, 1, 9)
    assert {row.state for row in queries.delegations_of(manager.id)} == {"over", "revoked"}
    with pytest.raises(Conflict), unit_of_work():
        actions.revoke_delegation(running, actor=factories.actor(manager))


def test_visible_people_depend_on_who_asks(administrator, salesperson, outsider):
    gone = factories.user(name="已离职", active=False)

    def seen(person):
        return set(session.execute(queries.visible_to(factories.actor(person))).scalars())

    assert gone.id in seen(administrator)
    assert gone.id not in seen(salesperson)
    assert outsider.id in seen(salesperson)
    assert seen(outsider) == {outsider.id}
    assert queries.visible_user(factories.actor(outsider), salesperson.id) is None


def test_departments_that_are_closed_vanish_from_the_tree(sales_department):
    with unit_of_work():
        session.get(Department, sales_department.id).active = False
    assert queries.departments() == []


def test_a_person_reads_as_their_name(salesperson):
    assert str(salesperson) == "孙晓"
