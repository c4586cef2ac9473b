"""New times of a tender after its report: who records them, when it is too late, and how long prices stay secret."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, notices, tasks
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.files import CheckedFile, files_for
from app.core.timeline import describe, describe_changes, events_for
from app.core.uow import unit_of_work
from app.features.inquiries import opening, secrecy
from app.features.inquiries.models import Inquiry
from app.features.people.models import User
from tests import factories, stories
from tests.client import Client
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff

NOTICE = CheckedFile("更正公告.pdf", "application/pdf", b"%PDF-1.4 notice")
START = (2026, 11, 23, 9, 0)


@pytest.fixture
def staff(at: Any) -> Staff:
    at(*START)
    return Staff()


def day(number: int) -> datetime:
    return clock.now() + timedelta(days=number)


def tender(staff: Staff, status: str = "reported", **values: Any) -> Inquiry:
    """A tender due in three days and opened in four."""
    document = making.bring_to(staff, status)
    usual = {"kind": "tender", "deadline": day(3), "opening_at": day(4)}
    with unit_of_work():
        row = session.get_one(Inquiry, document.id)
        for name, value in {**usual, **values}.items():
            setattr(row, name, value)
    return row


def move(row: Inquiry, person: User, **values: Any) -> Inquiry:
    usual: dict[str, Any] = {
        "deadline": day(10),
        "opening_at": day(11),
        "reason": "更正公告第 1 号",
        "version": None,
    }
    with unit_of_work():
        opening.move(row, actor=factories.actor(person), **{**usual, **values})
    return session.get_one(Inquiry, row.id)


def test_owner_records_the_postponement_with_its_notice(staff: Staff) -> None:
    row = tender(staff)
    before = row.version
    moved = move(row, staff.owner, reason=" 更正公告第 2 号 ", notice=NOTICE)
    assert (moved.deadline, moved.opening_at) == (day(10), day(11))
    assert moved.version > before
    assert [(file.name, file.kind) for file in files_for("inquiry", row.id)] == [("更正公告.pdf", "request")]
    attached, event = events_for("inquiry", row.id)[:2]
    assert (attached.verb, event.verb) == ("inquiry:attach", opening.VERB)
    assert event.reason == "更正公告第 2 号"
    assert describe(event) == "更改投标时间：截止 2026-12-03 09:00，开标 2026-12-04 09:00"
    assert describe_changes(event) == [
        ("答复期限", "2026-11-26 09:00", "2026-12-03 09:00"),
        ("开标时间", "2026-11-27 09:00", "2026-12-04 09:00"),
    ]


@pytest.mark.parametrize("status", ["reported", "preparing", "quoting", "submitted"])
def test_both_owner_and_manager_move_the_times_while_the_tender_runs(staff: Staff, status: str) -> None:
    row = tender(staff, status)
    assert move(row, staff.owner).opening_at == day(11)
    assert move(row, staff.manager, opening_at=day(12)).opening_at == day(12)
    assert [event.role for event in events_for("inquiry", row.id)[:2]] == ["manager", "owner"]


def test_concerned_people_are_told_once_and_the_actor_is_not(staff: Staff) -> None:
    row = making.decide(tender(staff), staff.manager, technical={1})
    move(row, staff.owner)
    event = events_for("inquiry", row.id)[0]
    told = session.execute(
        select(notices.Notice.user_id).where(notices.Notice.event_seq == event.seq)
    ).scalars()
    assert sorted(told) == sorted(
        person.id for person in (staff.manager, staff.technician, staff.back_office)
    )


def test_tasks_follow_the_new_deadline(staff: Staff) -> None:
    row = move(tender(staff, "preparing"), staff.owner)
    due = [
        task.due_at for task in tasks.open_tasks("inquiry", row.id) if task.kind == "inquiry:start-quoting"
    ]
    assert due == [day(10)]


def test_tasks_of_the_quotation_follow_too() -> None:
    desk = stories.desk()
    revision = desk.quotation()
    row = revision.quotation.inquiry
    with unit_of_work():
        row.kind, row.opening_at = "tender", row.deadline
    with unit_of_work():
        opening.move(
            row,
            actor=desk.people.actor("manager"),
            version=None,
            deadline=day(20),
            opening_at=day(20),
            reason="延期",
        )
    assert [task.due_at for task in tasks.open_tasks("quotation", revision.id)] == [row.deadline]


def test_prices_stay_secret_until_the_new_opening_and_no_longer(staff: Staff, at: Any) -> None:
    row = move(tender(staff), staff.owner)
    stranger = factories.actor(staff.back_office)
    at(2026, 11, 28, 9, 0)
    assert secrecy.is_sealed(row)
    assert not secrecy.sees_prices(row, stranger)
    at(2026, 12, 4, 9, 1)
    assert secrecy.sees_prices(row, stranger)


def test_opening_alone_is_postponed_though_the_deadline_has_passed(staff: Staff, at: Any) -> None:
    row = tender(staff)
    at(2026, 11, 26, 12, 0)
    assert move(row, staff.owner, deadline=row.deadline).deadline < clock.now()


@pytest.mark.parametrize(
    "who", ["colleague", "stranger_manager", "back_office", "technician", "administrator"]
)
def test_nobody_else_moves_the_times(staff: Staff, who: str) -> None:
    with pytest.raises(Denied):
        move(tender(staff), staff.everybody()[who])


@pytest.mark.parametrize(
    "status", ["draft", "declined", "loss_claimed", "won", "lost", "withdrawn", "cancelled"]
)
def test_draft_is_edited_and_what_is_closed_stays(staff: Staff, status: str) -> None:
    row = tender(staff, status)
    assert not opening.may_move(row, factories.actor(staff.owner))
    with pytest.raises(Conflict) as found:
        move(row, staff.owner)
    assert found.value.code == "core:wrong-state"


def test_what_was_opened_is_not_sealed_again_and_the_refusal_says_the_way_out(staff: Staff, at: Any) -> None:
    row = tender(staff)
    at(2026, 11, 27, 9, 0)
    assert not opening.may_move(row, factories.actor(staff.owner))
    with pytest.raises(Conflict) as found:
        move(row, staff.owner)
    assert found.value.sentence().startswith("开标时间 2026-11-27 09:00 已过，报价已不再保密")
    assert "允许逾期递交" in found.value.sentence()


def test_what_has_no_opening_has_no_times_to_move(staff: Staff) -> None:
    with pytest.raises(Conflict) as found:
        move(tender(staff, kind="inquiry", opening_at=None), staff.owner)
    assert found.value.code == "inquiry:no-opening"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"deadline": timedelta(hours=-1)}, "deadline"),
        ({"deadline": timedelta(days=3), "opening_at": timedelta(0)}, "opening_at"),
        ({"deadline": timedelta(days=6), "opening_at": timedelta(days=5)}, "opening_at"),
        ({"deadline": timedelta(days=3), "opening_at": timedelta(days=4)}, "opening_at"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_times_that_cannot_be_are_refused_at_their_field(staff: Staff, values: Any, field: str) -> None:
    row = tender(staff)
    typed = {
        name: clock.now() + value if isinstance(value, timedelta) else value for name, value in values.items()
    }
    with pytest.raises(Invalid) as found:
        move(row, staff.owner, **typed)
    assert list(found.value.fields) == [field]
    assert session.get_one(Inquiry, row.id).opening_at == day(4)


def test_older_form_is_refused(staff: Staff) -> None:
    row = tender(staff)
    with pytest.raises(Stale):
        move(row, staff.owner, version=row.version - 1)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(-3, 30), st.integers(-3, 30)), min_size=1, max_size=4))
def test_whatever_is_typed_a_tender_that_runs_stays_sealed_with_its_opening_behind_its_deadline(
    staff: Staff, moves: Any
) -> None:
    row = tender(staff)
    for deadline, opened in moves:
        before = (row.deadline, row.opening_at)
        wanted = (day(deadline), day(opened))
        try:
            move(row, row.owner, deadline=wanted[0], opening_at=wanted[1])
        except Invalid:
            assert (row.deadline, row.opening_at) == before
        else:
            assert (row.deadline, row.opening_at) == wanted
        assert row.opening_at is not None
        assert row.opening_at >= row.deadline
        assert row.opening_at > clock.now()


# Over HTTP


def test_form_moves_the_times_and_keeps_what_was_typed(staff: Staff, client: Client, queries: Any) -> None:
    row = tender(staff, "quoting")
    page, form = f"/inquiries/{row.id}", f"/inquiries/{row.id}/opening"
    client.as_(staff.owner).get(page)
    assert client.page.one("a", href=form).text == "更改投标时间"
    with queries() as sent:
        client.get(form)
    assert len(sent) <= 10
    values = client.page.values(form)
    assert (values["deadline"], values["opening_at"]) == ("2026-11-26 09:00", "2026-11-27 09:00")
    many = {"content_type": "multipart/form-data"}
    wrong = {**values, "opening_at": "2026-11-25 9:00", "reason": "更正公告第 3 号"}
    assert client.post(form, wrong, **many).status_code == 422
    assert client.page.values(form)["reason"] == "更正公告第 3 号"
    assert "开标时间不能早于答复期限" in client.page.errors()
    assert client.post(form, {**values, "reason": ""}, **many).status_code == 422
    stale = {**wrong, "version": "0", "opening_at": "2026-12-08 9:30"}
    assert client.post(form, stale, **many).status_code == 409
    upload = (io.BytesIO(NOTICE.content), "更正公告.pdf")
    right = {**client.page.values(form), "file": upload}
    response = client.post(form, right, **many)
    assert (response.status_code, response.location) == (303, page)
    client.get(page)
    assert "更改投标时间：截止 2026-11-26 09:00，开标 2026-12-08 09:30" in client.page.text
    assert "更正公告.pdf" in client.page.text


def test_page_of_the_form_says_who_and_when(staff: Staff, client: Client, at: Any) -> None:
    row = tender(staff)
    form = f"/inquiries/{row.id}/opening"
    for name, status in {"outsider": 404, "technician": 404, "colleague": 404, "back_office": 403}.items():
        assert client.as_(staff.everybody()[name]).get(form).status_code == status, name
    client.as_(staff.back_office).get(f"/inquiries/{row.id}")
    assert client.page.all("a", href=form) == []
    client.as_(staff.manager).get(form)
    typed = client.page.values(form)
    at(2026, 11, 27, 10, 0)
    client.as_(staff.manager).get(f"/inquiries/{row.id}")
    typed["csrf_token"] = client.page.values()["csrf_token"]
    assert client.get(form).status_code == 409
    assert client.post(form, {**typed, "reason": ""}, content_type="multipart/form-data").status_code == 409
    assert (
        client.post(form, {**typed, "reason": "晚了"}, content_type="multipart/form-data").status_code == 409
    )
