"""Who may do what: roles hold permissions, people hold roles in departments, delegation rides on the grants."""

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import permissions
from app.core.errors import Denied
from app.core.i18n import lazy
from app.core.permissions import SYSTEM, Actor, Grant, Role
from tests.core.letters import LetterPerm


def actor(*grants: Grant, matrix: dict[str, frozenset[Role]] | None = None) -> Actor:
    return Actor(1, "张三", "u1", grants, matrix=matrix or {})


def test_every_role_has_its_label():
    assert set(permissions.ROLE_LABELS) == set(Role) == permissions.EVERY_ROLE


def test_a_role_gives_its_permissions_in_its_departments_only():
    manager = actor(Grant(Role.MANAGER, frozenset({1, 2})))
    assert permissions.can(manager, LetterPerm.REVIEW, 1)
    assert permissions.can(manager, LetterPerm.REVIEW)
    assert not permissions.can(manager, LetterPerm.REVIEW, 3)
    assert permissions.departments_of(manager, LetterPerm.REVIEW) == {1, 2}


def test_a_role_without_department_reaches_the_whole_company():
    leader = actor(Grant(Role.MANAGER, frozenset({1})), Grant(Role.MANAGER))
    assert permissions.can(leader, LetterPerm.REVIEW, 99)
    assert permissions.departments_of(leader, LetterPerm.REVIEW) is None


def test_departments_of_several_roles_add_up_and_others_do_not_count():
    person = actor(
        Grant(Role.MANAGER, frozenset({1})), Grant(Role.BACK_OFFICE, frozenset({2})), Grant(Role.DRIVER, None)
    )
    assert permissions.departments_of(person, LetterPerm.SEND) == {1, 2}
    assert permissions.departments_of(person, LetterPerm.REVIEW) == {1}
    assert permissions.departments_of(actor(), LetterPerm.REVIEW) == frozenset()


def test_ones_own_right_comes_before_a_delegated_one():
    person = actor(Grant(Role.MANAGER, None, 9, "王经理"), Grant(Role.MANAGER, frozenset({1})))
    assert permissions.grant_for(person, LetterPerm.REVIEW, 1).on_behalf_of is None
    assert permissions.grant_for(person, LetterPerm.REVIEW, 2).on_behalf_of_name == "王经理"


def test_nobody_whose_hand_must_not_be_in_it_decides_not_even_through_a_deputy():
    deputy = actor(Grant(Role.MANAGER, None, 9, "王经理"))
    assert permissions.grant_for(deputy, LetterPerm.REVIEW, 1, frozenset({9})) is None
    assert permissions.grant_for(deputy, LetterPerm.REVIEW, 1, frozenset({1})) is None
    assert permissions.grant_for(deputy, LetterPerm.REVIEW, 1, frozenset({5})) is not None


def test_the_matrix_of_the_administrator_replaces_the_defaults():
    matrix = {str(LetterPerm.REVIEW): frozenset({Role.FINANCE})}
    assert permissions.can(actor(Grant(Role.FINANCE), matrix=matrix), LetterPerm.REVIEW)
    assert not permissions.can(actor(Grant(Role.MANAGER), matrix=matrix), LetterPerm.REVIEW)
    assert permissions.can(actor(Grant(Role.MANAGER), matrix=matrix), LetterPerm.SEND)
    assert not permissions.can(
        actor(Grant(Role.MANAGER), matrix={str(LetterPerm.REVIEW): frozenset()}), LetterPerm.REVIEW
    )


def test_no_matrix_gives_an_approval_to_the_administrator():
    matrix = {str(code): frozenset(Role) for code in LetterPerm}
    administrator = actor(Grant(Role.ADMINISTRATOR), matrix=matrix)
    assert not permissions.can(administrator, LetterPerm.REVIEW)
    assert permissions.can(administrator, LetterPerm.SEND)


def test_a_permission_without_label_is_a_mistake():
    class Half(StrEnum):
        ONE = "half:one"
        TWO = "half:two"

    with pytest.raises(ValueError, match="Half"):
        permissions.register_permissions(Half, {Half.ONE: (lazy("x"), ())})


def test_registered_permissions_know_their_label_and_whether_they_approve():
    info = permissions.permission_info(LetterPerm.REVIEW)
    assert (str(info.label), info.approval) == ("审核信函", True)
    assert not permissions.permission_info(LetterPerm.SEND).approval
    assert info in permissions.all_permissions()
    with pytest.raises(KeyError):
        permissions.permission_info("letters:unknown")


def test_the_system_never_approves():
    assert SYSTEM.is_system
    assert not permissions.can(SYSTEM, LetterPerm.REVIEW)
    assert not actor().is_system


def test_a_refusal_names_the_permission_and_whom_to_ask(manager, sales_department):
    with pytest.raises(Denied) as refusal:
        permissions.require(actor(), LetterPerm.REVIEW, sales_department.id)
    assert refusal.value.sentence() == "您没有“审核信函”的权限，请联系马经理"
    grant = Grant(Role.MANAGER)
    assert permissions.require(actor(grant), LetterPerm.REVIEW) is grant


def test_where_nobody_holds_it_the_administrator_is_named():
    assert permissions.who_may(LetterPerm.REVIEW) == "系统管理员"


grants = st.builds(
    Grant,
    st.sampled_from([Role.MANAGER, Role.BACK_OFFICE, Role.DRIVER, Role.ADMINISTRATOR]),
    st.none() | st.frozensets(st.integers(1, 4), max_size=3),
    st.none() | st.integers(1, 3),
)


@given(
    st.lists(grants, max_size=5).map(tuple),
    st.sampled_from(list(LetterPerm)),
    st.none() | st.integers(1, 4),
    st.frozensets(st.integers(1, 3), max_size=2),
    st.sampled_from([{}, {"letters:review": frozenset({Role.DRIVER, Role.ADMINISTRATOR})}]),
)
def test_a_grant_is_found_exactly_where_one_holds(held, permission, department, excluded, matrix):
    person = actor(*held, matrix=matrix)
    roles = permissions.roles_holding(permission, matrix)
    fitting = [
        grant
        for grant in held
        if grant.role in roles
        and (department is None or grant.departments is None or department in grant.departments)
        and grant.on_behalf_of not in excluded
    ]
    found = permissions.grant_for(person, permission, department, excluded)
    if 1 in excluded or not fitting:
        assert found is None
    else:
        assert found in fitting
        own = [grant for grant in fitting if grant.on_behalf_of is None]
        assert (found.on_behalf_of is None) == bool(own)
    assert permissions.can(person, permission, department) == (
        permissions.grant_for(person, permission, department) is not None
    )
    reached = permissions.departments_of(person, permission)
    if department is not None:
        assert permissions.can(person, permission, department) == (reached is None or department in reached)


@given(st.lists(grants, max_size=5).map(tuple), grants)
def test_one_more_grant_never_takes_a_right_away(held, more):
    for permission in LetterPerm:
        for department in (None, 1, 4):
            if permissions.can(actor(*held), permission, department):
                assert permissions.can(actor(*held, more), permission, department)
