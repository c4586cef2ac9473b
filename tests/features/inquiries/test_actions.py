"""What people do with an inquiry besides its steps, without any page."""

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.core import clock, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Problem, Stale
from app.core.files import StoredFile, check_upload, files_for
from app.core.permissions import Actor
from app.core.search_index import SearchEntry
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.inquiries import actions
from app.features.inquiries.actions import LineInput
from app.features.inquiries.enums import Subject
from app.features.inquiries.models import Inquiry
from app.features.people.models import User
from tests import factories
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff


@pytest.fixture
def staff() -> Staff:
    return Staff()


@pytest.fixture
def asked(staff: Staff) -> Inquiry:
    inquiry = making.bring_to(staff, "reported")
    return making.decide(inquiry, staff.manager, technical={1, 3}, purchasing={2, 3})


def actor(person: User) -> Actor:
    return factories.actor(person)


def head(inquiry: Inquiry, **values: object) -> dict[str, object]:
    return {**{name: getattr(inquiry, name) for name in actions.HEAD_FIELDS}, **values}


def edit(
    inquiry: Inquiry, person: User, lines: list[LineInput], version: int | None = None, **values: object
) -> None:
    with unit_of_work():
        row = session.get_one(Inquiry, inquiry.id)
        actions.edit(
            row, actor=actor(person), version=version or row.version, head=head(row, **values), lines=lines
        )


# Registering


