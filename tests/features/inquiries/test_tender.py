"""The checklist of a tender: made with the decision, ticked or set aside, and what keeps a bid from going out."""

import io
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock, settings
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.files import CheckedFile, files_for
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.customers.models import Customer
from app.features.inquiries import actions, tender
from app.features.inquiries.flow import decider
from app.features.inquiries.models import Inquiry, TenderItem
from app.features.people.models import User
from tests import stories
from tests.client import Client

PDF = CheckedFile("保证金.pdf", "application/pdf", b"%PDF-1.4 bond")


@pytest.fixture
def desk() -> stories.Desk:
    made = stories.desk()
    with unit_of_work():
        settings.put("modules.preset", "full")
        settings.put(tender.SETTING, "保证金 *\n\n授权委托书\n  密封  ")
    return made


def bid(desk: stories.Desk, kind: str = "tender") -> Inquiry:
    """A tender reported and decided, nothing put to the departments."""
    people = desk.people
    with unit_of_work():
        row = actions.register(
            actor=people.actor("salesperson"),
            customer=session.get_one(Customer, desk.customer.id),
            received_at=clock.now() - timedelta(hours=1),
            deadline=clock.now() + timedelta(days=3),
            kind=kind,
            channel="platform",
            summary="液压件招标",
            lines=[stories.line("液压件")],
        )
    return stories.decide(people, stories.report(people, row), 0, 0)


def tick(desk: stories.Desk, row: Inquiry, position: int, who: str = "salesperson", **values: Any) -> None:
    item = tender.items_of(row.id)[position - 1]
    with unit_of_work():
        tender.tick(row, item.id, actor=desk.people.actor(who), version=values.pop("version", None), **values)


def set_aside(desk: stories.Desk, row: Inquiry, position: int, who: str, reason: str = "本次不要求") -> None:
    actor = desk.people.actor(who)
    item = tender.items_of(row.id)[position - 1]
    with unit_of_work():
        tender.set_aside(
            row,
            item.id,
            actor=actor,
            version=None,
            reason=reason,
            allowed=decider.test(row, actor) is not None,
            ask=decider.ask(row),
        )


def offer(desk: stories.Desk, row: Inquiry) -> None:
    """Issue the quotation behind a tender."""
    people = desk.people
    revision = stories.fill(people, stories.draft(people, row))
    stories.step(people, revision, "submit", "salesperson")
    stories.issue(people, stories.approve(people, revision), desk.seal)


def submit(desk: stories.Desk, row: Inquiry) -> None:
    with unit_of_work():
        actions.fire(row, "submit", actor=desk.people.actor("salesperson"), version=None, data={})


def test_deciding_on_a_tender_makes_its_checklist_from_the_setting(desk: stories.Desk) -> None:
    row = bid(desk)
    found = [(item.position, item.name, item.needs_file, item.open) for item in tender.items_of(row.id)]
    assert found == [(1, "保证金", True, True), (2, "授权委托书", False, True), (3, "密封", False, True)]
    with unit_of_work():
        settings.put(tender.SETTING, "别的")
        tender.make_checklist(row)
    assert len(tender.items_of(row.id)) == 3
    assert tender.items_of(bid(desk, "inquiry").id) == []
    with unit_of_work():
        settings.put("modules.preset", "essential")
    assert tender.items_of(bid(desk).id) == []


def test_default_template_has_an_item_for_each_cause_of_rejection() -> None:
    names = "".join(name for name, _file in tender.template_items())
    for cause in ("保证金", "授权委托书", "开标一览表", "偏离表", "有效期", "副本", "密封", "骑缝章", "截止"):
        assert cause in names, cause
    assert sum(needs for _name, needs in tender.template_items()) >= 2


def test_bid_is_not_handed_over_while_an_item_is_open_and_the_refusal_names_it(desk: stories.Desk) -> None:
    row = bid(desk)
    offer(desk, row)
    with pytest.raises(Conflict) as found:
        submit(desk, row)
    assert "第 1 项“保证金”" in found.value.sentence()
    tick(desk, row, 1, file=PDF, note="20000 元，凭证 0012")
    tick(desk, row, 3, "back_office")
    with pytest.raises(Conflict) as found:
        submit(desk, row)
    assert "授权委托书" in found.value.sentence()
    set_aside(desk, row, 2, "manager")
    submit(desk, row)
    assert row.status == "submitted"
    assert [file.name for file in files_for("inquiry", row.id, "tender")] == ["保证金.pdf"]
    verbs = [event.verb for event in events_for("inquiry", row.id)]
    assert verbs.count("inquiry:tender-tick") == 2
    assert verbs.count("inquiry:tender-waive") == 1
    with pytest.raises(Conflict) as late:
        tick(desk, row, 1)
    assert late.value.code == "inquiry:checklist-closed"


def test_without_the_module_a_tender_is_handed_over_as_any_other(desk: stories.Desk) -> None:
    row = bid(desk)
    offer(desk, row)
    with unit_of_work():
        settings.put("modules.preset", "essential")
    submit(desk, row)
    assert row.status == "submitted"


