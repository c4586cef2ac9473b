"""What technical and purchasing people see of an inquiry: the lines put to them, and nothing else. Told by markers."""

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.core import clock, search
from app.core.db import session
from app.core.files import StoredFile, check_upload
from app.core.uow import unit_of_work
from app.features.inquiries import actions
from app.features.inquiries.models import Inquiry
from tests import factories
from tests.client import Client
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff

# Lines: 1 to technical, 2 to purchasing, 3 to both, 4 to nobody.
MARKERS = {
    1: ("ZETAONE", "规格甲甲", "备注甲甲"),
    2: ("ZETATWO", "规格乙乙", "备注乙乙"),
    3: ("ZETATHREE", "规格丙丙", "备注丙丙"),
    4: ("ZETAFOUR", "规格丁丁", "备注丁丁"),
}
NEVER = (
    "SUMMARYMARK",
    "CONTACTMARK",
    "13911112222",
    "RETURNMARK",
    "DECIDEMARK",
    "letter-of-all.txt",
    "87654.32",
    "87,654.32",
    *MARKERS[4],
)
SEEN = {"technician": {1, 3}, "buyer": {2, 3}}


@pytest.fixture
def staff() -> Staff:
    return Staff()


def attach(inquiry: Inquiry, person, name: str, line: int | None = None) -> int:  # type: ignore[no-untyped-def]
    with unit_of_work():
        row = session.get_one(Inquiry, inquiry.id)
        line_id = row.lines[line - 1].id if line else None
        checked = check_upload(name, io.BytesIO(name.encode()))
        return actions.attach_file(row, actor=factories.actor(person), file=checked, line_id=line_id).id


@pytest.fixture
def marked(staff: Staff) -> Inquiry:
    """An inquiry whose every word says where it belongs, answered on all lines that were put to somebody."""
    lines = [
        replace(line, name=f"名{MARKERS[n][0]}", model=MARKERS[n][0], spec=MARKERS[n][1], note=MARKERS[n][2])
        for n, line in enumerate(making.lines(4), 1)
    ]
    inquiry = making.inquiry(
        staff.owner,
        lines=lines,
        summary="SUMMARYMARK",
        contact_name="CONTACTMARK",
        contact_phone="13911112222",
    )
    for line in (None, 1, 2, 3, 4):
        attach(inquiry, staff.owner, f"letter-of-{line or 'all'}.txt", line)
    inquiry = making.fire(inquiry, "report", staff.owner, note="")
    inquiry = making.fire(inquiry, "return", staff.manager, note="RETURNMARK")
    inquiry = making.fire(inquiry, "report", staff.owner, note="")
    data = {
        "technical": {inquiry.lines[0].id, inquiry.lines[2].id},
        "purchasing": {inquiry.lines[1].id, inquiry.lines[2].id},
        "answers_due_at": clock.now() + timedelta(days=1),
        "questions": {line.id: f"QUESTION{line.position}" for line in inquiry.lines[:3]},
    }
    inquiry = making.fire(inquiry, "decide", staff.manager, note="DECIDEMARK", data=data)
    ids = {line.position: line.id for line in inquiry.lines}
    for position in (1, 3):
        with unit_of_work():
            actions.answer_technical(
                session.get_one(Inquiry, inquiry.id),
                ids[position],
                actor=factories.actor(staff.technician),
                model=f"TECHMODEL{position}",
                file=check_upload(f"drawing-{position}.txt", io.BytesIO(b"drawing")),
            )
    for position in (2, 3):
        with unit_of_work():
            actions.answer_purchasing(
                session.get_one(Inquiry, inquiry.id),
                ids[position],
                actor=factories.actor(staff.buyer),
                answer=making.price(price=Decimal("4321.0987"), source=f"SOURCE{position}"),
                file=check_upload(f"evidence-{position}.txt", io.BytesIO(b"evidence")),
            )
    with unit_of_work():
        # What the customer may once pay is no concern of those who answer.
        session.get_one(Inquiry, inquiry.id).competitor_price = Decimal("87654.32")
    return session.get_one(Inquiry, inquiry.id)


def everything(client: Client, inquiry: Inquiry) -> str:
    """All a person can read of an inquiry: page, list, exports, paper, results of searches."""
    found = []
    for address in (
        f"/inquiries/{inquiry.id}",
        "/inquiries",
        "/inquiries?format=csv",
        "/inquiries?format=print",
    ):
        found.append(client.get(address).get_data(as_text=True))
    for word in ("ZETA", "规格", "镇江"):
        found.append(client.get(f"/search?q={word}").get_data(as_text=True))
    for address in ("/tasks", "/notices", "/"):
        found.append(client.get(address).get_data(as_text=True))
    return "\n".join(found)


