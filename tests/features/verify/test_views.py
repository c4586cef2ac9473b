"""The public check by code and by file, and the telephone check of the back office."""

import hashlib
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from app.core import clock, files, timeline, verification_code
from app.core.db import session
from app.core.files import StoredFile
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.quotations.models import IssuedFile, QuotationRevision
from app.features.verify import actions, queries
from app.features.verify.enums import Standing
from app.features.verify.models import VerificationThrottle
from tests import factories, stories
from tests.client import Client
from tests.sending import sent


@pytest.fixture
def desk():
    return stories.desk()


@pytest.fixture
def revision(desk):
    return desk.quotation("issued")


def code_of(revision):
    return verification_code.grouped(revision.issued_files[0].code)


def content_of(issued):
    return files.read_bytes(session.get_one(StoredFile, issued.stored_file_id))


def upload(client, content):
    """Post a file as browsers do; the body is written here, since the test client leaves large ones open."""
    head = 'Content-Disposition: form-data; name="{}"{}\r\n\r\n'
    token = head.format("csrf_token", "") + client.csrf_token()
    file = head.format("file", '; filename="quotation.pdf"')
    body = f"--edge\r\n{token}\r\n--edge\r\n{file}".encode() + content + b"\r\n--edge--\r\n"
    return client._send(
        "POST", "/verify", False, {"data": body, "content_type": "multipart/form-data; boundary=edge"}
    )


def set_on(revision, **values):
    with unit_of_work():
        row = session.get_one(QuotationRevision, revision.id)
        for key, value in values.items():
            setattr(row, key, value)


def result_of(client):
    for element in client.page.all("div", id="verify-result"):
        return element.attributes["data-result"], element.attributes.get("data-standing", "")
    return None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_stranger_opens_the_page_in_both_languages(client, language):
    client.post("/language", {"language": language})
    assert client.get("/verify").status_code == 200
    assert client.page.one("html").attributes["lang"] == {"zh": "zh-Hans", "en": "en"}[language]
    assert client.page.one("input", name="code")
    assert client.page.one("input", name="file")


def test_the_page_says_what_the_printed_seal_is_and_is_not(client):
    client.get("/verify")
    assert "不是第三方电子印章服务" in client.page.text
    assert "数字签名" in client.page.text
    assert "微信" in client.page.text


def test_a_typed_code_leads_to_the_address_of_the_qr(client, revision):
    code = code_of(revision)
    typed = code.lower().replace("-", " ").replace("0", "o")
    response = client.post("/verify", {"code": typed})
    assert (response.status_code, response.location) == (303, f"/verify/{code}")
    assert client.get(f"/verify/{code.replace('-', '')}").status_code == 200


def test_a_code_tells_what_the_paper_tells_and_no_more(client, desk, revision):
    assert client.get(f"/verify/{code_of(revision)}").status_code == 200
    assert result_of(client) == ("genuine", "current")
    page = client.page.text
    total = revision.total
    for said in (
        revision.quotation.number,
        desk.customer.name,
        f"¥{total:,.2f}",
        revision.valid_until.isoformat(),
        "马经理",
        revision.content_hash[:8],
        "共 2 份",
        desk.entity.name,
    ):
        assert said in page, said
    for kept in (
        "液压件1",
        "孙晓",
        "钱保管",
        "465.50",
        desk.customer.contact_phone,
        revision.content_hash[:12],
    ):
        assert kept not in page, kept


def test_the_approver_stands_there_by_surname_and_role(desk, revision):
    row = session.get_one(QuotationRevision, revision.id)
    with unit_of_work():
        row.approved_by.name = "欧阳建国"
    assert queries.approver_of(row) == "欧阳经理"


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("王建国", "王"),
        ("欧阳建国", "欧阳"),
        ("司马", "司"),
        ("John Smith", "Smith"),
        (" 李 ", "李"),
        ("", ""),
    ],
)
def test_surnames_are_known(name, surname):
    assert queries.surname_of(name) == surname


@pytest.mark.parametrize(
    "code", ["0000-0000-0000-0000-0000-0000", "abc", "..%5c..", "%00", "中" * 24, "0" * 500]
)
def test_an_unknown_code_is_not_ours(client, revision, code):
    assert client.get(f"/verify/{code}").status_code == 404
    assert result_of(client) == ("foreign", "")
    assert revision.quotation.number not in client.page.text


@pytest.mark.parametrize("typed", ["", "   ", "12345", "U" * 24, "x" * 1000, "0000\x00"])
def test_what_cannot_be_a_code_comes_back_with_a_sentence(client, typed):
    assert client.post("/verify", {"code": typed}).status_code == 422
    assert client.page.errors()


def test_each_stored_copy_is_genuine_and_says_which_copy_it_is(client, revision):
    for issued in session.get_one(QuotationRevision, revision.id).issued_files:
        assert upload(client, content_of(issued)).status_code == 200
        assert result_of(client) == ("genuine", "current")
        assert f"第 {issued.copy_number} 份，共 2 份" in client.page.text


