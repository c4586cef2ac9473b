"""Asking for a wet seal, being found again, and the daily reminder of what is not back."""

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock, documents, jobs, search, settings
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.notices import Notice
from app.core.permissions import Role
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.seals import queries, request_actions
from app.features.seals.models import Seal
from tests import factories, stories
from tests.features.seals import wet


@pytest.fixture
def desk() -> stories.Desk:
    return wet.desk()


@pytest.fixture
def seal(desk: stories.Desk) -> Seal:
    return wet.wet_seal(desk)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"purpose": ""}, "purpose"),
        ({"pages": 0}, "pages"),
        ({"copies": 0}, "copies"),
        ({"impressions": 1}, "impressions"),
        ({"impressions": 1001}, "impressions"),
        ({"split_seal": True}, "split_seal"),
        ({"mode": "take_out"}, "destination"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(
    desk: stories.Desk, seal: Seal, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as found:
        wet.ask(desk, seal, **changed)
    assert list(found.value.fields) == [field]


def test_only_wet_seals_in_use_of_the_papers_own_company_are_asked_for(
    desk: stories.Desk, seal: Seal
) -> None:
    with pytest.raises(Invalid) as drawn:
        wet.ask(desk, desk.seal)
    assert list(drawn.value.fields) == ["seal_id"]
    revision = wet.paper(desk)
    with unit_of_work():
        session.get_one(Seal, seal.id).legal_entity_id = other_company()
    with pytest.raises(Invalid) as foreign:
        wet.ask_for(desk, seal, revision)
    assert list(foreign.value.fields) == ["seal_id"]


def other_company() -> int:
    from app.features.seals.models import LegalEntity

    row = LegalEntity(name="另一家公司", credit_code=stories.valid_credit_code("91320000MA1XBTTT2"))
    session.add(row)
    session.flush()
    return row.id


def test_a_request_needs_the_right_a_department_and_a_document_one_may_see(
    desk: stories.Desk, seal: Seal
) -> None:
    revision = wet.paper(desk)
    with pytest.raises(Denied):
        wet.ask(desk, seal, who="technician")
    with pytest.raises(Conflict) as homeless:
        wet.ask(desk, seal, who="leader")
    assert homeless.value.code == "seal_request:no-department"
    with pytest.raises(NotVisible), unit_of_work():
        request_actions.request_use(
            actor=desk.people.actor("colleague"),
            values=wet.values(seal),
            doc_type="quotation",
            doc_id=revision.id,
        )
    draft = desk.quotation("draft")
    with pytest.raises(Conflict) as early:
        wet.ask_for(desk, seal, draft)
    assert early.value.code == "seal_request:not-approved"


def test_taking_out_is_refused_where_the_company_does_not_do_it(desk: stories.Desk, seal: Seal) -> None:
    with unit_of_work():
        settings.put("modules.preset", "essential")
    with pytest.raises(Invalid) as found:
        wet.ask(desk, seal, mode="take_out", destination="银川")
    assert list(found.value.fields) == ["mode"]


def test_destination_of_a_seal_that_stays_is_dropped(desk: stories.Desk, seal: Seal) -> None:
    assert wet.ask(desk, seal, destination="银川").destination == ""


def test_who_sees_a_request(desk: stories.Desk, seal: Seal) -> None:
    request = wet.ask(desk, seal)
    auditor = factories.user(name="审计", roles=[Role.SEAL_AUDITOR])
    seen = {name for name in desk.people.ids if can_see(desk.people.actor(name), request.id)}
    assert seen == {"salesperson", "manager", "leader", "back_office", "keeper"}
    assert can_see(factories.actor(auditor), request.id)
    out = wet.take_out(desk, seal)
    assert can_see(desk.people.actor("colleague"), out.id)
    with unit_of_work():
        settings.put("seals.second_approver", desk.people.technician.id)
    assert can_see(desk.people.actor("technician"), request.id)
    assert not documents.is_visible(desk.people.actor("outsider"), "seal_request", request.id)


def can_see(actor: Any, request_id: int) -> bool:
    try:
        queries.get_request(actor, request_id)
    except NotVisible:
        return False
    return True


def test_requests_are_found_by_paper_number_and_purpose(desk: stories.Desk, seal: Seal) -> None:
    request = wet.ask_for(desk, seal, wet.paper(desk))
    for typed in (str(request.number), request.doc_number, "递交沃野"):
        groups = search.find(desk.people.actor("salesperson"), typed, only="seal_request")
        assert request.id in [
            hit.doc_id for group in groups for hit in group.hits if hit.doc_type == "seal_request"
        ], typed
    assert not any(
        hit.doc_type == "seal_request"
        for group in search.find(desk.people.actor("colleague"), "递交沃野", only="seal_request")
        for hit in group.hits
    )


def told(name: str, desk: stories.Desk) -> list[str]:
    rows = session.query(Notice).filter_by(user_id=desk.people.ids[name]).all()
    return [row.event.verb for row in rows if row.event.verb == "seal_request:overdue"]


def test_overdue_seal_is_told_once_a_day_to_leader_keeper_and_companions(
    desk: stories.Desk, seal: Seal, at: Any
) -> None:
    at(2026, 11, 23, 9, 0)
    request = wet.take_out(desk, seal)
    at(2026, 11, 23, 12, 0)
    jobs.run_due()
    assert told("leader", desk) == []
    at(2026, 11, 23, 15, 0)
    request_actions.remind_of_overdue({})
    request_actions.remind_of_overdue({})
    for name in ("leader", "keeper", "salesperson", "colleague"):
        assert told(name, desk) == ["seal_request:overdue"], name
    assert events_for("seal_request", request.id)[0].data == {"due_back": "2026-11-23 13:00"}
    at(2026, 11, 23, 21, 0)
    request_actions.remind_of_overdue({})
    at(2026, 11, 24, 8, 30)
    request_actions.remind_of_overdue({})
    assert told("leader", desk) == ["seal_request:overdue"] * 2
    wet.step(desk, request, "return", "keeper", condition="sound", copies=1, impressions=1)
    at(2026, 11, 25, 9, 0)
    request_actions.remind_of_overdue({})
    assert len(told("leader", desk)) == 2


def test_overdue_reminder_is_a_recurring_job() -> None:
    found = {job.kind: job.every for job in jobs.registered_jobs()}
    assert found["seals:remind-of-overdue"] == timedelta(hours=1)


def test_only_open_requests_wait_for_a_keeper(desk: stories.Desk, seal: Seal) -> None:
    waiting, over = wet.ask(desk, seal), wet.ask(desk, seal)
    wet.step(desk, over, "cancel", "salesperson", note="不用了")
    assert [row.id for row in queries.open_requests_of(seal.id)] == [waiting.id]
    assert clock.now() >= waiting.created_at
