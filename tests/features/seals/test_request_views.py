"""The pages of requests for wet seals over HTTP: who opens what, forms, refusals, list, export, print."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from app.core import clock, settings
from app.core.db import session
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.seals.models import Seal, SealRequest
from tests import factories, stories
from tests.client import Client
from tests.features.seals import wet

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def desk() -> stories.Desk:
    return wet.desk()


@pytest.fixture
def seal(desk: stories.Desk) -> Seal:
    return wet.wet_seal(desk)


def sign_in(client: Client, desk: stories.Desk, name: str) -> Client:
    return client.as_(session.get_one(User, desk.people.ids[name]))


def address(request: SealRequest, tail: str = "") -> str:
    return f"/seals/requests/{request.id}{tail}"


def upload(name: str = "盖章页.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(wet.PICTURE), name


def test_paper_quotation_offers_the_request_prefilled(client: Client, desk: stories.Desk, seal: Seal) -> None:
    revision = wet.paper(desk)
    page = f"/quotations/{revision.quotation_id}/r/1"
    sign_in(client, desk, "salesperson").get(page)
    assert "纸质件还没有盖章" in client.page.text
    link = client.page.one("a", href=f"/seals/requests/new?document=quotation&id={revision.id}")
    form = link.attributes["href"]
    client.get(form)
    assert revision.number in client.page.text
    assert client.page.one("input", name="copies").attributes["value"] == "2"
    assert client.page.all("input", name="title") == []
    response = client.submit(form, {"seal_id": seal.id})
    assert response.status_code == 303, client.page.text
    request = session.query(SealRequest).one()
    assert (request.doc_id, request.copies, request.impressions) == (revision.id, 2, 2)
    client.get(page)
    assert request.number in client.page.text
    assert "待批准" in client.page.text
    assert "纸质件还没有盖章" not in client.page.text


def test_electronic_quotation_offers_no_wet_seal(client: Client, desk: stories.Desk, seal: Seal) -> None:
    revision = desk.quotation("issued")
    sign_in(client, desk, "salesperson").get(f"/quotations/{revision.quotation_id}/r/1")
    assert "申请用印" not in client.page.text
    response = client.get(f"/seals/requests/new?document=quotation&id={revision.id}")
    assert response.status_code == 409
    assert client.get("/seals/requests/new?document=quotation&id=999").status_code == 404


def test_free_paper_is_asked_for_once_however_often_the_form_is_sent(
    client: Client, desk: stories.Desk, seal: Seal
) -> None:
    sign_in(client, desk, "back_office").get("/seals/requests/new")
    typed = {
        **client.page.values("/seals/requests/new"),
        "seal_id": seal.id,
        "paper_kind": "letter",
        "title": "资信证明",
        "copies": "1",
        "impressions": "1",
        "purpose": "银行",
        "mode": "stamp",
    }
    first = client.post("/seals/requests/new", typed)
    second = client.post("/seals/requests/new", typed)
    assert [first.status_code, second.status_code] == [303, 303]
    assert first.location == second.location
    assert session.query(SealRequest).count() == 1


def test_refused_request_keeps_what_was_typed(client: Client, desk: stories.Desk, seal: Seal) -> None:
    typed = {
        "seal_id": seal.id,
        "paper_kind": "letter",
        "title": "资信证明",
        "copies": "3",
        "impressions": "2",
        "purpose": "银行",
        "mode": "stamp",
    }
    response = sign_in(client, desk, "salesperson").submit("/seals/requests/new", typed)
    assert response.status_code == 422
    assert any("印数须在份数" in error for error in client.page.errors())
    assert client.page.one("input", name="title").attributes["value"] == "资信证明"
    assert client.submit("/seals/requests/new", {**typed, "title": ""}).status_code == 422


def test_first_form_asks_for_ten_things_at_most_and_not_for_taking_out_where_that_is_off(
    client: Client, desk: stories.Desk, seal: Seal
) -> None:
    sign_in(client, desk, "salesperson").get("/seals/requests/new")
    names = {
        element.attributes["name"]
        for tag in ("input", "select", "textarea")
        for element in client.page.all(tag)
        if element.attributes.get("type") not in ("hidden", "submit", "search")
        and element.attributes.get("name", "") not in ("q", "language", "theme")
    }
    assert "mode" in names
    assert len(names) <= 10, names
    with unit_of_work():
        settings.put("modules.preset", "essential")
    client.get("/seals/requests/new")
    assert "外带" not in client.page.text
    assert client.page.all("input", name="mode") == []


def test_whole_way_over_http(client: Client, desk: stories.Desk, seal: Seal) -> None:
    request = wet.ask_for(desk, seal, wet.paper(desk))
    sign_in(client, desk, "manager").get(address(request))
    assert client.submit(address(request, "/approve"), page=address(request)).status_code == 303
    sign_in(client, desk, "keeper").get(address(request, "/stamp"))
    ticks = {f"compared_{name}": "y" for name in ("title", "number", "revision", "pages")}
    form = {**client.page.values(address(request, "/stamp")), "copies": "2", "impressions": "3"}
    response = client.post(address(request, "/stamp"), form, content_type="multipart/form-data")
    assert response.status_code == 422
    assert "请逐项核对" in client.page.text
    response = client.post(
        address(request, "/stamp"),
        {**form, **ticks, "file": upload("照片.png")},
        content_type="multipart/form-data",
    )
    assert response.status_code == 303, client.page.text
    sign_in(client, desk, "back_office").get(address(request, "/file"))
    form = client.page.values(address(request, "/file"))
    typed = {**form, "originals": "正本交客户"}
    assert (
        client.post(address(request, "/file"), typed, content_type="multipart/form-data").status_code == 422
    )
    response = client.post(
        address(request, "/file"), {**typed, "file": upload()}, content_type="multipart/form-data"
    )
    assert response.status_code == 303, client.page.text
    client.get(address(request))
    assert "已归档" in client.page.heading
    assert "盖章页.png" in client.page.text
    assert "正本交客户" in client.page.text


def test_seal_goes_out_and_comes_back_over_http(client: Client, desk: stories.Desk, seal: Seal) -> None:
    request = wet.ask(desk, seal, mode="take_out", destination="银川")
    wet.step(desk, request, "approve", "leader")
    ids = desk.people.ids
    sign_in(client, desk, "keeper")
    typed = {"first": ids["salesperson"], "second": ids["salesperson"], "due_back": "明天 17:00"}
    assert client.submit(address(request, "/hand_over"), typed).status_code == 422
    assert (
        client.submit(address(request, "/hand_over"), {**typed, "second": ids["colleague"]}).status_code
        == 303
    )
    sign_in(client, desk, "leader").get(address(request))
    response = client.submit(address(request, "/release"), page=address(request))
    assert (response.status_code, response.location) == (303, address(request))
    with clock.frozen(clock.now() + timedelta(days=3)):
        sign_in(client, desk, "leader").get(address(request))
        assert "逾期未还" in client.page.heading
        client.get("/seals/requests?status=overdue")
        assert request.number in client.page.text
        assert '<span class="status" data-tone="bad">' in client.page.html
        client.get("/seals")
        assert "1 枚逾期未还" in client.page.text
    sign_in(client, desk, "keeper")
    back = {"condition": "sound", "copies": "1", "impressions": "2"}
    assert client.submit(address(request, "/return"), back).status_code == 303
    client.get(address(request))
    assert "完好" in client.page.text


def test_strangers_and_others_are_kept_out(client: Client, desk: stories.Desk, seal: Seal) -> None:
    request = wet.ask(desk, seal)
    assert client.get("/seals/requests").status_code == 303
    for name in ("outsider", "technician", "administrator"):
        sign_in(client, desk, name)
        assert client.get("/seals/requests").status_code == 403, name
        assert client.get("/seals/requests/new").status_code == 403, name
        assert client.get(address(request)).status_code == 404, name
        assert client.post(address(request, "/approve"), {"version": "1"}).status_code == 404, name
    sign_in(client, desk, "keeper")
    assert client.post(address(request, "/approve"), {"version": "1"}).status_code == 403
    assert client.get(address(request, "/stamp")).status_code == 409
    assert client.get(address(request, "/nothing")).status_code == 404
    assert client.get(address(request, "/approve")).status_code == 303
    sign_in(client, desk, "manager")
    assert client.post(address(request, "/approve"), {"version": "9"}).status_code == 409
    assert client.post(address(request, "/refuse"), {"version": "1"}).status_code == 422


def test_stale_form_of_a_step_says_who_was_there_before(
    client: Client, desk: stories.Desk, seal: Seal
) -> None:
    request = wet.step(desk, wet.ask(desk, seal), "approve", "manager")
    sign_in(client, desk, "keeper").get(address(request, "/stamp"))
    form = client.page.values(address(request, "/stamp"))
    with unit_of_work():
        request.touch()
        request.purpose = "改过"
    response = client.post(address(request, "/stamp"), form, content_type="multipart/form-data")
    assert response.status_code == 409
    assert "改过这份单据" in client.page.text


def test_htmx_refusal_renews_the_buttons(client: Client, desk: stories.Desk, seal: Seal) -> None:
    request = wet.ask(desk, seal)
    sign_in(client, desk, "manager")
    wet.step(desk, request, "cancel", "salesperson", note="不用了")
    response = client.post(address(request, "/approve"), {"version": str(request.version)}, htmx=True)
    assert response.status_code == 409
    assert 'id="steps"' in response.get_data(as_text=True)


def test_register_shows_printed_and_pressed_seals_in_one_list(
    client: Client, desk: stories.Desk, seal: Seal
) -> None:
    printed, on_paper = desk.quotation("issued"), wet.paper(desk)
    request = wet.step(desk, wet.ask_for(desk, seal, on_paper), "approve", "manager")
    wet.step(desk, request, "stamp", "keeper", compared=True, copies=2, impressions=3)
    auditor = factories.user(name="审计", staff_number="au", roles=[Role.SEAL_AUDITOR])
    client.as_(auditor).get("/seals/uses")
    for word in (printed.number, on_paper.number, "盖实物章", "电子件", "待归档", "已归档"):
        assert word in client.page.text, word
    assert client.page.one("a", href=address(request)).text == on_paper.number
    export = client.get("/seals/uses?format=csv&use_form=wet").get_data(as_text=True)
    assert on_paper.number in export
    assert printed.number not in export
    assert client.get("/seals/uses?format=xlsx").mimetype.endswith("sheet")
    client.get("/seals/uses?format=print")
    for label in ("印章保管人", "用印审计", "公司主管领导"):
        assert label in client.page.text
    client.get("/seals/requests?format=print")
    assert "批准人" in client.page.text


def test_list_and_page_need_as_many_queries_for_thirty_as_for_one(
    client: Client, desk: stories.Desk, seal: Seal, queries: Queries
) -> None:
    request = wet.step(desk, wet.ask_for(desk, seal, wet.paper(desk)), "approve", "manager")
    sign_in(client, desk, "keeper")
    counts = {}
    for path in ("/seals/requests", "/seals/uses", address(request)):
        client.get(path)
        with queries() as sent:
            client.get(path)
        counts[path] = len(sent)
    for _ in range(30):
        wet.ask(desk, seal)
    for path, before in counts.items():
        with queries() as sent:
            client.get(path)
        assert len(sent) == before, path
        assert before <= 10, (path, before)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(
    client: Client, desk: stories.Desk, seal: Seal, language: str
) -> None:
    request = wet.take_out(desk, seal)
    waiting = wet.step(desk, wet.ask(desk, seal), "approve", "manager")
    sign_in(client, desk, "keeper").post("/language", {"language": language})
    pages = ["/seals/requests", address(request), address(request, "/return"), address(waiting, "/stamp")]
    for path in pages:
        assert client.get(path).status_code == 200, path
    sign_in(client, desk, "salesperson").post("/language", {"language": language})
    assert client.get("/seals/requests/new").status_code == 200
