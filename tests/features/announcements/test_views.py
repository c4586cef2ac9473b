"""The pages of announcements over HTTP: who opens what, writing, confirming, who has read, steps, refusals, papers."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from app.core.db import session
from app.features.announcements.models import Announcement, AnnouncementReceipt
from tests.client import Client
from tests.features.announcements import desk
from tests.features.announcements.desk import Office

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def office() -> Office:
    return desk.office()


def test_written_once_published_seen_and_confirmed(client: Client, office: Office) -> None:
    client.as_(office.manager).get("/announcements")
    assert client.page.all("a", href="/announcements/new")
    client.get("/announcements/new")
    typed = {
        **client.page.values("/announcements/new"),
        "title": "国庆值班",
        "text": "照旧\n- **老赵**值班",
        "must_confirm": "y",
        "confirm_hours": "16",
    }
    wrong = client.post("/announcements/new", {**typed, "title": "", "visible_from": "2026-99-99"})
    assert wrong.status_code == 422
    assert "老赵" in client.page.text
    first = client.post("/announcements/new", typed)
    assert first.status_code == 303
    assert client.post("/announcements/new", typed).headers["Location"] == first.headers["Location"]
    assert session.query(Announcement).count() == 1
    page = first.headers["Location"]
    client.as_(office.reader).get(page)
    assert client.get(page).status_code == 404
    client.as_(office.manager).get(page)
    client.submit(f"{page}/release")
    client.as_(office.reader).get("/")
    assert "国庆值班" in client.page.text
    client.get(page)
    assert [element.text for element in client.page.all("strong") if "老赵" in element.text]
    assert session.query(AnnouncementReceipt).filter_by(user_id=office.reader.id).one().seen_at is not None
    assert client.submit(f"{page}/confirm", page=page).status_code == 303
    client.get(page)
    assert "确认已读" in client.page.text
    assert not [
        form for form in client.page.all("form") if form.attributes.get("action") == f"{page}/confirm"
    ]


def test_scripts_in_a_text_are_words(client: Client, office: Office) -> None:
    number = desk.published(
        office, title="<b>粗</b>", text="<script>alert(1)</script>\n[x](javascript:alert(1))"
    )
    client.as_(office.reader).get(f"/announcements/{number}")
    assert "<script>alert(1)" not in client.page.html
    assert "<script>alert(1)</script>" in client.page.text


@pytest.mark.parametrize("name", ["manager", "personnel", "reader", "keeper"])
def test_who_may_do_what(client: Client, office: Office, name: str) -> None:
    number = desk.published(office, for_everybody=False, departments=(office.sales.id,))
    client.as_(getattr(office, name))
    publishes, addressed = name in ("manager", "personnel"), name in ("manager", "reader")
    seen = publishes or addressed
    expected = {
        "/announcements": 200,
        "/announcements/new": 200 if publishes else 403,
        f"/announcements/{number}": 200 if seen else 404,
        f"/announcements/{number}/announcement.pdf": 200 if seen else 404,
        f"/announcements/{number}/receipts": 200 if publishes else 403 if seen else 404,
        f"/announcements/{number}/receipts?format=csv": 200 if publishes else 403 if seen else 404,
        f"/announcements/{number}/correct": 200 if publishes else 403,
        f"/announcements/{number}/edit": (404 if name != "manager" else 409) if publishes else 403,
        "/announcements/999": 404,
    }
    assert {address: client.get(address).status_code for address in expected} == expected
    confirming = client.post(f"/announcements/{number}/confirm", {})
    assert confirming.status_code == (303 if addressed else 403 if seen else 404)
    withdrawing = client.post(f"/announcements/{number}/withdraw", {"version": "1", "note": "错"})
    assert withdrawing.status_code == (409 if publishes else 403 if seen else 404)
    assert client.post(f"/announcements/{number}/remind", {}).status_code == (
        303 if publishes else 403 if seen else 404
    )
    assert client.post(f"/announcements/{number}/explode", {}).status_code == 404


def test_the_receipts_say_who_has_not_read_by_department(client: Client, office: Office) -> None:
    number = desk.published(office)
    desk.confirm(office, number, "reader")
    client.as_(office.manager).get(f"/announcements/{number}/receipts?state=unread")
    assert "周文静" not in client.page.one("tbody").text
    assert "陈志远" in client.page.one("tbody").text
    assert "1 / 3" in client.page.text
    exported = client.get(f"/announcements/{number}/receipts?format=csv").get_data(as_text=True)
    assert "周文静" in exported
    assert "已确认" in exported


def test_a_withdrawn_one_shows_its_reason_and_no_text_to_readers(client: Client, office: Office) -> None:
    number = desk.published(office, text="机密的错误内容")
    desk.step(office, number, "withdraw", "manager", "发错了对象")
    page = client.as_(office.reader).get(f"/announcements/{number}")
    assert page.status_code == 200
    assert "发错了对象" in client.page.text
    assert "机密" not in client.page.text
    assert client.get(f"/announcements/{number}/announcement.pdf").status_code == 404
    client.as_(office.personnel).get(f"/announcements/{number}")
    assert "机密" in client.page.text


def test_a_correction_is_written_from_the_page_of_the_original(client: Client, office: Office) -> None:
    number = desk.published(office)
    form = f"/announcements/{number}/correct"
    client.as_(office.manager).get(form)
    assert client.post(form, client.page.values(form)).status_code == 422
    client.get(form)
    answer = client.post(form, {**client.page.values(form), "asks": "again"})
    assert answer.status_code == 303
    second = answer.headers["Location"]
    client.get(second)
    client.submit(f"{second}/release")
    client.as_(office.reader).get(f"/announcements/{number}")
    assert client.page.all("a", href=second)
    assert client.post(f"/announcements/{number}/confirm", {}).status_code == 409


def test_files_come_and_go_with_the_draft(client: Client, office: Office) -> None:
    number = desk.draft(office)
    page = f"/announcements/{number}"
    client.as_(office.manager).get(page)
    assert client.post(f"{page}/files", {}).status_code == 422
    client.get(page)
    upload = {"file": (io.BytesIO(b"plan"), "值班表.txt")}
    assert client.post(f"{page}/files", upload, content_type="multipart/form-data").status_code == 303
    client.get(page)
    stored = next(link for link in client.page.all("a") if link.text == "值班表.txt").attributes["href"]
    assert client.get(stored).status_code == 200
    client.as_(office.reader)
    assert client.get(stored).status_code == 404
    desk.step(office, number, "release", "manager")
    assert client.get(stored).status_code == 200
    client.as_(office.manager)
    assert (
        client.post(
            f"{page}/files",
            upload | {"file": (io.BytesIO(b"x"), "b.txt")},
            content_type="multipart/form-data",
        ).status_code
        == 409
    )


def test_stale_and_wrong_state_are_told_with_what_was_typed_kept(client: Client, office: Office) -> None:
    number = desk.draft(office)
    form = f"/announcements/{number}/edit"
    client.as_(office.manager).get(form)
    typed = {**client.page.values(form), "title": "改了标题", "for_everybody": "y"}
    assert client.post(form, {**typed, "version": "99"}).status_code == 409
    assert "改了标题" in client.page.html
    assert client.post(form, client.page.values(form)).status_code == 303
    assert desk.load(number).title == "改了标题"


def test_queries_do_not_rise_with_the_rows(client: Client, office: Office, queries: Queries) -> None:
    number = desk.published(office)

    def counted() -> list[int]:
        found = []
        for page in ("/announcements", f"/announcements/{number}", f"/announcements/{number}/receipts", "/"):
            client.get(page)
            with queries() as sent:
                client.get(page)
            found.append(len(sent))
        return found

    client.as_(office.manager)
    before = counted()
    for place in range(29):
        desk.published(
            office, title=f"通知 {place}", for_everybody=False, people=(office.manager.id, office.reader.id)
        )
    assert counted() == before