@pytest.mark.parametrize("person", ["technician", "buyer"])
def test_the_asked_see_their_lines_and_no_word_of_others(
    client: Client, staff: Staff, marked: Inquiry, person: str
) -> None:
    client.as_(staff.everybody()[person])
    text = everything(client, marked)
    for number, words in MARKERS.items():
        seen = number in SEEN[person]
        assert (words[0] in text) is seen, words[0]
        assert (words[1] in text) is seen, words[1]
        assert words[2] not in text, "what is noted on a line is for sales"
        assert (f"letter-of-{number}.txt" in text) is seen
        assert (f"QUESTION{number}" in text) is seen
    for word in NEVER:
        assert word not in text, word


def test_technical_sees_no_purchase_price_and_purchasing_sees_the_model(
    client: Client, staff: Staff, marked: Inquiry
) -> None:
    technical = everything(client.as_(staff.technician), marked)
    for word in ("4,321.0987", "SOURCE2", "SOURCE3", "evidence-2.txt", "evidence-3.txt", "采购答复第"):
        assert word not in technical, word
    assert "TECHMODEL1" in technical
    purchasing = everything(client.as_(staff.buyer), marked)
    assert "4,321.0987" in purchasing
    assert "TECHMODEL3" in purchasing
    assert "TECHMODEL1" not in purchasing


def test_files_are_served_to_those_who_see_their_line(client: Client, staff: Staff, marked: Inquiry) -> None:
    allowed = {
        "technician": {"letter-of-1.txt", "letter-of-3.txt", "drawing-1.txt", "drawing-3.txt"},
        "buyer": {"letter-of-2.txt", "letter-of-3.txt", "evidence-2.txt", "evidence-3.txt", "drawing-3.txt"},
        "colleague": set(),
        "outsider": set(),
    }
    rows = {row.name: row.id for row in session.query(StoredFile)}
    for person, names in allowed.items():
        client.as_(staff.everybody()[person])
        for name, number in rows.items():
            status = client.get(f"/files/{number}", buffered=True).status_code
            assert status == (200 if name in names else 404), (person, name)
    client.as_(staff.manager)
    assert all(client.get(f"/files/{number}", buffered=True).status_code == 200 for number in rows.values())


def test_the_list_cannot_be_asked_about_what_is_hidden(client: Client, staff: Staff, marked: Inquiry) -> None:
    client.as_(staff.technician)
    client.get("/inquiries?q=镇江")
    assert str(marked.number) in client.page.text
    for hidden in ("SUMMARYMARK", "CONTACTMARK"):
        client.get(f"/inquiries?q={hidden}")
        assert str(marked.number) not in client.page.text
    client.get("/inquiries?sort=report_latency_hours")
    assert "上报用时" not in client.page.text


def test_search_finds_single_lines_for_the_asked_and_the_whole_for_sales(
    staff: Staff, marked: Inquiry
) -> None:
    def found(person: str, word: str) -> set[str]:
        actor = factories.actor(staff.everybody()[person])
        return {hit.doc_type for group in search.find(actor, word) for hit in group.hits}

    assert found("technician", "ZETAONE") == {"inquiry_line"}
    assert found("technician", "ZETATWO") == set()
    assert found("technician", "SUMMARYMARK") == set()
    assert "inquiry" in found("manager", "SUMMARYMARK")
    assert found("colleague", "ZETAONE") == set()


def test_a_line_found_leads_to_its_place_on_the_page(client: Client, staff: Staff, marked: Inquiry) -> None:
    lines = {line.position: line.id for line in marked.lines}
    number = marked.id
    client.as_(staff.technician)
    assert client.get(f"/inquiries/lines/{lines[1]}").location == f"/inquiries/{number}#line-{lines[1]}"
    assert client.get(f"/inquiries/lines/{lines[4]}").status_code == 404


def test_before_the_decision_the_asked_see_nothing(client: Client, staff: Staff) -> None:
    inquiry = making.bring_to(staff, "reported")
    with unit_of_work():
        session.get_one(Inquiry, inquiry.id).lines[0].ask_technical = True
    number = inquiry.id
    assert client.as_(staff.technician).get(f"/inquiries/{number}").status_code == 404


def test_the_asked_may_neither_upload_nor_see_the_buttons_of_others(
    client: Client, staff: Staff, marked: Inquiry
) -> None:
    number = marked.id
    client.as_(staff.technician).get(f"/inquiries/{number}")
    assert not client.page.all("form", action=f"/inquiries/{number}/files")
    assert client.post(f"/inquiries/{number}/files", {}).status_code == 403
    assert client.post(f"/inquiries/{number}/cancel", {"version": "1", "note": "x"}).status_code == 403
