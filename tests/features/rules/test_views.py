"""The pages of rules over HTTP: who sees what, drafts that never leak, forms with what was typed."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock, search
from app.core.db import session
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.rules import actions, procedure, reading
from app.features.rules.actions import ClauseValues
from app.features.rules.clause_text import paragraphs
from app.features.rules.enums import NumberStyle
from app.features.rules.models import RuleComment, RuleSignature, RuleVersion
from app.features.rules.outline import OutlineRow
from app.features.seals import keys
from tests import factories
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

SECRET = "机密草案条文"


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def secret_draft(desk: Desk) -> tuple[int, int]:
    """A rule in force and a draft of its next version with a secret; their ids."""
    first = rulebook.published(desk)
    new = rulebook.begun_again(desk, first)
    with unit_of_work():
        version = rulebook.load(new)
        text = version.clauses[-1]
        actions.write_clause(
            version,
            text.clause_id,
            actor=desk.actor("manager"),
            revision=text.revision,
            values=ClauseValues("", SECRET, 2, NumberStyle.ARTICLE),
        )
    return first, new


def addresses(version: RuleVersion) -> list[str]:
    """Every address under which something of a version could be read."""
    base = f"/rules/versions/{version.id}"
    return [
        base, f"{base}/edit", f"{base}/head", f"{base}/questions", f"{base}/comments", f"{base}/records",
        f"{base}/print", f"{base}.pdf", f"{base}/read", f"{base}/readers", f"{base}/sheet", f"{base}/sheet.pdf",
        f"{base}/approve", f"{base}/void", f"{base}/consult", f"{base}/submit",
        f"/rules/{version.rule_id}/compare?old=1&new=2",
        *(f"/rules/clauses/{text.id}" for text in version.clauses),
    ]  # fmt: skip


def test_a_draft_is_seen_at_no_address_by_those_who_do_not_work_on_it(client: Client, desk: Desk) -> None:
    _first, new = secret_draft(desk)
    version = rulebook.load(new)
    found = addresses(version)
    rule = version.rule_id
    for who in ("reader", "colleague", "other"):
        client.as_(getattr(desk, who))
        for address in found:
            response = client.get(address)
            assert response.status_code in (403, 404), (who, address)
            assert SECRET not in response.get_data(as_text=True)
        for address in (
            "/rules",
            f"/rules/{rule}",
            "/rules?status=draft",
            f"/search?q={SECRET}",
            "/rules/mine",
        ):
            response = client.get(address)
            assert response.status_code == 200
            if not address.startswith("/search"):
                assert SECRET not in response.get_data(as_text=True)
        assert search.find(desk.actor(who), SECRET) == []
    for who in ("manager", "leader"):
        client.as_(getattr(desk, who))
        assert SECRET in client.get(found[0]).get_data(as_text=True)
        assert search.find(desk.actor(who), SECRET) == []


def test_the_log_tells_of_a_draft_what_was_done_and_not_what_it_says(client: Client, desk: Desk) -> None:
    secret_draft(desk)
    administrator = factories.user("安管理", "admin", roles=[Role.ADMINISTRATOR])
    page = client.as_(administrator).get("/admin/audit").get_data(as_text=True)
    assert "修改条款 第三条" in page
    assert SECRET not in page
    assert SECRET in client.as_(desk.leader).get("/admin/audit").get_data(as_text=True)


def test_strangers_are_sent_to_the_sign_in_page(client: Client, desk: Desk) -> None:
    version_id = rulebook.published(desk)
    for address in (
        "/rules",
        "/rules/1",
        f"/rules/versions/{version_id}",
        f"/rules/versions/{version_id}.pdf",
    ):
        assert client.get(address).status_code == 303


def test_the_rule_shows_the_text_in_force_and_an_old_version_names_it(client: Client, desk: Desk) -> None:
    first = rulebook.published(desk)
    second = rulebook.revised(desk, first, rulebook.tomorrow(7), text="新的要求。")
    rule = rulebook.load(first).rule_id
    client.as_(desk.reader)
    assert "新的要求" not in client.get(f"/rules/{rule}").get_data(as_text=True)
    page = client.get(f"/rules/versions/{second}").get_data(as_text=True)
    assert "11月30日起施行" in page
    with clock.frozen(clock.now() + timedelta(days=7)):
        client.as_(desk.reader)
        assert "新的要求" in client.get(f"/rules/{rule}").get_data(as_text=True)
        page = client.get(f"/rules/versions/{first}").get_data(as_text=True)
        assert "这是旧版" in page
        assert "现行的是第 2 版" in page


def test_the_search_finds_clauses_in_force_and_leads_to_them(client: Client, desk: Desk) -> None:
    first = rulebook.published(desk)
    second = rulebook.revised(desk, first, rulebook.tomorrow(7), text="国庆节前提交 XK-300 报表。")
    actor = desk.actor("other")
    (group,) = search.find(actor, "提前预约")
    assert [hit.title for hit in group.hits] == ["车辆管理办法 第二条"]
    client.as_(desk.other).get(group.hits[0].url)
    assert client.response is not None
    clause = rulebook.load(first).clauses[2].clause_id
    assert client.response.headers["Location"] == f"/rules/versions/{first}#clause-{clause}"
    assert search.find(actor, "XK-300") == []
    with clock.frozen(clock.now() + timedelta(days=7)):
        session.rollback()
        assert len(search.find(desk.actor("other"), "XK-300")[0].hits) == 1
        hits = search.find(desk.actor("other"), "提前预约")[0].hits
        assert [hit.url for hit in hits] == [f"/rules/clauses/{rulebook.load(second).clauses[2].id}"]


def test_a_rule_is_begun_written_decided_and_revised_over_http(client: Client, desk: Desk) -> None:
    client.as_(desk.manager)
    assert client.post("/rules/new", {"title": "", "form_token": "x"}).status_code == 422
    client.submit(
        "/rules/new", {"title": "保密办法", "category": "other", "department_id": str(desk.department.id)}
    )
    version = session.query(RuleVersion).one()
    base, number = f"/rules/versions/{version.id}", version.id
    client.get(f"{base}/edit")
    assert client.post(f"{base}/outline", {"do": "first", "version": version.version}).status_code == 303
    clause = rulebook.load(number).clauses[0].clause_id
    client.get(f"{base}/edit?clause={clause}")
    written = {"title": "", "text": "见[[第九条]]。", "level": "1", "style": "article", "version": "1"}
    response = client.post(f"{base}/clauses/{clause}", written)
    assert response.status_code == 422
    assert "见[[第九条]]。" in response.get_data(as_text=True)
    assert client.post(f"{base}/clauses/{clause}", {**written, "text": "保守秘密。"}).status_code == 303
    assert client.post(f"{base}/clauses/{clause}", written).status_code == 409
    assert "保守秘密。" in client.page.text
    assert client.post(f"{base}/clauses/{clause}", {**written, "level": "x"}).status_code == 422
    client.get(base)
    client.post(f"{base}/submit", client.page.values(f"{base}/submit"))
    client.as_(desk.leader)
    assert client.submit(f"{base}/approve", {"effective_on": "", "kind": "material"}).status_code == 422
    assert client.submit(f"{base}/approve", {"effective_on": "11-20", "kind": "material"}).status_code == 422
    assert client.submit(f"{base}/approve", {"effective_on": "明天", "kind": "material"}).status_code == 303
    assert client.post(f"{base}/approve", {"version": "1"}).status_code == 409
    client.as_(desk.manager)
    rule = rulebook.load(number).rule_id
    assert client.post(f"/rules/{rule}/revise").status_code == 303
    assert client.post(f"/rules/{rule}/revise").status_code == 409


@pytest.mark.parametrize("act", ["up", "down", "in", "out", "add", "below", "merge", "remove"])
def test_each_act_on_the_outline_answers_with_the_outline(client: Client, desk: Desk, act: str) -> None:
    version_id = rulebook.draft(desk)
    version = rulebook.load(version_id)
    clause, base = version.clauses[2].clause_id, f"/rules/versions/{version_id}"
    data = {"do": f"{act}-{clause}", "version": version.version}
    response = client.as_(desk.manager).post(f"{base}/outline", data, htmx=True)
    assert response.status_code == 200
    assert "<html" not in response.get_data(as_text=True)
    assert client.post(f"{base}/outline", data, htmx=True).status_code == 409
    assert client.post(f"{base}/outline", data).status_code == 409
    assert client.post(f"{base}/outline", {"do": "burn-1"}).status_code == 404
    assert client.as_(desk.reader).post(f"{base}/outline", data).status_code == 403


def test_the_head_is_changed_and_stale_forms_are_told(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(
        desk, rows=(OutlineRow(1, NumberStyle.ARTICLE, body=paragraphs(["扣发工资。"])),)
    )
    address = f"/rules/versions/{version_id}/head"
    assert "工资" in client.as_(desk.manager).get(address).get_data(as_text=True)
    values = client.page.values(address)
    assert client.post(address, {**values, "title": "新名"}).status_code == 303
    assert client.post(address, values).status_code == 409
    assert client.post(address, {**values, "title": ""}).status_code == 422
    assert client.submit(address, {"for_everybody": ""}).status_code in (303, 422)


def test_comments_are_written_and_answered_on_their_pages(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    base = f"/rules/versions/{version_id}"
    client.as_(desk.manager)
    assert client.submit(f"{base}/consult", {"comments_until": "今天"}).status_code == 422
    assert client.submit(f"{base}/consult", {"comments_until": "12-01"}).status_code == 303
    clause = rulebook.load(version_id).clauses[1].clause_id
    client.as_(desk.other)
    assert "正在征求意见，12月1日截止" in client.get(base).get_data(as_text=True)
    assert client.page.one("a", href=f"{base}/comments", **{"data-kind": "primary"})
    address = f"{base}/comments?clause={clause}"
    assert client.submit(address, {"text": " "}).status_code == 422
    assert client.submit(address, {"text": "写明由谁负责"}).location.endswith(f"/comments#clause-{clause}")
    assert client.get(f"{base}/comments/1").status_code == 403
    comment = session.query(RuleComment).one().id
    client.as_(desk.manager)
    assert "写明由谁负责" in client.get(f"{base}/comments").get_data(as_text=True)
    answer = f"{base}/comments/{comment}"
    assert client.submit(answer, {"answer": "adopted", "reason": ""}).status_code == 422
    assert client.submit(answer, {"answer": "adopted", "reason": "第一条已写明"}).status_code == 303
    assert client.get(f"{base}/comments/999").status_code == 409
    client.as_(desk.other)
    assert "第一条已写明" in client.get(f"{base}/comments").get_data(as_text=True)


def test_records_and_questions_are_kept_on_their_pages(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk, affects_staff=True)
    base = f"/rules/versions/{version_id}"
    client.as_(desk.manager)
    values = {"kind": "staff_discussion", "held_on": "今天", "participants": "全体", "result": "同意"}
    assert client.submit(f"{base}/records", values).status_code == 422
    client.get(f"{base}/records")
    upload = {
        **client.page.values(f"{base}/records"),
        **values,
        "file": (io.BytesIO(rulebook.PNG), "签到.png"),
    }
    response = client.post(f"{base}/records", upload, content_type="multipart/form-data")
    assert response.status_code == 303
    assert "签到.png" in client.get(f"{base}/records").get_data(as_text=True)
    stored = rulebook.load(version_id).records[0].stored_file_id
    assert client.get(f"/files/{stored}").status_code == 200
    assert client.as_(desk.reader).get(f"/files/{stored}").status_code == 404
    client.as_(desk.manager)
    question = {"text": "谁？", "option_0": "甲", "option_1": "乙", "answer": "1"}
    assert client.submit(f"{base}/questions", {**question, "option_1": ""}).status_code == 422
    assert client.submit(f"{base}/questions", {**question, "answer": "3"}).status_code == 422
    assert client.submit(f"{base}/questions", question).status_code == 303
    number = rulebook.load(version_id).questions[0].id
    assert client.post(f"{base}/questions/{number}/remove").status_code == 303
    assert rulebook.load(version_id).questions == []


def quizzed(desk: Desk) -> tuple[int, int]:
    version_id = rulebook.draft(desk)
    with unit_of_work():
        question = procedure.put_question(
            rulebook.load(version_id),
            actor=desk.actor("manager"),
            text="谁？",
            options=("甲", "乙"),
            answer=1,
        ).id
    rulebook.approve(desk, version_id)
    return version_id, question


def test_reading_to_the_end_answering_and_signing_without_scripts(client: Client, desk: Desk) -> None:
    version_id, question = quizzed(desk)
    base = f"/rules/versions/{version_id}"
    client.as_(desk.reader)
    assert client.post(f"{base}/sign", {"confirmed": "y", f"question_{question}": "1"}).status_code == 409
    assert client.post(f"{base}/end").status_code == 409
    client.get("/rules/mine")
    assert "车辆管理办法" in client.page.text
    client.get(f"{base}/read")
    assert "签认" not in client.page.one("div", id="signing").text.replace("可以签认", "")
    assert client.post(f"{base}/end").status_code == 303
    assert client.post(f"{base}/sign", {f"question_{question}": "1"}).status_code == 422
    response = client.post(f"{base}/sign", {"confirmed": "y", f"question_{question}": "0"})
    assert response.status_code == 422
    assert "请再看一遍" in client.page.text
    assert client.post(f"{base}/sign", {"confirmed": "y", f"question_{question}": "1"}).status_code == 303
    assert client.post(f"{base}/sign", {"confirmed": "y", f"question_{question}": "1"}).status_code == 303
    row = session.query(RuleSignature).one()
    assert (row.address, row.attempts) == ("127.0.0.1", 2)
    client.get(f"{base}/read")
    assert "已签认" in client.page.text
    assert client.as_(desk.other).post(f"{base}/end", htmx=True).status_code == 409


def test_the_end_reported_by_a_script_brings_what_follows(client: Client, desk: Desk) -> None:
    version_id, question = quizzed(desk)
    base = f"/rules/versions/{version_id}"
    client.as_(desk.reader).get(f"{base}/read")
    response = client.post(f"{base}/end", htmx=True)
    assert response.status_code == 200
    assert f"question_{question}" in response.get_data(as_text=True)


def test_a_version_replaced_while_reading_is_409_and_names_the_new_one(client: Client, desk: Desk) -> None:
    version_id = rulebook.published(desk)
    base = f"/rules/versions/{version_id}"
    client.as_(desk.reader).get(f"{base}/read")
    client.post(f"{base}/end")
    rulebook.revised(desk, version_id)
    response = client.post(f"{base}/sign", {"confirmed": "y"})
    assert response.status_code == 409
    assert "第 2 版" in response.get_data(as_text=True)


def test_the_new_version_says_what_changed_since_ones_own_signature(client: Client, desk: Desk) -> None:
    first = rulebook.published(desk)
    with unit_of_work():
        reading.note_opened(first, desk.reader.id)
        reading.reach_end(rulebook.load(first), actor=desk.actor("reader"))
        reading.sign(rulebook.load(first), actor=desk.actor("reader"), answers={})
    second = rulebook.revised(desk, first)
    page = client.as_(desk.reader).get(f"/rules/versions/{second}/read").get_data(as_text=True)
    assert "自您签认第 1 版以来，有 1 条改动" in page
    assert "自您签认" not in client.as_(desk.colleague).get(f"/rules/versions/{second}/read").get_data(
        as_text=True
    )
    rule = rulebook.load(first).rule_id
    page = client.as_(desk.reader).get(f"/rules/{rule}/compare").get_data(as_text=True)
    assert "<ins>新增一条。</ins>" in page
    assert client.get(f"/rules/{rule}/compare?old=1&new=9").status_code == 404
    assert client.get(f"/rules/{rule}/compare?all=1").status_code == 200


def test_the_owner_sees_who_has_not_signed_reminds_and_enters_a_sheet(client: Client, desk: Desk) -> None:
    version_id = rulebook.published(desk)
    base = f"/rules/versions/{version_id}"
    assert client.as_(desk.reader).get(f"{base}/readers").status_code == 403
    client.as_(desk.manager)
    page = client.get(f"{base}/readers").get_data(as_text=True)
    assert "未签认：马仓库" in page
    assert client.get(f"{base}/readers?format=csv").status_code == 200
    assert client.get(f"{base}/readers?format=print").status_code == 200
    assert client.get(f"{base}/readers?state=waiting&department={desk.elsewhere.id}").status_code == 200
    assert client.post(f"{base}/remind").status_code == 303
    assert client.post(f"{base}/remind").status_code == 409
    assert client.get(f"{base}/sheet.pdf").data.startswith(b"%PDF")
    assert client.submit(f"{base}/sheet", {}).status_code == 422
    client.get(f"{base}/sheet")
    form = {**client.page.values(f"{base}/sheet"), "people": str(desk.other.id)}
    form["file"] = (io.BytesIO(rulebook.PNG), "签字表.png")  # type: ignore[assignment]
    assert client.post(f"{base}/sheet", form, content_type="multipart/form-data").status_code == 303
    sheet = session.query(RuleSignature).one().stored_file_id
    assert client.as_(desk.other).get(f"/files/{sheet}").status_code == 200
    assert client.as_(desk.colleague).get(f"/files/{sheet}").status_code == 404
    assert client.as_(desk.manager).get(f"{base}/print").status_code == 200
    assert client.get(f"{base}.pdf").data.startswith(b"%PDF")


def test_a_proof_is_made_once_read_by_its_person_and_recognised(client: Client, desk: Desk) -> None:
    keys.create("沃垦农机")
    version_id = rulebook.published(desk)
    base = f"/rules/versions/{version_id}"
    client.as_(desk.reader)
    assert client.post(f"{base}/own-evidence").status_code == 404
    client.get(f"{base}/read")
    client.post(f"{base}/end")
    client.post(f"{base}/sign", {"confirmed": "y"})
    first = client.post(f"{base}/own-evidence").headers["Location"]
    assert client.post(f"{base}/own-evidence").headers["Location"] == first
    paper = client.get(first).data
    assert client.as_(desk.colleague).get(first).status_code == 404
    assert client.post(f"{base}/evidence").status_code == 403
    client.as_(desk.manager)
    assert client.post(f"{base}/evidence").status_code == 303
    assert client.post(f"{base}/evidence", {"person": str(desk.reader.id)}).headers["Location"] == first
    client.as_(None)
    upload = {"file": (io.BytesIO(paper), "证明.pdf")}
    page = client.post("/verify", upload, content_type="multipart/form-data").get_data(as_text=True)
    assert "规章制度阅读签认证明：《车辆管理办法》" in page
    assert "未经第三方存证" in page


def test_care_is_given_on_its_page(client: Client, desk: Desk) -> None:
    version_id = rulebook.published(desk)
    rule = rulebook.load(version_id).rule_id
    client.as_(desk.manager)
    address = f"/rules/{rule}/care"
    assert client.submit(address, {"review_on": "昨天"}).status_code == 422
    assert client.submit(address, {"review_on": "x"}).status_code == 422
    assert client.submit(address, {"review_on": "12-10"}).status_code == 303
    assert client.post(address, {"version": "0", "owner_id": str(desk.manager.id)}).status_code == 409
    assert client.as_(desk.reader).get(address).status_code == 403


def test_void_is_refused_without_reason_and_lists_what_cites(client: Client, desk: Desk) -> None:
    version_id = rulebook.published(desk)
    base = f"/rules/versions/{version_id}"
    client.as_(desk.leader)
    assert client.submit(f"{base}/void", {"void_on": "今天", "note": ""}).status_code == 422
    assert client.submit(f"{base}/void", {"void_on": "今天", "note": "并入新办法"}).status_code == 303
    page = client.as_(desk.reader).get(base).get_data(as_text=True)
    assert "这份制度已废止" in page
    assert search.find(desk.actor("reader"), "提前预约") == []


def test_pages_are_english_too(client: Client, desk: Desk) -> None:
    version_id = rulebook.published(desk)
    client.as_(desk.manager)
    client.browser.set_cookie("language", "en")
    for address in (
        "/rules",
        f"/rules/versions/{version_id}",
        f"/rules/versions/{version_id}/readers",
        "/rules/mine",
    ):
        assert client.get(address).status_code == 200
    assert "in force" in client.get(f"/rules/versions/{version_id}").get_data(as_text=True).lower()


def test_the_number_of_queries_does_not_grow_with_clauses_or_rules(
    client: Client, desk: Desk, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    small = rulebook.published(desk)
    rows = tuple(OutlineRow(1, NumberStyle.ARTICLE, body=paragraphs(["条文"])) for _each in range(60))
    large = rulebook.published(desk, rows=rows)
    client.as_(desk.reader)
    counts = []
    for version_id in (small, large):
        client.get(f"/rules/versions/{version_id}")
        with queries() as sent:
            client.get(f"/rules/versions/{version_id}")
        counts.append(len(sent))
    assert counts[0] == counts[1]
    client.get("/rules")
    with queries() as sent:
        client.get("/rules")
    before = len(sent)
    for _each in range(5):
        rulebook.published(desk)
    client.get("/rules")
    with queries() as sent:
        client.get("/rules")
    assert len(sent) == before
    assert counts[0] <= 10
    client.get(f"/rules/versions/{large}/read")
    with queries() as sent:
        client.get(f"/rules/versions/{large}/read")
    assert len(sent) <= 10