def test_a_changed_digit_makes_the_file_altered_and_shows_what_the_original_says(client, revision):
    content = content_of(session.get_one(QuotationRevision, revision.id).issued_files[0])
    changed = bytearray(content)
    changed[len(content) // 2] ^= 1
    assert upload(client, bytes(changed)).status_code == 200
    assert result_of(client)[0] == "altered"
    assert "不要采用" in client.page.text


def test_a_paper_with_something_appended_is_altered(client, revision):
    content = content_of(session.get_one(QuotationRevision, revision.id).issued_files[1])
    upload(client, content + b"\n% forged update\n%%EOF\n")
    assert result_of(client) == ("altered", "current")
    assert "后面又加了内容" in client.page.text
    assert "第 2 份，共 2 份" in client.page.text


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4 hello %%EOF", b"\x00" * 1000, "报价单".encode(), b"PK\x03\x04zip"]
)
def test_any_other_file_is_not_ours(client, revision, content):
    assert upload(client, content).status_code == 200
    assert result_of(client) == ("foreign", "")


def test_an_empty_file_and_one_too_large_are_refused_with_a_sentence(client):
    assert upload(client, b"").status_code == 422
    assert "文件是空的" in client.page.text
    assert upload(client, b"x" * (20 * 1024 * 1024 + 1)).status_code == 413
    assert "20 MB" in client.page.text


def test_an_upload_is_not_stored(client, revision, app):
    def stored():
        return session.execute(text("SELECT count(*) FROM stored_file")).scalar_one()

    before = stored()
    content = b"%PDF-1.4 a file nobody keeps %%EOF"
    upload(client, content)
    assert stored() == before
    assert not files.path_of(hashlib.sha256(content).hexdigest()).exists()


@pytest.mark.parametrize(
    ("values", "standing", "said"),
    [
        ({"status": "superseded", "superseded_at": clock.now()}, "superseded", "已有新版"),
        ({"status": "void", "void_reason": "客户取消项目"}, "void", "客户取消项目"),
        ({"valid_until": clock.today() - timedelta(days=1)}, "expired", "已过有效期"),
        ({"valid_until": clock.today()}, "current", "现行有效"),
        ({"status": "lost", "valid_until": clock.today() - timedelta(days=1)}, "expired", "已过有效期"),
        (
            {"status": "accepted", "valid_until": clock.today() - timedelta(days=1)},
            "current",
            "现行有效",
        ),
    ],
)
def test_a_genuine_paper_tells_how_it_stands_today(client, revision, values, standing, said):
    set_on(revision, **values)
    client.get(f"/verify/{code_of(revision)}")
    assert result_of(client) == ("genuine", standing)
    assert said in client.page.text
    assert "失效" not in client.page.text
    upload(client, content_of(session.get_one(QuotationRevision, revision.id).issued_files[0]))
    assert result_of(client) == ("genuine", standing)
    assert said in client.page.text


def test_an_accepted_paper_says_so_whatever_its_date(client, revision):
    set_on(revision, status="accepted", valid_until=clock.today() - timedelta(days=1))
    client.get(f"/verify/{code_of(revision)}")
    assert "客户已接受这份报价" in client.page.text
    assert "已过有效期" not in client.page.text


def test_the_result_comes_in_english_too(client, revision):
    client.post("/language", {"language": "en"})
    client.get(f"/verify/{code_of(revision)}")
    assert client.page.one("html").attributes["lang"] == "en"


def test_too_many_misses_are_refused_for_a_while_and_told_how_long(client, at):
    at(2026, 11, 23, 9, 0)
    for _number in range(actions.MISSES_AN_HOUR):
        assert client.get("/verify/0000-0000-0000-0000-0000-0000").status_code == 404
    response = client.get("/verify/0000-0000-0000-0000-0000-0000")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "3600" or int(response.headers["Retry-After"]) <= 3601
    assert "60 分钟" in client.page.text or "61 分钟" in client.page.text
    assert upload(client, b"x").status_code == 429
    assert client.get("/verify").status_code == 200
    at(2026, 11, 23, 10, 1)
    assert client.get("/verify/0000-0000-0000-0000-0000-0000").status_code == 404
    row = session.query(VerificationThrottle).one()
    assert (row.checks, row.misses) == (1, 1)


def test_addresses_are_counted_apart(client, app, at):
    at(2026, 11, 23, 9, 0)
    with unit_of_work():
        for _number in range(actions.CHECKS_AN_HOUR):
            actions.count_check("10.0.0.1", missed=False)
    other = {"environ_overrides": {"REMOTE_ADDR": "10.0.0.2"}}
    assert client.get("/verify/0", environ_overrides={"REMOTE_ADDR": "10.0.0.1"}).status_code == 429
    assert client.get("/verify/0", **other).status_code == 404


