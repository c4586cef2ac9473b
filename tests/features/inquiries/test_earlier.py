"""Nothing is asked twice: earlier answers stand where one asks again, and in the list 行情与交期."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock, modules, settings
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.inquiries import actions, earlier
from app.features.inquiries.models import Inquiry
from tests import factories
from tests.client import Client
from tests.features.inquiries import making
from tests.features.inquiries.making import Staff


@pytest.fixture
def staff() -> Staff:
    return Staff()


def answered(staff: Staff) -> Inquiry:
    """An inquiry whose first line (MODEL-1) was answered by both departments."""
    document = making.fire(making.inquiry(staff.owner, count=2), "report", staff.owner)
    document = making.decide(document, staff.manager, {1}, {1})
    with unit_of_work():
        row = session.get_one(Inquiry, document.id)
        number = row.lines[0].id
        actions.answer_technical(
            row, number, actor=factories.actor(staff.technician), model="可供-1", parameters="16 MPa"
        )
        actions.answer_purchasing(row, number, actor=factories.actor(staff.buyer), answer=making.price())
    return session.get_one(Inquiry, document.id)


def again(staff: Staff) -> Inquiry:
    """Another inquiry for the same models, waiting for the decision."""
    return making.fire(making.inquiry(staff.owner, count=2), "report", staff.owner)


def test_both_answers_are_offered_with_author_for_the_same_model_only(staff: Staff) -> None:
    answered(staff)
    lines = again(staff).lines
    found = earlier.earlier_answers(factories.actor(staff.manager), lines)
    first, second = found[lines[0].id], found[lines[1].id]
    assert [answer.author.name for answer in first.purchasing] == ["赵敏"]
    assert [answer.model for answer in first.technical] == ["可供-1"]
    assert (first.any, second.any) == (True, False)
    assert earlier.earlier_answers(factories.actor(staff.manager), []) == {}


def test_an_expired_price_and_an_answer_of_last_year_are_not_offered(
    staff: Staff, at: Callable[..., Any]
) -> None:
    answered(staff)
    document = again(staff)
    now = clock.now()
    later = clock.to_local(now + timedelta(days=16))
    at(later.year, later.month, later.day, 9, 0)
    found = earlier.earlier_answers(factories.actor(staff.manager), document.lines)[document.lines[0].id]
    assert (len(found.purchasing), len(found.technical)) == (0, 1)
    later = clock.to_local(now + timedelta(days=370))
    at(later.year, later.month, later.day, 9, 0)
    assert not earlier.earlier_answers(factories.actor(staff.manager), document.lines)[
        document.lines[0].id
    ].any


def test_prices_are_offered_to_no_one_who_may_not_read_them(staff: Staff) -> None:
    answered(staff)
    document = again(staff)
    for part in (staff.colleague, staff.outsider):
        found = earlier.earlier_answers(factories.actor(part), document.lines)
        assert not found[document.lines[0].id].any
    technician = earlier.earlier_answers(factories.actor(staff.technician), document.lines)
    assert technician[document.lines[0].id].purchasing == []
    buyer = earlier.earlier_answers(factories.actor(staff.buyer), document.lines)
    assert len(buyer[document.lines[0].id].purchasing) == 1


def test_the_decision_and_the_answer_form_show_them(client: Client, staff: Staff) -> None:
    with unit_of_work():
        settings.put("modules.preset", modules.STANDARD)
    answered(staff)
    document = again(staff)
    client.as_(staff.manager).get(f"/inquiries/{document.id}/decide")
    assert "仍有效的采购价 5,320.00 / 吨" in client.page.text
    assert "技术答复过 可供-1" in client.page.text
    document = making.decide(document, staff.manager, {1}, {1})
    client.as_(staff.buyer).get(f"/inquiries/{document.id}/lines/{document.lines[0].id}/purchasing")
    assert "此前对同一型号的答复" in client.page.text
    assert client.page.all("a", href="/inquiries/market?q=MODEL-1")


def test_the_list_shows_finds_filters_and_exports_what_one_may_read(client: Client, staff: Staff) -> None:
    answered(staff)
    for part, shown in (("owner", True), ("manager", True), ("buyer", True), ("colleague", False)):
        assert client.as_(staff.everybody()[part]).get("/inquiries/market?q=MODEL-1").status_code == 200
        assert ("常州液压件厂" in client.page.text) is shown
    assert client.as_(staff.technician).get("/inquiries/market").status_code == 403
    client.as_(staff.buyer).get("/inquiries/market?valid=expired")
    assert "常州液压件厂" not in client.page.text
    client.get("/inquiries/market?valid=valid&source=常州")
    assert "常州液压件厂" in client.page.text
    exported = client.get("/inquiries/market?format=csv")
    assert "5320" in exported.get_data(as_text=True)
    assert client.as_(staff.outsider).get("/inquiries/market").status_code == 403
