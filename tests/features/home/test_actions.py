"""Reminders: those a document waits for are told, once a day."""

import pytest

from app.core import notices, tasks, timeline
from app.core.errors import Conflict, NotVisible
from app.core.uow import unit_of_work
from app.features.home import actions
from tests import factories
from tests.features.inquiries.making import Staff, bring_to, decide, fire, inquiry


def remind(document, person) -> int:
    with unit_of_work():
        return actions.remind("inquiry", document.id, actor=factories.actor(person))


def test_those_a_document_waits_for_are_told_once_a_day(at):
    at(2026, 11, 23, 9, 0)
    staff = Staff()
    document = bring_to(staff, "reported")
    before = notices.unread_count(staff.manager.id)
    assert remind(document, staff.owner) == 1
    assert notices.unread_count(staff.manager.id) == before + 1
    with pytest.raises(Conflict, match="home:already-reminded"):
        remind(document, staff.owner)
    at(2026, 11, 24, 9, 0)
    assert remind(document, staff.owner) == 1
    assert [event.verb for event in timeline.events_for("inquiry", document.id)[:2]] == ["home:remind"] * 2


def test_everybody_who_may_act_is_told(at):
    at(2026, 11, 23, 9, 0)
    staff = Staff()
    document = decide(fire(inquiry(staff.owner), "report", staff.owner), staff.manager, {1}, {2})
    assert set(actions.people_waited_for(tasks.open_tasks("inquiry", document.id))) >= {
        staff.technician.id,
        staff.buyer.id,
    }
    assert remind(document, staff.manager) >= 2


def test_one_who_waits_for_nobody_but_themselves_tells_nobody():
    staff = Staff()
    with pytest.raises(Conflict, match="home:nobody-to-remind"):
        remind(inquiry(staff.owner), staff.owner)


def test_a_finished_document_waits_for_nobody():
    staff = Staff()
    document = bring_to(staff, "declined")
    with pytest.raises(Conflict, match="home:nothing-waits"):
        remind(document, staff.owner)


@pytest.mark.parametrize("part", ["outsider", "colleague", "stranger_manager", "technician"])
def test_who_may_not_see_a_document_reminds_nobody_of_it(part):
    staff = Staff()
    document = bring_to(staff, "reported")
    with pytest.raises(NotVisible):
        remind(document, staff.everybody()[part])


def test_an_unknown_kind_of_document_is_not_there():
    staff = Staff()
    with unit_of_work(), pytest.raises(NotVisible):
        actions.remind("ghost", 1, actor=factories.actor(staff.leader))