def test_the_check_asks_few_questions_of_the_database(client, revision):
    address = f"/verify/{code_of(revision)}"
    with sent() as statements:
        client.get(address)
    assert len([statement for statement in statements if statement.startswith("SELECT")]) <= 7


def test_a_node_for_verification_serves_nothing_else(app, revision, monkeypatch):
    code = code_of(revision)
    monkeypatch.setitem(app.config, "VERIFY_ONLY", True)
    client = Client(app)
    assert client.get("/verify").status_code == 200
    assert client.get(f"/verify/{code}").status_code == 200
    for address in ("/", "/login", "/quotations", "/seals", "/admin", "/setup", "/files/1"):
        assert client.get(address).status_code == 404, address
    person = factories.user(name="孙内勤", staff_number="c9", roles=[Role.BACK_OFFICE])
    assert client.as_(person).get("/verify/telephone").status_code == 404


def telephone(client, revision, **values):
    return client.submit(
        "/verify/telephone",
        {
            "caller": "宏达公司 吴先生",
            "number": revision.quotation.number,
            "copy_number": "2",
            "amount": str(revision.total),
            "hash_start": revision.content_hash[:8],
            **values,
        },
    )


def answer_of(client):
    return client.page.one("div", id="telephone-answer").attributes["data-result"]


def test_what_a_caller_reads_is_compared_and_logged_with_the_name(client, desk, revision):
    client.as_(desk.people.back_office)
    assert telephone(client, revision, hash_start=revision.content_hash[:8].upper()).status_code == 200
    assert answer_of(client) == "agrees"
    event = timeline.events_for("quotation", revision.id)[0]
    assert event.verb == "verify:telephone-matched"
    assert event.data == {"number": revision.quotation.number, "caller": "宏达公司 吴先生"}
    assert event.actor_id == desk.people.back_office.id


@pytest.mark.parametrize(
    "values", [{"copy_number": "3"}, {"amount": "1"}, {"hash_start": "00000000"}, {"hash_start": "0"}]
)
def test_one_wrong_figure_is_a_refusal_and_never_shows_the_right_one(client, desk, revision, values):
    client.as_(desk.people.back_office)
    telephone(client, revision, **values)
    assert answer_of(client) == "differs"
    answer = client.page.one("div", id="telephone-answer").text
    assert f"{revision.total:,.2f}" not in answer
    assert revision.content_hash[:8] not in answer
    assert timeline.events_for("quotation", revision.id)[0].verb == "verify:telephone-differs"


def test_an_unknown_number_is_said_and_logged(client, desk, revision):
    client.as_(desk.people.back_office)
    telephone(client, revision, number="BJ-2026-9999")
    assert answer_of(client) == "unknown"
    assert timeline.events_for("verification", 0)[0].verb == "verify:telephone-unknown"


def test_the_number_may_be_read_with_its_revision_and_in_lower_case(client, desk, revision):
    client.as_(desk.people.back_office)
    telephone(client, revision, number=f" {revision.number.lower()} ")
    assert answer_of(client) == "agrees"


@pytest.mark.parametrize("field", ["caller", "number", "copy_number", "amount", "hash_start"])
def test_every_item_of_the_telephone_check_is_asked_for(client, desk, revision, field):
    client.as_(desk.people.back_office)
    assert telephone(client, revision, **{field: ""}).status_code == 422
    assert client.page.errors()


def test_the_telephone_page_is_for_those_who_answer_callers(client, desk, revision):
    people = desk.people
    for person, status in (
        (people.back_office, 200),
        (people.keeper, 200),
        (people.manager, 200),
        (people.leader, 200),
        (people.salesperson, 403),
        (people.technician, 403),
        (people.administrator, 403),
        (people.outsider, 403),
    ):
        assert client.as_(person).get("/verify/telephone").status_code == status, person.name
        assert client.post("/verify/telephone", {}).status_code == (422 if status == 200 else 403)
    assert client.as_(None).get("/verify/telephone").status_code == 303


def test_a_paper_is_found_by_hash_code_and_document(revision):
    issued = session.get_one(QuotationRevision, revision.id).issued_files[0]
    assert queries.file_by_hash(issued.sha256).id == issued.id
    assert queries.file_by_code(verification_code.grouped(issued.code)).id == issued.id
    assert queries.file_by_document_id(issued.document_id).id == issued.id
    assert queries.file_by_code("nonsense") is None
    assert queries.files_by_number("   ") == []
    stored = queries.StoredCopies()
    assert stored.is_stored(issued.sha256)
    assert not stored.is_stored("0" * 64)
    assert stored.knows_document(issued.document_id)
    assert not stored.knows_document("nothing")


def test_an_extra_copy_says_so(revision):
    issued = session.get_one(IssuedFile, session.get_one(QuotationRevision, revision.id).issued_files[0].id)
    with unit_of_work():
        issued.extra = True
    paper = queries.paper_of(issued, one_copy=True)
    assert paper.extra
    assert paper.amount == Decimal(revision.total)
    assert paper.standing is Standing.CURRENT