def test_registering_takes_contact_and_department_from_what_is_known(staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    assert (inquiry.contact_name, inquiry.contact_phone) == ("吴采购", "0511-88886666")
    assert inquiry.department_id == staff.sales.id
    assert [task.kind for task in open_tasks("inquiry", inquiry.id)] == ["inquiry:report"]
    assert inquiry.title == "镇江宏达农机有限公司"


def test_a_typed_contact_stands_before_the_customers(staff: Staff) -> None:
    assert making.inquiry(staff.owner, contact_name="周工").contact_name == "周工"


@pytest.mark.parametrize("person", ["technician", "leader", "outsider"])
def test_who_does_not_sell_registers_nothing(staff: Staff, person: str) -> None:
    with pytest.raises(Denied):
        making.inquiry(staff.everybody()[person], of=making.customer(staff.owner))


def test_times_that_cannot_be_true_are_refused(staff: Staff) -> None:
    later = clock.now() + timedelta(hours=1)
    for values, field in (
        ({"received_at": later, "deadline": later + timedelta(days=1)}, "received_at"),
        ({"received_at": clock.now(), "deadline": clock.now() - timedelta(hours=1)}, "deadline"),
    ):
        with pytest.raises(Invalid) as refused:
            making.inquiry(staff.owner, of=making.customer(staff.owner), **values)
        assert list(refused.value.fields) == [field]


def test_more_lines_than_two_hundred_are_refused(staff: Staff) -> None:
    with pytest.raises(Invalid):
        making.inquiry(staff.owner, lines=making.lines(201))
    assert session.query(Inquiry).count() == 0


def test_the_usual_deadline_is_two_working_days(at) -> None:  # type: ignore[no-untyped-def]
    friday = at(2026, 11, 27, 10, 0)
    assert actions.default_deadline(friday) == friday + timedelta(days=4)


@pytest.mark.parametrize(
    ("came", "due"), [((9, 42), (9, 45)), ((9, 45), (9, 45)), ((9, 46), (10, 0)), ((23, 50), (23, 50))]
)
def test_the_usual_deadline_stands_at_a_quarter_of_an_hour_of_the_same_day(at, came, due) -> None:  # type: ignore[no-untyped-def]
    found = clock.to_local(actions.default_deadline(at(2026, 11, 23, *came)))
    assert (found.day, found.hour, found.minute) == (25, *due)


# Editing


def test_an_edit_keeps_answers_to_lines_that_stay_and_forgets_the_rest_in_search(staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    first, second, third = inquiry.lines
    gone = second.id
    inputs = [
        replace(making.lines(3)[2], id=third.id),
        replace(making.lines(3)[0], id=first.id),
        making.lines(4)[3],
    ]
    kept = [third.id, first.id]
    edit(inquiry, staff.owner, inputs)
    after = session.get_one(Inquiry, inquiry.id)
    assert [line.id for line in after.lines][:2] == kept
    assert [line.position for line in after.lines] == [1, 2, 3]
    assert search.find(actor(staff.owner), "MODEL-2") == []
    assert session.query(SearchEntry).filter_by(doc_type="inquiry_line", doc_id=gone).count() == 0


def test_an_id_of_another_inquirys_line_makes_a_new_line(staff: Staff) -> None:
    mine, other = making.inquiry(staff.owner), making.inquiry(staff.owner, of=making.customer(staff.owner))
    foreign = other.lines[0].id
    edit(mine, staff.owner, [replace(making.lines(1)[0], name="改", id=foreign)])
    assert session.get_one(Inquiry, other.id).lines[0].id == foreign
    assert session.get_one(Inquiry, mine.id).lines[0].id != foreign


def test_an_edit_that_changes_nothing_leaves_no_event(staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner, count=1)
    edit(inquiry, staff.owner, [replace(making.lines(1)[0], id=inquiry.lines[0].id)])
    assert [event.verb for event in timeline.events_for("inquiry", inquiry.id)] == ["inquiry:register"]


def test_an_edit_tells_each_change_and_no_personal_value(staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner, count=1)
    line = replace(making.lines(1)[0], id=inquiry.lines[0].id, quantity=Decimal("2.500"))
    edit(inquiry, staff.owner, [line], project="P-7", contact_name="李四")
    told = timeline.events_for("inquiry", inquiry.id)[0]
    changes = {label: (old, new) for label, old, new in timeline.describe_changes(told)}
    assert changes["第 1 项 · 数量"] == ("1", "2.5")
    assert changes["项目或对方编号"] == ("", "P-7")
    assert changes["联系人"] == ("…", "…")


def test_edits_are_refused_in_the_order_of_steps(staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    with pytest.raises(Denied):
        edit(inquiry, staff.manager, [], version=99)
    with pytest.raises(Stale):
        edit(inquiry, staff.owner, [], version=99)
    with pytest.raises(Invalid):
        edit(inquiry, staff.owner, [], deadline=clock.now() - timedelta(days=9))
    making.fire(inquiry, "report", staff.owner)
    with pytest.raises(Conflict):
        edit(inquiry, staff.owner, [])


# Answers


def answer(inquiry: Inquiry, position: int, subject: Subject, person: User, **values: object) -> None:
    with unit_of_work():
        row = session.get_one(Inquiry, inquiry.id)
        line_id = row.lines[position - 1].id
        if subject == Subject.TECHNICAL:
            told = {"parameters": "16 MPa", **values}
            actions.answer_technical(row, line_id, actor=actor(person), model="A", **told)  # type: ignore[arg-type]
        else:
            actions.answer_purchasing(row, line_id, actor=actor(person), answer=making.price(**values))


def test_answers_close_their_tasks_and_open_the_quotation(staff: Staff, asked: Inquiry) -> None:
    def kinds() -> set[str]:
        return {task.kind for task in open_tasks("inquiry", asked.id)}

    assert kinds() == {"inquiry:answer-technical", "inquiry:answer-purchasing"}
    answer(asked, 1, Subject.TECHNICAL, staff.technician)
    answer(asked, 3, Subject.TECHNICAL, staff.technician)
    assert kinds() == {"inquiry:answer-purchasing"}
    answer(asked, 2, Subject.PURCHASING, staff.buyer)
    answer(asked, 3, Subject.PURCHASING, staff.buyer)
    assert kinds() == {"inquiry:start-quoting"}


def test_a_price_never_enters_the_record(staff: Staff, asked: Inquiry) -> None:
    answer(asked, 2, Subject.PURCHASING, staff.buyer, price=Decimal("4321.0987"))
    assert "4321" not in str([event.data for event in timeline.events_for("inquiry", asked.id)])


def test_a_deputy_answers_in_the_name_of_the_absent(staff: Staff, asked: Inquiry) -> None:
    factories.delegation(staff.technician, staff.outsider)
    answer(asked, 1, Subject.TECHNICAL, staff.outsider)
    event = timeline.events_for("inquiry", asked.id)[0]
    assert (event.actor_name, event.on_behalf_of_name) == ("外人", "李工")


def test_files_of_answers_stay_with_their_line(staff: Staff, asked: Inquiry) -> None:
    ids = [line.id for line in asked.lines]
    answer(asked, 1, Subject.TECHNICAL, staff.technician, file=check_upload("图.txt", io.BytesIO(b"x")))
    with unit_of_work():
        row = session.get_one(Inquiry, asked.id)
        evidence = check_upload("价.txt", io.BytesIO(b"y"))
        actions.answer_purchasing(
            row, row.lines[1].id, actor=actor(staff.buyer), answer=making.price(), file=evidence
        )
    kept = [(row.kind, row.line_id) for row in files_for("inquiry", asked.id)]
    assert kept == [("technical_answer", ids[0]), ("price_evidence", ids[1])]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"price": Decimal(0)}, "price"),
        ({"price": Decimal(-1)}, "price"),
        ({"quoted_on": "tomorrow"}, "quoted_on"),
        ({"valid_until": "yesterday"}, "valid_until"),
    ],
)
def test_a_price_that_cannot_be_true_is_refused(
    staff: Staff, asked: Inquiry, values: dict[str, object], field: str
) -> None:
    days = {"tomorrow": clock.today() + timedelta(days=1), "yesterday": clock.today() - timedelta(days=1)}
    real = {key: days.get(str(value), value) for key, value in values.items()}
    with pytest.raises(Invalid) as refused:
        answer(asked, 2, Subject.PURCHASING, staff.buyer, **real)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("person", "position", "subject", "refusal"),
    [
        ("owner", 1, Subject.TECHNICAL, Denied),
        ("buyer", 1, Subject.TECHNICAL, Denied),
        ("technician", 3, Subject.PURCHASING, Denied),
        ("technician", 2, Subject.TECHNICAL, Conflict),
        ("buyer", 1, Subject.PURCHASING, Conflict),
    ],
)
def test_only_who_was_asked_answers(
    staff: Staff, asked: Inquiry, person: str, position: int, subject: Subject, refusal: type[Problem]
) -> None:
    with pytest.raises(refusal):
        answer(asked, position, subject, staff.everybody()[person])