def test_ticking_needs_the_file_the_right_person_and_an_open_item(desk: stories.Desk) -> None:
    row = bid(desk)
    with pytest.raises(Invalid) as missing:
        tick(desk, row, 1)
    assert list(missing.value.fields) == ["file"]
    for who in ("manager", "technician", "keeper", "outsider"):
        with pytest.raises(Denied):
            tick(desk, row, 2, who)
    with pytest.raises(Stale):
        tick(desk, row, 2, version=99)
    tick(desk, row, 2)
    with pytest.raises(Conflict) as twice:
        tick(desk, row, 2)
    assert twice.value.code == "inquiry:checklist-done"
    with pytest.raises(Conflict) as done:
        set_aside(desk, row, 2, "manager")
    assert done.value.code == "inquiry:checklist-done"
    with pytest.raises(Conflict) as unknown, unit_of_work():
        tender.tick(row, 999, actor=desk.people.actor("salesperson"), version=None)
    assert unknown.value.code == "inquiry:checklist-no-item"


def test_only_who_decides_sets_an_item_aside_and_with_a_reason(desk: stories.Desk) -> None:
    row = bid(desk)
    for who in ("salesperson", "back_office"):
        with pytest.raises(Denied):
            set_aside(desk, row, 2, who)
    with pytest.raises(Invalid):
        set_aside(desk, row, 2, "manager", " ")
    set_aside(desk, row, 2, "manager")
    assert tender.items_of(row.id)[1].waived


def test_item_ticked_too_early_is_opened_again(desk: stories.Desk) -> None:
    row = bid(desk)
    tick(desk, row, 1, file=PDF, note="说明")
    item = tender.items_of(row.id)[0]
    with unit_of_work():
        tender.untick(row, item.id, actor=desk.people.actor("salesperson"), version=None)
    again = session.get_one(TenderItem, item.id)
    assert (again.open, again.note, again.stored_file_id) == (True, "", None)
    assert events_for("inquiry", row.id)[0].verb == "inquiry:tender-untick"
    with pytest.raises(Conflict), unit_of_work():
        tender.untick(row, item.id, actor=desk.people.actor("salesperson"), version=None)


def sign_in(client: Client, desk: stories.Desk, name: str) -> Client:
    return client.as_(session.get_one(User, desk.people.ids[name]))


def test_checklist_over_http(desk: stories.Desk, client: Client, queries: Any) -> None:
    row = bid(desk)
    page = f"/inquiries/{row.id}"
    first, second, third = (item.id for item in tender.items_of(row.id))
    sign_in(client, desk, "salesperson").get(page)
    assert "已完成 0 / 3 项" in client.page.text
    form = client.page.values(f"{page}/tender/{first}/tick")
    many = {"content_type": "multipart/form-data"}
    said = {**form, "note": "保证金 2 万元，凭证 0187"}
    assert client.post(f"{page}/tender/{first}/tick", said, **many).status_code == 422
    assert "须上传文件" in client.page.text
    assert client.page.values(f"{page}/tender/{first}/tick")["note"] == said["note"]
    assert client.page.values(f"{page}/tender/{second}/tick")["note"] == ""
    upload = (io.BytesIO(PDF.content), "保证金.pdf")
    response = client.post(f"{page}/tender/{first}/tick", {**form, "file": upload}, **many)
    assert (response.status_code, response.location) == (303, f"{page}#tender")
    assert client.submit(f"{page}/tender/{second}/tick", page=page).status_code == 303
    assert client.submit(f"{page}/tender/{second}/untick", page=page).status_code == 303
    assert client.post(f"{page}/tender/{third}/waive", {"version": "1", "note": "x"}).status_code == 403
    sign_in(client, desk, "manager").get(page)
    assert client.submit(f"{page}/tender/{third}/waive", {"note": ""}, page=page).status_code == 422
    assert client.submit(f"{page}/tender/{third}/waive", {"note": "不要求"}, page=page).status_code == 303
    with queries() as sent:
        client.get(page)
    assert len(sent) <= 10
    assert "免办" in client.page.text
    assert "保证金.pdf" not in client.page.one("main", id="main").text.partition("客户来函与附件")[2]
    for name in ("outsider", "colleague"):
        assert sign_in(client, desk, name).post(f"{page}/tender/{second}/tick", {}).status_code == 404
    offered = bid(desk, "inquiry")
    sign_in(client, desk, "salesperson").get(f"/inquiries/{offered.id}")
    assert "投标清单" not in client.page.text


def test_readers_of_single_lines_do_not_see_the_checklist(desk: stories.Desk, client: Client) -> None:
    people = desk.people
    row = bid(desk)
    with unit_of_work():
        row.lines[0].ask_technical = True
    sign_in(client, desk, "technician").get(f"/inquiries/{row.id}")
    assert "投标清单" not in client.page.text
    assert people.technician.name
