"""The pages of letters over HTTP: the first sign-in, the own letter, the keeper's list and papers, refusals."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from app.core import clock
from app.core import settings as installation
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.acknowledgements.queries import letter_of
from app.features.people import passwords
from app.features.people.models import User
from app.features.rules import reading
from tests import factories, paper_tools
from tests.client import Client
from tests.features.acknowledgements import letters
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk, load

Queries = Callable[[], AbstractContextManager[list[str]]]
Reader = Callable[[bytes], str]


@pytest.fixture
def desk() -> Desk:
    return rulebook.desk()


@pytest.fixture
def keeper(desk: Desk) -> User:
    return factories.user("韩梅", "h1", None, [Role.PEOPLE])


@pytest.fixture
def text_of(tmp_path: Path) -> Reader:
    """Return what reads the words of a paper; sheets end with a form feed."""
    return lambda paper: paper_tools.text_of(paper_tools.saved(tmp_path, paper)).replace(" ", "")


def upload() -> dict[str, object]:
    return {"signed_on": "今天", "file": (io.BytesIO(letters.PNG), "确认书.png")}


def test_the_first_sign_in_leads_to_the_letter_which_may_be_put_off(client: Client, keeper: User) -> None:
    new = factories.user(
        "新人",
        "n1",
        factories.department("仓库二"),
        [Role.WAREHOUSE],
        must_change_password=True,
        password_hash=passwords.hash_password("initial-password"),
    )
    client.as_(new).get("/account/initial-password")
    typed = {"password": "three words together", "again": "three words together"}
    answer = client.submit("/account/initial-password", typed)
    assert answer.headers["Location"] == "/acknowledgements/mine"
    client.get("/acknowledgements/mine")
    assert "待签署" in client.page.text
    assert any(link.text == "以后再办" for link in client.page.all("a", href="/"))
    client.get("/")
    assert "签署账号使用与电子送达确认书" in client.page.text
    client.get("/tasks")
    letter = letter_of(new.id)
    assert letter is not None
    assert client.page.all("a", href=f"/acknowledgements/{letter.id}")


def test_the_person_prints_hands_in_and_the_keeper_confirms(
    client: Client, desk: Desk, keeper: User, text_of: Reader
) -> None:
    reader = desk.reader
    client.as_(reader).get("/acknowledgements/mine")
    ask = f"/acknowledgements/people/{reader.id}/ask"
    page = client.post(ask, client.page.values(ask)).headers["Location"]
    client.get(page)
    assert client.page.all("a", href=f"/acknowledgements/people/{reader.id}.pdf")
    paper = client.get(f"/acknowledgements/people/{reader.id}.pdf")
    assert paper.content_type == "application/pdf"
    written = text_of(paper.data)
    assert all(part in written for part in ("账号使用与电子送达确认书", "孙晓", "s1", "销售部", "本人签字"))
    client.get(f"{page}/hand_in")
    wrong = client.post(
        f"{page}/hand_in", {**client.page.values(f"{page}/hand_in"), "signed_on": "2099-01-01"}
    )
    assert wrong.status_code == 422
    assert "2099-01-01" in client.page.html
    client.get(f"{page}/hand_in")
    assert (
        client.post(f"{page}/hand_in", {**client.page.values(f"{page}/hand_in"), **upload()}).status_code
        == 303
    )
    client.get(page)
    assert "待核对" in client.page.text
    assert client.get(f"{page}/confirm").status_code == 303
    assert client.post(f"{page}/confirm", {"version": "2"}).status_code == 403
    assert client.get(f"{page}/nothing").status_code == 404
    client.as_(keeper).get(page)
    scan = client.page.one(
        "a",
        href=next(
            link.attributes["href"]
            for link in client.page.all("a")
            if link.attributes["href"].startswith("/files/")
        ),
    )
    assert client.get(scan.attributes["href"]).data == letters.PNG
    client.get(page)
    empty = {**client.page.values(f"{page}/return"), "note": ""}
    assert client.post(f"{page}/return", empty).status_code == 422
    assert client.post(f"{page}/confirm", {"version": "1"}).status_code == 409
    client.get(page)
    assert client.post(f"{page}/confirm", client.page.values(f"{page}/confirm")).status_code == 303
    client.get(page)
    assert all(part in client.page.text for part in ("已归档", "韩梅", "扫描件 SHA-256"))


def test_strangers_find_no_letter_and_open_no_list(client: Client, desk: Desk, keeper: User) -> None:
    number = letters.handed_in(desk.reader)
    client.as_(desk.colleague)
    for page in (
        f"/acknowledgements/{number}",
        f"/acknowledgements/{number}/hand_in",
        f"/acknowledgements/people/{desk.reader.id}",
        f"/acknowledgements/people/{desk.reader.id}.pdf",
        "/acknowledgements/people/99999",
    ):
        assert client.get(page).status_code == 404, page
    assert client.post(f"/acknowledgements/people/{desk.reader.id}/ask", {}).status_code == 404
    for page in ("/acknowledgements", "/acknowledgements/missing.pdf"):
        assert client.get(page).status_code == 403, page
    client.as_(keeper).get(f"/acknowledgements/people/{desk.colleague.id}")
    assert "请本人签署" in client.page.text


def test_the_keeper_sees_who_misses_it_exports_and_prints_all_at_once(
    client: Client, desk: Desk, keeper: User, queries: Queries, text_of: Reader
) -> None:
    letters.handed_in(desk.reader)
    letters.filed(desk.colleague, keeper)
    client.as_(keeper).get("/acknowledgements")
    assert "4 人还没有交回确认书" in client.page.text
    with queries() as few:
        client.get("/acknowledgements")
    for number in range(4):
        letters.filed(factories.user(f"同事{number}", f"z{number}", desk.department), keeper)
    client.get("/acknowledgements")
    with queries() as many:
        client.get("/acknowledgements")
    assert len(few) == len(many) <= 10
    client.get("/acknowledgements?state=missing")
    assert "马经理" in client.page.text
    assert "孙晓" not in client.page.text
    client.get("/acknowledgements?state=filed")
    assert "周静" in client.page.text
    exported = client.get("/acknowledgements?format=csv&state=handed_in").data.decode("utf-8-sig")
    assert "孙晓" in exported
    assert "周静" not in exported
    client.get("/acknowledgements?format=print")
    assert "制表人" in client.page.text
    paper = client.get("/acknowledgements/missing.pdf").data
    assert text_of(paper).count("\f") == 4
    assert "孙晓" not in text_of(paper)
    assert text_of(paper).count("第1页，共1页") == 4


def test_whoever_reads_english_gets_the_translation_and_the_paper_a_second_sheet(
    client: Client, keeper: User, text_of: Reader
) -> None:
    person = factories.user("John", "j1", factories.department("Sales"), [Role.SALESPERSON], locale="en")
    letters.asked(person)
    client.as_(person).get("/acknowledgements/mine")
    assert "The account is personal." in client.page.text
    paper = client.get(f"/acknowledgements/people/{person.id}.pdf").data
    assert text_of(paper).count("\f") == 2
    assert "TheChinesetextistheauthority." in text_of(paper)


def test_switched_off_nothing_is_left_of_it(client: Client, desk: Desk, keeper: User) -> None:
    number = letters.asked(desk.reader)
    version = signed(desk)
    with unit_of_work():
        installation.put("modules.switches", {"acknowledgements": False})
    for page in ("/acknowledgements", f"/acknowledgements/{number}", "/acknowledgements/missing.pdf"):
        assert client.as_(keeper).get(page).status_code == 404
    client.as_(desk.reader)
    for page in ("/", "/rules/mine"):
        client.get(page)
        assert "确认书" not in client.page.text
    client.as_(desk.manager).get(f"/rules/versions/{version}/readers")
    assert "确认书" not in client.page.text


def signed(desk: Desk) -> int:
    """Return a rule that the reader has signed by account."""
    number = rulebook.published(desk)
    with unit_of_work():
        reading.note_opened(number, desk.reader.id)
        reading.reach_end(load(number), actor=desk.actor("reader"))
        reading.sign(load(number), actor=desk.actor("reader"), answers={})
    return number


def test_a_signature_without_the_letter_is_marked_until_the_letter_is_filed(
    client: Client, desk: Desk, keeper: User
) -> None:
    number = signed(desk)
    readers = f"/rules/versions/{number}/readers"
    client.as_(desk.manager).get(readers)
    assert "1 人以账号签认，但还没有送达确认书" in client.page.text
    client.get(f"{readers}?state=letter_missing")
    assert "孙晓" in client.page.text
    client.get(f"{readers}?state=signed")
    assert client.page.all("td") == []
    client.as_(desk.reader).get("/rules/mine")
    assert "待补确认书" in client.page.text
    assert client.page.all("a", href="/acknowledgements/mine")
    letters.filed(desk.reader, keeper, clock.today())
    client.get("/rules/mine")
    assert "确认书" not in client.page.text
    client.as_(desk.manager).get(f"{readers}?state=signed")
    assert "孙晓" in client.page.text
    assert "确认书" not in client.page.one("main").text.replace("已阅，待补确认书", "")
