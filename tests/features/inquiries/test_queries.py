"""Who sees which inquiry, and how much of it."""

import pytest

from app.core.db import session
from app.core.errors import NotVisible
from app.core.permissions import SYSTEM, Role
from app.features.inquiries import queries
from app.features.inquiries.models import Inquiry
from tests import factories
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff


@pytest.fixture
def staff() -> Staff:
    return Staff()


def ids(person) -> set[int]:  # type: ignore[no-untyped-def]
    return set(session.execute(queries.visible_ids(factories.actor(person))).scalars())


def test_the_owner_the_department_and_the_company_see_an_inquiry(staff: Staff) -> None:
    mine = making.inquiry(staff.owner)
    theirs = making.inquiry(staff.colleague, of=making.customer(staff.colleague))
    assert ids(staff.owner) == {mine.id}
    for person in (staff.manager, staff.leader, staff.administrator, staff.back_office):
        assert ids(person) == {mine.id, theirs.id}
    for person in (staff.stranger_manager, staff.technician, staff.buyer, staff.outsider):
        assert ids(person) == set()


def test_a_manager_sees_the_teams_below(staff: Staff) -> None:
    team = factories.department("一组", parent=staff.sales)
    person = factories.user(name="组员", roles=[Role.SALESPERSON], department=team)
    inquiry = making.inquiry(person)
    assert inquiry.id in ids(staff.manager)


def test_a_delegate_sees_what_the_absent_manager_sees(staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    factories.delegation(staff.manager, staff.stranger_manager)
    assert ids(staff.stranger_manager) == {inquiry.id}


def test_the_system_owns_nothing_and_sees_nothing(staff: Staff) -> None:
    making.inquiry(staff.owner)
    assert session.execute(queries.visible_to(SYSTEM)).unique().all() == []
    assert not queries.sight(session.query(Inquiry).one(), SYSTEM).any


@pytest.mark.parametrize("status", ["draft", "reported", "declined"])
def test_before_the_decision_lines_are_nobodys(staff: Staff, status: str) -> None:
    inquiry = making.bring_to(staff, status)
    seen = queries.sight(inquiry, factories.actor(staff.technician))
    assert not seen.any
    with pytest.raises(NotVisible):
        queries.get(factories.actor(staff.technician), inquiry.id)


def test_each_department_sees_the_lines_put_to_it(staff: Staff) -> None:
    inquiry = making.decide(
        making.bring_to(staff, "reported"), staff.manager, technical={1, 3}, purchasing={2, 3}
    )

    def positions(person) -> list[int]:  # type: ignore[no-untyped-def]
        return [line.position for line in queries.sight(inquiry, factories.actor(person)).lines(inquiry)]

    assert positions(staff.technician) == [1, 3]
    assert positions(staff.buyer) == [2, 3]
    assert positions(staff.owner) == positions(staff.manager) == [1, 2, 3]
    both = factories.user(name="两头", roles=[Role.TECHNICAL, Role.PURCHASING])
    assert positions(both) == [1, 2, 3]
    lines = {line.id: line.position for line in inquiry.lines}
    found = session.execute(queries.visible_line_ids(factories.actor(staff.buyer))).scalars()
    assert {lines[number] for number in found} == {2, 3}
    assert queries.inquiry_of_line(factories.actor(staff.buyer), inquiry.lines[1].id) == inquiry.id
    with pytest.raises(NotVisible):
        queries.inquiry_of_line(factories.actor(staff.buyer), inquiry.lines[0].id)


def test_who_sees_the_whole_by_search_is_who_sees_the_whole(staff: Staff) -> None:
    inquiry = making.decide(making.bring_to(staff, "reported"), staff.manager, technical={1})

    def whole(person) -> set[int]:  # type: ignore[no-untyped-def]
        return set(session.execute(queries.whole_ids(factories.actor(person))).scalars())

    assert whole(staff.technician) == set()
    assert whole(staff.owner) == whole(staff.manager) == {inquiry.id}


def test_titles_name_number_and_customer(staff: Staff) -> None:
    draft = making.inquiry(staff.owner)
    assert queries.titles([draft.id]) == {draft.id: "镇江宏达农机有限公司"}
    reported = making.fire(draft, "report", staff.owner)
    assert queries.titles([draft.id]) == {draft.id: f"{reported.number} 镇江宏达农机有限公司"}
    assert queries.titles([]) == {}
