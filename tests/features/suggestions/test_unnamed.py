"""Suggestions without a name: nothing stored leads to who wrote them, and the receipt code reads the answer."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from app.core import checks, files
from app.core.db import db, session
from app.core.errors import Conflict, Denied, NotVisible
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.suggestions import unnamed
from app.features.suggestions.models import Suggestion, SuggestionAuthor
from tests.client import Client
from tests.features.suggestions import desk
from tests.features.suggestions.desk import Office

TITLE = "食堂晚饭延长到七点"
FORM = "/suggestions/unnamed"


@pytest.fixture
def office() -> Office:
    return desk.office()


def photo() -> io.BytesIO:
    """A photo that knows which telephone took it."""
    picture = Image.new("RGB", (60, 40), "white")
    exif = picture.getexif()
    exif[0x010F] = "PhoneOfChen"
    stream = io.BytesIO()
    picture.save(stream, "JPEG", exif=exif)
    stream.seek(0)
    return stream


def dump() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as the database itself holds it."""
    found = {}
    for table in db.metadata.sorted_tables:
        rows = session.execute(text(f'SELECT * FROM "{table.name}"')).mappings()
        found[table.name] = [dict(row) for row in rows]
    session.rollback()
    return found


def added(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> dict[str, list[dict[str, Any]]]:
    """The rows that are new or changed."""
    return {
        name: fresh
        for name, rows in after.items()
        if (fresh := [row for row in rows if row not in before[name]])
    }


def post_unnamed(client: Client, office: Office, **more: Any) -> str:
    """Send one through the page as its author and return the receipt code."""
    client.get(FORM)
    typed = {**client.page.values(FORM), "title": TITLE, "naming": "unnamed", **more}
    sent = client.post(FORM, typed)
    assert sent.status_code == 200, client.page.text
    return client.page.one("textarea", id="receipt-code").text


def test_nothing_stored_leads_to_the_author(client: Client, office: Office) -> None:
    # the author has been here before, with a session and a machine of a name of its own
    client.as_(office.user("author")).get("/suggestions")
    before = dump()
    code = post_unnamed(client, office, file=(photo(), "陈志远的手机.jpg"), method="和承包商谈")
    fresh = added(before, dump())
    author = office.user("author")
    session.rollback()
    # what may be new at all: the suggestion, its clock, its photo, what is indexed, the one event, the task, notices
    kinds = {"suggestion", "suggestion_deadline", "stored_file", "event", "event_chain", "task", "notice",
             "sequence", "form_token", "search_entry", "sqlite_sequence"}  # fmt: skip
    named = {name for name in fresh if name not in kinds and not name.startswith("search")}
    assert named == set()
    (row,) = fresh["suggestion"]
    assert (row["owner_id"], row["naming"]) == (None, "unnamed")
    (event,) = fresh["event"]
    assert event["verb"] == "suggestion:submit"
    assert (event["actor_id"], event["on_behalf_of_id"], event["address"], event["request_id"]) == (
        None, None, "", "",
    )  # fmt: skip
    (file,) = fresh["stored_file"]
    assert (file["uploaded_by_id"], file["name"]) == (None, "1.jpg")
    (token,) = fresh["form_token"]
    assert (token["user_id"], token["result_url"]) == (None, "/suggestions/receipt")
    # nobody's id, name or number stands in any column of a new row, and no moment finer than the hour
    for name, rows in fresh.items():
        for each in rows:
            for column, value in each.items():
                told = str(value)
                assert author.name not in told, (name, column)
                assert author.staff_number not in re.findall(r"[a-z]\w+", told), (name, column)
                assert code.replace("-", "") not in told.replace("-", ""), (name, column)
                if column.endswith("user_id") or column in ("owner_id", "actor_id", "uploaded_by_id"):
                    assert value != author.id, (name, column)
                if column.endswith("_at") or column == "at":
                    assert value is None or ":00:00" in told, (name, column, told)
    assert b"PhoneOfChen" not in files.path_of(file["sha256"]).read_bytes()
    assert author.name.encode() not in files.path_of(file["sha256"]).read_bytes()
    assert checks.run_all() == []


def test_no_other_table_could_name_the_author(client: Client, office: Office) -> None:
    """Whoever sends it, the database afterwards is the same: two authors leave the same rows."""
    left = []
    for who in ("author", "colleague"):
        client.as_(office.user(who)).get(FORM)
        before = dump()
        typed = {**client.page.values(FORM), "title": TITLE, "naming": "unnamed"}
        assert client.post(FORM, typed).status_code == 200
        fresh = added(before, dump())
        secret = {"receipt_hash", "token", "hash", "prev_hash", "id", "seq", "number", "doc_id", "last"}
        counted = secret | {"suggestion_id", "event_seq", "entry_id", "title"}
        kept = {
            name: [{column: value for column, value in row.items() if column not in counted} for row in rows]
            for name, rows in fresh.items()
            if not name.startswith("search")
        }
        left.append(kept)
    assert left[0] == left[1]


def test_the_receipt_code_reads_the_answer_and_answers_back(client: Client, office: Office) -> None:
    desk.put(appeal=True)
    client.as_(office.user("author"))
    code = post_unnamed(client, office)
    number = session.query(Suggestion.id).scalar()
    assert open_tasks("suggestion", number)[0].permission == "suggestions:suggestion:accept"
    desk.fire(office, number, "return", "leader", note="请写办法")
    page = "/suggestions/receipt"
    client.as_(office.user("author")).get(page)
    wrong = client.post(page, {**client.page.values(page), "code": "AAAA-BBBB-CCCC-DDDD"})
    assert wrong.status_code == 422
    client.get(page)
    answer = client.post(page, {**client.page.values(page), "code": code.lower().replace("-", " ")})
    assert answer.status_code == 200
    assert "退回补充" in client.page.text
    before = dump()
    act = "/suggestions/receipt/act"
    nothing = client.post(act, {**client.page.values(act), "method": ""})
    assert nothing.status_code == 422
    assert client.post(act, {**client.page.values(act), "method": "和承包商谈"}).status_code == 200
    for each in added(before, dump()).get("event", []):
        assert (each["actor_id"], each["address"], each["request_id"]) == (None, "", "")
    desk.fire(office, number, "accept", "leader")
    desk.fire(office, number, "begin_review", "leader")
    desk.fire(office, number, "decline", "leader", note="承包合同明年到期后再谈")
    client.get(page)
    client.post(page, {**client.page.values(page), "code": code})
    assert "承包合同明年到期后再谈" in client.page.text
    with unit_of_work():
        unnamed.act_by_code(code, "confirm", data={})
        unnamed.act_by_code(code, "appeal", data={"appeal": "可以先试一个月"})
    assert desk.load(number).status == "company_review"
    with pytest.raises(Denied), unit_of_work():
        unnamed.act_by_code(code, "adopt", data=desk.ANSWER)
    desk.fire(office, number, "decline", "leader", note="明年再谈")
    with pytest.raises(Conflict, match="appealed-already"), unit_of_work():
        unnamed.act_by_code(code, "appeal", data={"appeal": "再试"})
    with pytest.raises(NotVisible):
        unnamed.of_code("")


def test_a_second_posting_of_the_same_form_sends_nothing(client: Client, office: Office) -> None:
    client.as_(office.user("author")).get(FORM)
    typed = {**client.page.values(FORM), "title": TITLE, "naming": "unnamed"}
    assert client.post(FORM, typed).status_code == 200
    again = client.post(FORM, typed)
    assert (again.status_code, again.headers["Location"]) == (303, "/suggestions/receipt")
    assert session.query(Suggestion).count() == 1


def test_files_that_may_name_their_author_are_refused(client: Client, office: Office) -> None:
    client.as_(office.user("author")).get(FORM)
    typed = {**client.page.values(FORM), "title": TITLE, "naming": "unnamed"}
    refused = client.post(FORM, {**typed, "file": (io.BytesIO(b"%PDF-1.4 x"), "a.pdf")})
    assert refused.status_code == 422
    assert session.query(Suggestion).count() == 0


def test_only_the_keeper_learns_who_wrote_what_is_not_signed(client: Client, office: Office) -> None:
    client.as_(office.user("author")).get(FORM)
    assert not client.page.all("input", value="keeper")
    desk.put(keeper=office.people["personnel"])
    client.get(FORM)
    typed = {**client.page.values(FORM), "title": TITLE, "naming": "keeper", "method": "谈"}
    page = client.post(FORM, typed).headers["Location"]
    number = int(page.rsplit("/", 1)[1])
    row = desk.load(number)
    assert (row.owner_id, row.naming, row.receipt_hash) == (None, "keeper", None)
    assert session.get_one(SuggestionAuthor, number).user_id == office.people["author"]
    client.get(page)
    assert "这是您提的" in client.page.text
    client.as_(office.user("manager"))
    desk.fire(office, number, "accept", "leader")
    desk.fire(office, number, "begin_review", "leader")
    desk.fire(office, number, "decline", "leader", note="合同没到期")
    assert [task.user_id for task in open_tasks("suggestion", number)] == [office.people["author"]]
    desk.fire(office, number, "confirm", "author")
    for who in ("manager", "leader", "colleague", "personnel"):
        client.as_(office.user(who))
        for address in (
            page,
            "/suggestions",
            "/suggestions?format=csv",
            "/suggestions/board",
            "/search?q=食堂",
        ):
            assert office.user("author").name not in client.get(address).get_data(as_text=True), (
                who,
                address,
            )
    client.as_(office.user("manager")).get(page)
    name = f"{page}/name"
    assert client.post(name, {"csrf_token": token(client)}).status_code == 403
    client.as_(office.user("personnel")).get(page)
    client.post(name, client.page.values(name))
    assert "提出人：陈志远" in client.page.text
    client.get(page)
    assert "陈志远" not in client.page.text
    assert "查看了不署名建议的姓名" in client.page.text
    assert checks.run_all() == []


def token(client: Client) -> str:
    return client.page.all("input", name="csrf_token")[0].attributes["value"]


def test_it_can_be_switched_off(client: Client, office: Office) -> None:
    desk.put(unnamed=False)
    assert client.as_(office.user("author")).get(FORM).status_code == 409
    with pytest.raises(Conflict), unit_of_work():
        unnamed.send_unnamed(values=desk.values())


def test_the_check_finds_what_would_lead_to_the_author(office: Office) -> None:
    with unit_of_work():
        sent, _code = unnamed.send_unnamed(values=desk.values(department_id=office.department))
        number = sent.id
    assert checks.run_all() == []
    with unit_of_work():
        session.add(SuggestionAuthor(suggestion_id=number, user_id=office.people["author"]))
    assert [finding.check for finding in checks.run_all()] == ["suggestions"]


def test_codes_are_long_and_read_however_they_are_typed() -> None:
    codes = {unnamed.new_code() for _time in range(200)}
    assert len(codes) == 200
    code = codes.pop()
    assert re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", code)
    assert unnamed.hash_of(code) == unnamed.hash_of(f" {code.lower().replace('-', '')} ")