def test_after_the_preparation_nobody_answers(staff: Staff, asked: Inquiry) -> None:
    making.fire(asked, "withdraw", staff.manager)
    with pytest.raises(Conflict):
        answer(asked, 1, Subject.TECHNICAL, staff.technician)


# Waivers


def waive(
    inquiry: Inquiry, position: int, subject: Subject, person: User, reason: str = "按上次", **values: int
) -> None:
    with unit_of_work():
        row = session.get_one(Inquiry, inquiry.id)
        actions.waive(
            row,
            row.lines[position - 1].id,
            actor=actor(person),
            version=values.get("version", row.version),
            subject=subject,
            reason=reason,
        )


def test_a_waiver_stands_for_the_answer(staff: Staff, asked: Inquiry) -> None:
    waive(asked, 1, Subject.TECHNICAL, staff.manager)
    line = session.get_one(Inquiry, asked.id).lines[0]
    assert not line.lacks(Subject.TECHNICAL)
    assert line.waiver(Subject.TECHNICAL) is not None
    assert line.waiver(Subject.PURCHASING) is None
    event = timeline.events_for("inquiry", asked.id)[0]
    assert (event.verb, event.reason, event.role) == ("inquiry:waive", "按上次", "manager")


def test_waivers_are_refused_in_the_order_of_steps(staff: Staff, asked: Inquiry) -> None:
    with pytest.raises(Denied):
        waive(asked, 1, Subject.TECHNICAL, staff.owner, version=99)
    with pytest.raises(Stale):
        waive(asked, 1, Subject.TECHNICAL, staff.manager, version=99)
    with pytest.raises(Conflict):
        waive(asked, 2, Subject.TECHNICAL, staff.manager)
    with pytest.raises(Invalid):
        waive(asked, 1, Subject.TECHNICAL, staff.manager, reason=" ")
    waive(asked, 1, Subject.TECHNICAL, staff.manager)
    with pytest.raises(Conflict):
        waive(asked, 1, Subject.TECHNICAL, staff.manager)


# Files


def attach(inquiry: Inquiry, person: User, line_id: int | None = None) -> int:
    with unit_of_work():
        row = session.get_one(Inquiry, inquiry.id)
        file = check_upload("来函.txt", io.BytesIO(b"letter"))
        return actions.attach_file(row, actor=actor(person), file=file, line_id=line_id).id


def test_files_are_attached_to_the_whole_or_to_a_line_of_it(staff: Staff, asked: Inquiry) -> None:
    line_id = asked.lines[1].id
    attach(asked, staff.owner)
    attach(asked, staff.manager, line_id)
    assert [row.line_id for row in files_for("inquiry", asked.id, "request")] == [None, line_id]
    with pytest.raises(Invalid):
        attach(asked, staff.owner, 9999)
    with pytest.raises(Denied):
        attach(asked, staff.technician, line_id)


def test_a_file_is_taken_back_from_a_draft_only_and_by_its_owner_only(staff: Staff) -> None:
    inquiry = making.inquiry(staff.owner)
    first, second = attach(inquiry, staff.owner), attach(inquiry, staff.owner)

    def remove(number: int, person: User) -> None:
        with unit_of_work():
            row = session.get_one(StoredFile, number)
            actions.remove_file(session.get_one(Inquiry, inquiry.id), row, actor=actor(person))

    with pytest.raises(Denied):
        remove(first, staff.manager)
    remove(first, staff.owner)
    assert [row.id for row in files_for("inquiry", inquiry.id)] == [second]
    making.fire(inquiry, "report", staff.owner)
    with pytest.raises(Conflict):
        remove(second, staff.owner)


# What quotations tell


def test_an_issued_offer_opens_the_task_of_handing_it_over(staff: Staff) -> None:
    inquiry = making.bring_to(staff, "quoting")
    assert open_tasks("inquiry", inquiry.id) == []
    making.issue_offer(inquiry)
    assert [task.kind for task in open_tasks("inquiry", inquiry.id)] == ["inquiry:submit"]
    assert session.get_one(Inquiry, inquiry.id).offer_number == "BJ-2026-0001"


@pytest.mark.parametrize(("status", "result"), [("quoting", "won"), ("submitted", "won"), ("lost", "won")])
def test_a_confirmed_acceptance_wins_the_inquiry(staff: Staff, status: str, result: str) -> None:
    inquiry = making.bring_to(staff, status)
    with unit_of_work():
        actions.note_accepted(session.get_one(Inquiry, inquiry.id), actor=actor(staff.manager))
    assert session.get_one(Inquiry, inquiry.id).status == result
