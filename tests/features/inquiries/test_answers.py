"""The departments answer, and the manager waives, over HTTP."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest

from app.core import clock, timeline
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.inquiries import actions
from app.features.inquiries.forms import FIRST_FIELDS, MORE_FIELDS
from app.features.inquiries.models import Inquiry
from tests import factories
from tests.client import Client
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff


@pytest.fixture
def staff() -> Staff:
    return Staff()


@pytest.fixture
def asked(staff: Staff) -> Inquiry:
    """Line 1 put to technical, line 2 to purchasing, line 3 to both."""
    inquiry = making.bring_to(staff, "reported")
    return making.decide(inquiry, staff.manager, technical={1, 3}, purchasing={2, 3})


def address(inquiry: Inquiry, position: int, subject: str) -> str:
    return f"/inquiries/{inquiry.id}/lines/{inquiry.lines[position - 1].id}/{subject}"


def test_a_question_is_not_answered_by_the_model_alone(client: Client, staff: Staff, asked: Inquiry) -> None:
    where, number = address(asked, 1, "technical"), asked.id
    client.as_(staff.technician).get(where)
    fields = client.page.values(where)
    blank = {**fields, "parameters": " ", "deviation": ""}
    assert client.post(where, blank).status_code == 422
    assert "经理问的是“问题1号”，请在参数或偏差说明中答复" in client.page.text
    assert not session.get_one(Inquiry, number).lines[0].technical_answers
    assert client.post(where, {**blank, "parameters": "可连续工作"}).status_code == 303


def test_technical_answers_with_model_parameters_and_file(
    client: Client, staff: Staff, asked: Inquiry
) -> None:
    where, number = address(asked, 1, "technical"), asked.id
    client.as_(staff.technician).get(where)
    fields = client.page.values(where)
    assert fields["model"] == "MODEL-1"
    data = {**fields, "deviation": "接口改为法兰", "file": (io.BytesIO(b"%PDF-1.7"), "样本.pdf")}
    answer = client.post(where, data, content_type="multipart/form-data")
    assert answer.status_code == 303
    client.as_(staff.owner).get(f"/inquiries/{number}")
    assert "接口改为法兰" in client.page.text
    assert "样本.pdf" in client.page.text
    told = timeline.events_for("inquiry", number)[0]
    assert (told.verb, told.data) == ("inquiry:answer-technical", {"position": 1, "name": "名称1号"})


def test_purchasing_types_three_figures_and_the_first_time_the_source(
    client: Client, staff: Staff, asked: Inquiry, at: object
) -> None:
    at(2026, 11, 23, 10, 0)  # type: ignore[operator]
    with unit_of_work():
        row = session.get_one(Inquiry, asked.id)
        row.deadline = row.answers_due_at = clock.now() + timedelta(days=2)
    where, number = address(asked, 2, "purchasing"), asked.id
    client.as_(staff.buyer).get(where)
    fields = client.page.values(where)
    empty = [name for name in FIRST_FIELDS if not fields[name]]
    assert empty == ["price", "lead_time_days", "source"]
    assert fields["valid_until"] == "2026-12-08"
    assert (fields["tax_rate"], fields["kind"], fields["price_unit"]) == ("13", "bought_part", "台")
    assert fields["quoted_on"] == "2026-11-23"
    typed = {**fields, "price": "５,320", "lead_time_days": "20", "source": "常州液压件厂"}
    assert client.post(where, typed).status_code == 303
    line = session.get_one(Inquiry, number).lines[1]
    assert line.purchasing is not None
    assert (line.purchasing.price, line.purchasing.lead_time_days) == (Decimal("5320.0000"), 20)


def test_the_next_price_knows_source_and_tax_from_the_last(
    client: Client, staff: Staff, asked: Inquiry
) -> None:
    with unit_of_work():
        row = session.get_one(Inquiry, asked.id)
        answer = making.price(source="无锡钢管厂", tax_rate=Decimal(3), material="45#", price_unit="吨")
        actions.answer_purchasing(row, row.lines[1].id, actor=factories.actor(staff.buyer), answer=answer)
    where = address(asked, 3, "purchasing")
    client.as_(staff.buyer).get(where)
    fields = client.page.values(where)
    assert (fields["source"], fields["tax_rate"]) == ("无锡钢管厂", "3")
    assert (fields["material"], fields["price_unit"]) == ("", "台")
    again = address(asked, 2, "purchasing")
    client.get(again)
    fields = client.page.values(again)
    assert (fields["material"], fields["price_unit"]) == ("45#", "吨")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("price", "0", "须大于 0"),
        ("price", "-1", "不能是负数"),
        ("price", "1e400", "应是数字"),
        ("price", "1.23456", "最多 4 位小数"),
        ("valid_until", "2020-01-01", "有效期已过"),
        ("valid_until", "2026-02-30", "不是有效的日期"),
        ("quoted_on", "2099-01-01", "不能晚于今天"),
        ("lead_time_days", "1.5", "整数"),
        ("tax_rate", "0.13", "按百分数填写"),
        ("source", "", "请填写供应商"),
    ],
)
def test_a_wrong_price_is_422_at_its_field_and_stays_typed(
    client: Client, staff: Staff, asked: Inquiry, field: str, value: str, said: str
) -> None:
    where, number = address(asked, 2, "purchasing"), asked.id
    client.as_(staff.buyer).get(where)
    typed = {
        **client.page.values(where),
        "price": "10",
        "lead_time_days": "5",
        "source": "某厂",
        field: value,
    }
    assert client.post(where, typed).status_code == 422
    assert said in " ".join(client.page.errors())
    assert client.page.values(where)[field] == value
    if field in MORE_FIELDS:
        assert "open" in client.page.all("details", class_="card")[-1].attributes
    assert session.get_one(Inquiry, number).lines[1].purchasing is None


def test_a_bad_file_is_422_and_nothing_is_saved(client: Client, staff: Staff, asked: Inquiry) -> None:
    where, number = address(asked, 1, "technical"), asked.id
    client.as_(staff.technician).get(where)
    data = {**client.page.values(where), "file": (io.BytesIO(b"MZ"), "a.pdf")}
    assert client.post(where, data, content_type="multipart/form-data").status_code == 422
    assert session.get_one(Inquiry, number).lines[0].technical is None


def test_the_same_answer_twice_is_one(client: Client, staff: Staff, asked: Inquiry) -> None:
    where, number = address(asked, 1, "technical"), asked.id
    client.as_(staff.technician).get(where)
    fields = client.page.values(where)
    assert [client.post(where, fields).status_code for _time in range(2)] == [303, 303]
    assert len(session.get_one(Inquiry, number).lines[0].technical_answers) == 1


def test_a_later_answer_stands_beside_the_earlier_one(client: Client, staff: Staff, asked: Inquiry) -> None:
    where, number = address(asked, 1, "technical"), asked.id
    client.as_(staff.technician).submit(where, {"model": "NEWER-0"})
    client.submit(where, {"model": "NEWER-1"})
    client.get(f"/inquiries/{number}")
    assert "NEWER-0" in client.page.text
    assert client.page.text.index("NEWER-1") < client.page.text.index("NEWER-0")
    assert "已被后来的答复取代" in client.page.text


@pytest.mark.parametrize(
    ("person", "position", "subject", "status"),
    [
        ("technician", 1, "purchasing", 403),
        ("technician", 2, "technical", 404),
        ("buyer", 3, "technical", 403),
        ("owner", 1, "technical", 403),
        ("administrator", 3, "purchasing", 403),
        ("colleague", 1, "technical", 404),
        ("technician", 1, "astrology", 404),
        ("technician", 1, "technical", 200),
        ("buyer", 3, "purchasing", 200),
    ],
)
def test_only_the_asked_department_answers(
    client: Client, staff: Staff, asked: Inquiry, person: str, position: int, subject: str, status: int
) -> None:
    where = address(asked, position, subject)
    client.as_(staff.everybody()[person])
    assert client.get(where).status_code == status
    if status != 200:
        assert client.post(where, {"model": "X"}).status_code == status


def test_answers_end_with_the_preparation(client: Client, staff: Staff, asked: Inquiry) -> None:
    where, number = address(asked, 1, "technical"), asked.id
    making.fire(asked, "withdraw", staff.manager)
    client.as_(staff.technician)
    assert client.get(where).status_code == 409
    assert client.post(where, {"model": "X"}).status_code == 409
    client.get(f"/inquiries/{number}")
    assert not client.page.all("a", href=where)


# Waivers


def test_the_manager_waives_with_a_reason_and_the_quotation_may_start(
    client: Client, staff: Staff, asked: Inquiry
) -> None:
    number = asked.id
    wheres = [
        address(asked, position, subject) + "/waive"
        for position, subject in ((1, "technical"), (3, "technical"), (2, "purchasing"), (3, "purchasing"))
    ]
    client.as_(staff.manager)
    assert client.submit(wheres[0], {"reason": "  "}).status_code == 422
    for where in wheres:
        assert client.submit(where, {"reason": "按上次的型号"}).status_code == 303
    client.get(f"/inquiries/{number}")
    assert "免予答复：按上次的型号" in client.page.text
    client.as_(staff.owner).get(f"/inquiries/{number}")
    assert client.page.all("form", action=f"/inquiries/{number}/start_quoting")
    assert client.as_(staff.manager).get(wheres[0]).status_code == 409


def test_a_stale_waiver_keeps_its_reason(client: Client, staff: Staff, asked: Inquiry) -> None:
    where = address(asked, 1, "technical") + "/waive"
    answer = client.as_(staff.manager).post(where, {"version": "1", "reason": "留着这句"})
    assert answer.status_code == 409
    values = client.page.values(where)
    assert values["reason"] == "留着这句"
    assert client.post(where, values).status_code == 303


@pytest.mark.parametrize(
    ("person", "status"),
    [("owner", 403), ("leader", 403), ("technician", 403), ("buyer", 404), ("manager", 200)],
)
def test_only_who_decides_waives(
    client: Client, staff: Staff, asked: Inquiry, person: str, status: int
) -> None:
    where = address(asked, 1, "technical") + "/waive"
    client.as_(staff.everybody()[person])
    assert client.get(where).status_code == status
    if status != 200:
        assert client.post(where, {"reason": "x", "version": "1"}).status_code == status
