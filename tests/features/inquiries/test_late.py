"""A tender after its deadline: it goes out on the manager's word alone."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.features.inquiries import late
from app.features.inquiries.models import Inquiry
from tests.client import Client
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff


@pytest.fixture
def staff() -> Staff:
    return Staff()


def tender(staff: Staff, status: str = "quoting", **values: Any) -> Inquiry:
    """A tender with a sealed offer, its deadline an hour ago and its opening tomorrow."""
    row = making.bring_to(staff, status)
    making.issue_offer(row)
    return making.miss_deadline(row, **values)


SUBMIT = {"delivered_how": "当面"}


def test_a_late_tender_is_refused_and_says_who_can_let_it_go(staff: Staff) -> None:
    with pytest.raises(Conflict) as refused:
        making.fire(tender(staff), "submit", staff.owner, data=SUBMIT)
    assert refused.value.code == "inquiry:too-late"
    assert staff.manager.name in refused.value.sentence()


def test_with_the_managers_note_it_goes_out_and_the_note_is_kept(staff: Staff) -> None:
    row = making.fire(tender(staff), "allow_late", staff.manager, note="招标方书面同意顺延")
    assert (row.status, row.late_note) == ("quoting", "招标方书面同意顺延")
    told = timeline.events_for("inquiry", row.id)[0]
    assert (told.verb, told.reason) == ("inquiry:allow_late", "招标方书面同意顺延")
    row = making.fire(row, "submit", staff.owner, data=SUBMIT)
    assert row.status == "submitted"


def test_the_note_is_the_managers_and_never_empty(staff: Staff) -> None:
    row = tender(staff)
    with pytest.raises(Denied):
        making.fire(row, "allow_late", staff.owner, note="来得及")
    with pytest.raises(Invalid):
        making.fire(row, "allow_late", staff.manager, note=" ")


def test_a_manager_does_not_let_his_own_tender_go(staff: Staff) -> None:
    row = making.miss_deadline(tender(staff), owner_id=staff.manager.id)
    with pytest.raises(Denied):
        making.fire(row, "allow_late", staff.manager, note="来得及")


@pytest.mark.parametrize("values", [{"kind": "inquiry"}, {"deadline_in": 1}])
def test_what_is_not_late_needs_no_word_and_takes_none(staff: Staff, values: dict[str, Any]) -> None:
    hours = values.pop("deadline_in", None)
    if hours:
        values = {"deadline": clock.now() + timedelta(hours=hours)}
    row = tender(staff, **values)
    with pytest.raises(Conflict) as refused:
        making.fire(row, "allow_late", staff.manager, note="来得及")
    assert refused.value.code == "inquiry:not-late"
    assert making.fire(row, "submit", staff.owner, data=SUBMIT).status == "submitted"


def test_a_word_about_an_earlier_deadline_does_not_count(staff: Staff) -> None:
    row = making.fire(tender(staff), "allow_late", staff.manager, note="同意顺延")
    row = making.miss_deadline(row, late_allowed_at=clock.now() - timedelta(days=3))
    with pytest.raises(Conflict):
        making.fire(row, "submit", staff.owner, data=SUBMIT)


def test_a_second_round_after_the_opening_has_no_deadline(staff: Staff) -> None:
    row = tender(staff, "submitted", opening_at=clock.now() + timedelta(hours=1))
    with pytest.raises(Conflict) as refused:
        making.fire(row, "submit_again", staff.owner, data=SUBMIT)
    assert refused.value.code == "inquiry:too-late"
    row = making.miss_deadline(row, opening_at=clock.now() - timedelta(minutes=1))
    assert making.fire(row, "submit_again", staff.owner, data=SUBMIT).status == "submitted"


MOMENT = st.one_of(st.none(), st.integers(-50, 50))


@settings(max_examples=100, deadline=None)
@given(deadline=st.integers(-50, 50), allowed=MOMENT, kind=st.sampled_from(("tender", "inquiry", "central")))
def test_late_is_exactly_a_tender_past_its_deadline_without_a_later_word(
    deadline: int, allowed: int | None, kind: str
) -> None:
    now = clock.now()
    row = Inquiry(
        kind=kind,
        deadline=now + timedelta(hours=deadline, minutes=30),
        late_allowed_at=None if allowed is None else now + timedelta(hours=allowed),
    )
    past = deadline < 0
    let_go = allowed is not None and allowed > deadline
    assert late.is_too_late(row) == (kind == "tender" and past and not let_go)


def test_over_http_the_owner_is_refused_and_the_manager_has_the_button(client: Client, staff: Staff) -> None:
    row = tender(staff)
    place = f"/inquiries/{row.id}"
    client.as_(staff.owner)
    client.get(place)
    assert "允许逾期递交" not in [button.text for button in client.page.all("button")]
    answer = client.post(f"{place}/submit", {"version": str(row.version), **SUBMIT})
    assert answer.status_code == 409
    assert staff.manager.name in client.page.text
    assert "已过投标截止时间" in client.page.text
    client.as_(staff.manager).get(place)
    assert f"{place}/allow_late" in client.page.html
    assert client.post(f"{place}/allow_late", {"version": str(row.version), "note": ""}).status_code == 422
    answer = client.post(f"{place}/allow_late", {"version": str(row.version), "note": "同意顺延"})
    assert answer.status_code == 303
    client.get(place)
    assert f"{place}/allow_late" not in client.page.html
    assert "同意顺延" in client.page.text
    version = session.get_one(Inquiry, row.id).version
    client.as_(staff.owner)
    answer = client.post(f"{place}/submit", {"version": str(version), **SUBMIT})
    assert answer.status_code == 303


def test_a_tender_in_time_shows_no_word_to_give(client: Client, staff: Staff) -> None:
    row = tender(staff, deadline=clock.now() + timedelta(hours=1))
    client.as_(staff.manager).get(f"/inquiries/{row.id}")
    assert "allow_late" not in client.page.html
