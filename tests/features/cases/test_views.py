"""The pages of the library over HTTP: writing, links, files, marks, comments, steps, the list, papers."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from PIL import Image

from app.core.db import session
from app.features.cases.models import CaseStudy
from tests.client import Client
from tests.features.cases import desk
from tests.features.cases.desk import House

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def house() -> House:
    return desk.house()


def typed(client: Client, form: str, **changed: str) -> dict[str, str]:
    said = {
        "title": "换型保住交货期",
        "outcome": "worked",
        "stage": "delivery",
        "situation": "缺货",
        "tags": "齿轮泵",
    }
    return {**client.page.values(form), **said, **changed}


def test_written_once_with_what_was_typed_kept(client: Client, house: House) -> None:
    client.as_(house.writer).get("/cases/new")
    values = typed(client, "/cases/new")
    assert client.post("/cases/new", {**values, "title": ""}).status_code == 422
    assert "缺货" in client.page.text
    first = client.post("/cases/new", values)
    assert first.status_code == 303
    assert client.post("/cases/new", values).headers["Location"] == first.headers["Location"]
    assert session.query(CaseStudy).count() == 1
    page = first.headers["Location"]
    client.get(page)
    assert client.post(f"{page}/submit", {"version": "1"}).status_code == 409
    form = f"{page}/edit"
    client.get(form)
    whole = {"done": "比对参数", "result": "提前两天", "lesson": "先问同参数的"}
    assert client.post(form, {**client.page.values(form), **whole, "version": "77"}).status_code == 409
    assert "比对参数" in client.page.text
    assert client.post(form, client.page.values(form)).status_code == 303
    client.get(page)
    assert client.submit(f"{page}/submit").status_code == 303
    client.as_(house.manager).get(page)
    assert client.submit(f"{page}/publish").status_code == 303
    client.as_(house.keeper).get("/cases?q=换型&tag=齿轮泵&outcome=worked")
    assert client.page.all("a", href=page)


@pytest.mark.parametrize("name", ["writer", "colleague", "manager", "leader", "keeper"])
def test_who_opens_what(client: Client, house: House, name: str) -> None:
    handed_in, public, begun = desk.draft(house), desk.published(house), desk.draft(house)
    desk.step(house, handed_in, "submit", "writer")
    client.as_(getattr(house, name))
    own, checks = name == "writer", name in ("manager", "leader")
    expected = {
        "/cases": 200,
        "/cases/new": 200,
        f"/cases/{public}": 200,
        f"/cases/{public}/case.pdf": 200,
        f"/cases/{public}/edit": 409 if own else 404,
        f"/cases/{handed_in}": 200 if own or checks else 404,
        f"/cases/{begun}": 200 if own else 404,
        f"/cases/{begun}/links": 200 if own else 404,
        "/cases/999/case.pdf": 404,
        "/cases/new?from=customer:999": 404,
        "/cases/new?from=nonsense": 404,
        "/cases/new?from=customer:-1": 404,
    }
    assert {address: client.get(address).status_code for address in expected} == expected
    step = client.post(f"/cases/{handed_in}/publish", {"version": "0"})
    assert step.status_code == (403 if own else 409 if checks else 404)
    assert client.post(f"/cases/{public}/marks/useful", {}).status_code == (403 if own else 303)
    assert client.post(f"/cases/{public}/marks/odd", {}).status_code == 404
    assert client.post(f"/cases/{public}/nothing", {}).status_code == 404
    assert client.post(f"/cases/{public}/comments", {"text": ""}).status_code == 422


def test_a_customer_begins_a_case_and_shows_it(client: Client, house: House) -> None:
    customer = f"/customers/{house.customer}"
    client.as_(house.writer).get(customer)
    (way,) = [link for link in client.page.all("a") if link.text == "写成案例"]
    address = way.attributes["href"]
    client.get(address)
    assert "1 份单据" in client.page.text
    answer = client.post(address, {**client.page.values(address), "outcome": "worked", "stage": "other"})
    assert answer.status_code == 303, client.page.errors()
    number = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert [link.doc_id for link in desk.load(number).links] == [house.customer]
    published = desk.published(house, links=(("customer", house.customer),))
    client.get(customer)
    assert client.page.all("a", href=f"/cases/{published}")
    client.as_(house.keeper).get(f"/cases/{published}")
    assert "另有 1 份单据您无权查看" in client.page.text
    assert desk.NAME not in client.page.one("section", id="links").text


def test_documents_are_found_and_linked_without_scripts(client: Client, house: House) -> None:
    number = desk.draft(house)
    page = f"/cases/{number}"
    client.as_(house.writer).get(f"{page}/links?q={desk.SHORT}")
    form = client.page.values(f"{page}/links")
    assert form["doc_type"] == "customer"
    assert client.post(f"{page}/links", form).status_code == 303
    client.get(f"{page}/links?q={desk.SHORT}")
    assert "已关联" in client.page.text
    for wrong in ({"doc_type": "customer", "doc_id": "x"}, {"doc_type": "", "doc_id": "1"}, {}):
        assert client.post(f"{page}/links", wrong).status_code == 404
    link = desk.load(number).links[0].id
    assert client.post(f"{page}/links/{link}/remove", {}).status_code == 303
    assert client.post(f"{page}/links/{link}/remove", {}).status_code == 404


def test_photos_are_made_anew_and_shown(client: Client, house: House) -> None:
    number = desk.draft(house)
    page, stream = f"/cases/{number}", io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(stream, "JPEG")
    client.as_(house.writer).get(page)

    def upload(content: bytes, name: str) -> int:
        data = {"file": (io.BytesIO(content), name)}
        return client.post(f"{page}/files", data, content_type="multipart/form-data").status_code

    assert upload(stream.getvalue(), "现场.jpg") == 303
    assert upload(b"no picture", "假.jpg") == 422
    assert upload(b"MZ\x90", "virus.exe") == 422
    client.get(page)
    source = client.page.one("figure").inside and client.page.one("img", alt="现场.jpg").attributes["src"]
    assert client.get(source).status_code == 200
    client.as_(house.keeper)
    assert client.get(source).status_code == 404


def test_comments_are_words_and_marks_can_be_taken_back(client: Client, house: House) -> None:
    number = desk.published(house)
    page = f"/cases/{number}"
    client.as_(house.colleague).get(page)
    assert client.post(f"{page}/comments", {"text": "长" * 2_001}).status_code == 422
    assert "长" * 2_001 in client.page.html
    assert client.post(f"{page}/comments", {"text": "<script>alert(1)</script>"}).status_code == 303
    client.get(page)
    client.submit(f"{page}/marks/useful", page=page)
    client.get(page)
    assert "<script>alert(1)</script>" not in client.page.html
    assert "有用 1" in client.page.text
    client.submit(f"{page}/marks/useful", page=page)
    client.get(page)
    assert "有用 0" in client.page.text


def test_queries_do_not_rise_with_the_rows(client: Client, house: House, queries: Queries) -> None:
    number = desk.published(house, links=(("customer", house.customer),))
    pages = ("/cases", f"/cases/{number}", f"/customers/{house.customer}")

    def counted() -> list[int]:
        found = []
        for page in pages:
            client.get(page)
            with queries() as sent:
                client.get(page)
            found.append(len(sent))
        return found

    client.as_(house.writer)
    before = counted()
    for place in range(29):
        desk.published(house, links=(("customer", house.customer),), title=f"案例 {place}")
    assert counted() == before
