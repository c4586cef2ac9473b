"""The pages of proposals over HTTP: who opens what, drafting, evidence, steps, refusals, lists, figures, papers."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal

import pytest

from app.core import clock, settings
from app.core.db import session
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.proposals import actions, ranges
from app.features.proposals.models import Proposal, ProposalTip
from tests.client import Client
from tests.features.checks import desk as checks
from tests.features.proposals import desk as proposals
from tests.features.proposals.desk import Company
from tests.features.rules import rulebook

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def company() -> Company:
    return proposals.company()


def sign_in(client: Client, company: Company, name: str) -> Client:
    return client.as_(session.get_one(User, company.ident(name)))


def typed(client: Client, company: Company, form: str, **changed: str) -> dict[str, str]:
    """What the manager types into the form of a new proposal."""
    return {
        **client.page.values(form),
        "kind": "penalty",
        "subject_id": str(company.ident("reader")),
        "happened_at": clock.to_local(clock.now() - timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M"),
        "place": "车库",
        "clause_id": str(company.clause),
        "facts": "还车时没有交钥匙。",
        "measure": "警告",
        "amount": "200",
        **changed,
    }


def test_a_draft_is_made_once_with_what_was_typed_kept(client: Client, company: Company) -> None:
    form = "/proposals/new"
    sign_in(client, company, "manager").get("/proposals")
    assert client.page.all("a", href=form)
    client.get(form)
    values = typed(client, company, form)
    wrong = client.post(form, {**values, "facts": "", "amount": "很多"})
    assert wrong.status_code == 422
    assert "车库" in client.page.one("input", name="place").attributes["value"]
    future = client.post(form, {**values, "happened_at": "2099-01-01 09:00"})
    assert future.status_code == 422
    old = client.post(form, {**values, "happened_at": "2020-01-01 09:00"})
    assert old.status_code == 422
    first = client.post(form, values)
    assert first.status_code == 303
    assert client.post(form, values).headers["Location"] == first.headers["Location"]
    assert session.query(Proposal).count() == 1
    client.get(first.headers["Location"])
    said = ("孙晓", "《车辆管理办法》第一条", "200.00", "还没有证据", "草稿")
    assert [text for text in said if text not in client.page.text] == []


def test_clauses_are_found_by_words_without_scripts_and_nothing_is_lost(
    client: Client, company: Company
) -> None:
    form = "/proposals/new"
    sign_in(client, company, "manager").get(form)
    values = typed(client, company, form, words="车辆 第二条", clause_id="")
    found = client.post(form, {**values, "find": "1"})
    assert found.status_code == 200
    options = [option.text for option in client.page.all("option")]
    assert "《车辆管理办法》第二条" in options
    assert "《车辆管理办法》第一条" not in options
    assert "还车时没有交钥匙" in client.page.text


def test_evidence_is_added_with_a_photo_and_removed(client: Client, company: Company) -> None:
    check_id = checks.record(company.desk, company.clause)
    checks.explained(company.desk, check_id)
    number = proposals.draft(company)
    page, form = f"/proposals/{number}", f"/proposals/{number}/evidence"
    sign_in(client, company, "manager").get(form)
    empty = [option for option in client.page.all("option") if option.text == "不引用"]
    assert len(empty) == len(
        client.page.all("select", name="check_id") + client.page.all("select", name="event_seq")
    )
    values = client.page.values(form)
    assert client.post(form, values).status_code == 422
    event = next(option for option in client.page.all("option") if "孙晓 说明情况" in option.text)
    given = {**values, "check_id": str(check_id), "event_seq": event.attributes["value"], "note": "现场"}
    lying = client.post(form, {**given, "file": (io.BytesIO(b"%PDF-1.4"), "a.png")})
    assert lying.status_code == 422
    sent = client.post(form, {**given, "file": (io.BytesIO(rulebook.PNG), "钥匙.png")})
    assert sent.status_code == 303
    stale = client.post(form, {**given})
    assert stale.status_code == 409
    client.get(page)
    assert all(text in client.page.text for text in ("钥匙.png", "现场", "说明情况", "JC-"))
    last = proposals.load(number).evidence[-1].id
    removing = f"{page}/evidence/{last}/remove"
    assert client.post(removing, client.page.values(removing)).status_code == 303
    assert len(proposals.load(number).evidence) == 3
    sign_in(client, company, "leader")
    assert client.get(form).status_code == 404


def test_a_draft_is_changed_and_then_no_more(client: Client, company: Company) -> None:
    number = proposals.draft(company)
    form = f"/proposals/{number}/edit"
    sign_in(client, company, "manager").get(form)
    values = client.page.values(form)
    assert values["place"] == "车库"
    assert client.post(form, {**values, "place": ""}).status_code == 422
    assert client.post(form, {**values, "find": "1", "words": "没有的词"}).status_code == 200
    assert client.post(form, {**values, "kind": "reward"}).status_code == 303
    assert client.post(form, {**values, "place": "大门"}).status_code == 409
    assert "大门" in client.page.one("input", name="place").attributes["value"]
    proposals.step(company, number, "submit", "manager")
    assert client.get(form).status_code == 409
    sign_in(client, company, "leader")
    assert client.get(form).status_code == 404


def test_a_penalty_goes_its_whole_way_over_the_pages(client: Client, company: Company) -> None:
    number = proposals.draft(company)
    page = f"/proposals/{number}"

    def press(who: str, name: str) -> None:
        sign_in(client, company, who).get(page)
        assert client.post(f"{page}/{name}", client.page.values(f"{page}/{name}")).status_code == 303

    def fill(who: str, name: str, values: dict[str, str]) -> None:
        sign_in(client, company, who).get(f"{page}/{name}")
        assert client.submit(f"{page}/{name}", values).status_code == 303, client.page.text

    press("manager", "submit")
    press("personnel", "hear")
    sign_in(client, company, "leader").get(f"{page}/decide")
    early = {"decision": "agreed", "text": "清楚", "joint_liability": "no", "joint_reason": "已提醒"}
    assert client.submit(f"{page}/decide", early).status_code == 409
    assert "已提醒" in client.page.text
    sign_in(client, company, "reader").get(f"{page}/state")
    assert client.submit(f"{page}/state", {"statement": ""}).status_code == 422
    fill("reader", "state", {"statement": "钥匙交给了门卫。"})
    sign_in(client, company, "leader").get(f"{page}/decide")
    assert "钥匙交给了门卫" in client.page.text
    assert client.submit(f"{page}/decide", {"decision": "agreed", "text": "清楚"}).status_code == 422
    fill("leader", "decide", {**early, "published": "y"})
    assert sign_in(client, company, "reader").get(f"{page}/serve").status_code == 403
    press("reader", "acknowledge")
    fill("personnel", "serve", {})
    fill("reader", "appeal", {"appeal": "门卫可以作证"})
    second = proposals.second_leader(company)
    client.as_(second).get(f"{page}/redecide")
    assert client.submit(f"{page}/redecide", {"decision": "agreed", "text": "维持"}).status_code == 303
    sign_in(client, company, "finance").get(f"{page}/execute")
    assert "系统不自动扣款" in client.page.text
    assert client.submit(f"{page}/execute", {"execution": "十二月奖金单列"}).status_code == 303
    press("personnel", "close")
    sign_in(client, company, "reader").get(page)
    said = ("已结案", "维持原决定", "门卫可以作证", "十二月奖金单列", "不承担：已提醒")
    assert [text for text in said if text not in client.page.text] == []
    sign_in(client, company, "colleague").get("/proposals/public")
    assert "孙晓" in client.page.text


def test_refusals_of_buttons_are_told_and_unknown_steps_are_not_there(
    client: Client, company: Company
) -> None:
    number = proposals.brought_to(company, "proposed")
    page = f"/proposals/{number}"
    sign_in(client, company, "manager").get(page)
    assert client.get(f"{page}/nothing").status_code == 404
    assert client.get(f"{page}/hear").status_code == 303
    values = (
        client.page.values(f"{page}/withdraw") if client.page.all("form", action=f"{page}/withdraw") else {}
    )
    stale = client.post(f"{page}/withdraw", {**values, "version": "1", "note": "查错了人"})
    assert stale.status_code == 409
    assert "查错了人" in client.page.text
    again = client.post(f"{page}/submit", {"version": str(proposals.load(number).version)})
    assert again.status_code == 409
    assert sign_in(client, company, "personnel").post(f"{page}/withdraw", {"note": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("who", "listed", "seen", "new"),
    [
        ("manager", 200, 200, 200),
        ("leader", 200, 200, 200),
        ("personnel", 200, 200, 403),
        ("finance", 200, 404, 403),
        ("reader", 403, 200, 403),
        ("colleague", 403, 404, 403),
        ("other", 403, 404, 403),
    ],
)
def test_who_opens_what(client: Client, company: Company, who: str, listed: int, seen: int, new: int) -> None:
    number = proposals.brought_to(company, "heard")
    sign_in(client, company, who)
    assert client.get("/proposals").status_code == listed
    assert client.get(f"/proposals/{number}").status_code == seen
    assert client.get(f"/proposals/{number}/proposal.pdf").status_code == seen
    assert client.get("/proposals/new").status_code == new
    for address in ("/proposals/public", "/proposals/tips", "/proposals/tips/new"):
        assert client.get(address).status_code == 200
    assert client.get("/proposals/statistics").status_code == (
        200 if listed == 200 and who != "finance" else 403
    )


def test_papers_are_drawn_once_there_is_something_to_say(client: Client, company: Company) -> None:
    draft = proposals.draft(company)
    sign_in(client, company, "manager")
    assert client.get(f"/proposals/{draft}/proposal.pdf").status_code == 404
    early = proposals.brought_to(company, "heard")
    assert client.get(f"/proposals/{early}/notice.pdf").status_code == 404
    done = proposals.appealed(company)
    for name in ("proposal", "notice"):
        paper = client.get(f"/proposals/{done}/{name}.pdf")
        assert paper.data.startswith(b"%PDF-")
        assert (
            paper.headers["Cache-Control"] == "no-store, private"
            or "no-store" in paper.headers["Cache-Control"]
        )


def test_lists_are_filtered_exported_and_printed_and_figures_add_up(client: Client, company: Company) -> None:
    proposals.brought_to(company, "heard")
    reward = proposals.draft(company, kind="reward", measure="通报表扬", amount=None)
    proposals.step(company, reward, "submit", "manager")
    proposals.step(company, reward, "decide", "leader", decision="agreed", text="好")
    sign_in(client, company, "leader").get("/proposals?kind=reward")
    assert "RPP-" in client.page.text
    assert client.page.one("p", id="list-count").text.strip() == "共 1 条"
    assert client.get("/proposals?format=xlsx").status_code == 200
    assert "公司主管领导" in client.get("/proposals?format=print").get_data(as_text=True)
    client.get("/proposals/statistics")
    assert "奖励 1 项，处罚 1 项" in client.page.text
    body = client.get("/proposals/statistics?format=csv").get_data(as_text=True)
    month = clock.today().strftime("%Y-%m")
    assert f"{month},销售部,2,1,1,1,1,0,0,0" in body
    department = company.desk.department.id
    assert month in client.get(f"/proposals/statistics?department={department}").get_data(as_text=True)
    client.get("/proposals/statistics?month_from=2020-01-01&month_to=2020-01-31")
    assert "没有符合条件的记录" in client.page.text
    sign_in(client, company, "colleague").get("/proposals/public")
    assert "通报表扬" in client.page.text
    assert "还车时没有交钥匙" in client.page.text


def test_the_number_of_queries_does_not_rise_with_the_rows(
    client: Client, company: Company, queries: Queries
) -> None:
    pages = ("/proposals", "/proposals/public", "/proposals/tips", "/proposals/statistics")

    def counted() -> list[int]:
        found = []
        for page in pages:
            client.get(page)
            with queries() as sent:
                client.get(page)
            found.append(len(sent))
        return found

    def more() -> None:
        reward = proposals.draft(company, kind="reward")
        proposals.step(company, reward, "submit", "manager")
        proposals.step(company, reward, "decide", "leader", decision="agreed", text="好")
        proposals.send_tip(company)

    number = proposals.brought_to(company, "heard")
    more()
    sign_in(client, company, "manager")
    few = counted()
    for _time in range(3):
        more()
    sign_in(client, company, "manager")
    assert counted() == few
    assert max(few) <= 10
    with queries() as sent:
        client.get(f"/proposals/{number}")
    assert len(sent) <= 12, sent


# Checks, clauses, tips


def test_a_check_leads_to_its_proposal_with_everything_filled(client: Client, company: Company) -> None:
    check_id = checks.record(company.desk, company.clause)
    way = f"/proposals/new?check={check_id}"
    sign_in(client, company, "manager").get(f"/checks/{check_id}")
    assert client.page.all("a", href=way) == []
    assert client.get(way).status_code == 404
    checks.explained(company.desk, check_id)
    client.get(f"/checks/{check_id}")
    assert client.page.all("a", href=way)
    client.get(way)
    values = client.page.values(way)
    assert (values["kind"], values["subject_id"], values["clause_id"]) == (
        "penalty",
        str(company.ident("reader")),
        str(company.clause),
    )
    assert "忘了收好" in values["facts"]
    made = client.post(way, {**values, "place": "车库", "measure": "提醒"})
    assert made.status_code == 303
    client.get(f"/checks/{check_id}")
    assert client.page.all("a", href=made.headers["Location"])
    assert "已提出奖惩建议" in client.page.text
    assert (
        client.post(way, {**values, "place": "车库", "measure": "提醒"}).headers["Location"]
        == made.headers["Location"]
    )
    assert sign_in(client, company, "leader").get("/proposals/new?check=999").status_code == 404


def test_a_clause_offers_a_proposal_to_heads_and_a_tip_to_everybody(client: Client, company: Company) -> None:
    page = f"/rules/versions/{company.version_id}?acts=1"
    sign_in(client, company, "manager").get(page)
    assert client.page.all("a", href=f"/proposals/new?clause={company.clause}")
    assert client.page.all("a", href=f"/proposals/ranges/{company.clause}")
    client.get(f"/proposals/new?clause={company.clause}")
    assert client.page.values(f"/proposals/new?clause={company.clause}")["clause_id"] == str(company.clause)
    sign_in(client, company, "reader").get(page)
    assert client.page.all("a", href=f"/proposals/tips/new?clause={company.clause}")


def test_the_range_of_a_clause_is_set_by_its_form_and_shown(client: Client, company: Company) -> None:
    form = f"/proposals/ranges/{company.clause}"
    assert sign_in(client, company, "reader").get(form).status_code == 403
    sign_in(client, company, "manager").get(form)
    values = client.page.values(form)
    assert client.post(form, {**values, "least": "x"}).status_code == 422
    assert client.post(form, {**values, "least": "500", "most": "100"}).status_code == 422
    assert client.post(form, {**values, "least": "100", "most": "500"}).status_code == 303
    assert client.post(form, {**values, "least": "1", "most": "2"}).status_code == 409
    client.get(form)
    assert client.page.values(form)["most"] == "500.00"
    client.get(f"/rules/versions/{company.version_id}")
    assert "100.00 – 500.00 元" in client.page.text
    assert client.get("/proposals/ranges/999").status_code == 404


def test_a_tip_is_sent_taken_up_or_closed(client: Client, company: Company) -> None:
    form = f"/proposals/tips/new?clause={company.clause}"
    sign_in(client, company, "colleague").get(form)
    assert "《车辆管理办法》第一条" in client.page.text
    values = {
        **client.page.values(form),
        "kind": "reward",
        "subject_id": str(company.ident("reader")),
        "text": "装车",
    }
    assert client.post(form, {**values, "text": ""}).status_code == 422
    sent = client.post(form, values)
    assert client.post(form, values).headers["Location"] == sent.headers["Location"]
    assert session.query(ProposalTip).count() == 1
    page = sent.headers["Location"]
    client.get(page)
    assert "装车" in client.page.text
    assert sign_in(client, company, "reader").get(page).status_code == 404
    sign_in(client, company, "manager").get(page)
    tip_id = int(page.rsplit("/", 1)[1])
    way = f"/proposals/new?tip={tip_id}"
    assert client.page.all("a", href=way)
    client.get(way)
    drafted = {**client.page.values(way), "place": "装卸区", "measure": "表扬"}
    drafted["happened_at"] = clock.to_local(clock.now() - timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M")
    made = client.post(way, drafted)
    assert made.status_code == 303, client.page.text
    client.get(page)
    assert client.page.all("a", href=made.headers["Location"])
    late = client.post(f"{page}/close", {"version": "99", "note": "不采纳"})
    assert late.status_code == 409
    assert client.post(f"{page}/take_up", {}).status_code == 404


def test_a_tip_that_nobody_can_answer_says_so(client: Client, company: Company) -> None:
    form = "/proposals/tips/new"
    sign_in(client, company, "leader").get(form)
    values = {
        **client.page.values(form),
        "kind": "penalty",
        "subject_id": str(company.ident("other")),
        "text": "x",
    }
    assert client.post(form, values).status_code == 409
    assert "没有可以处理线索的负责人" in client.page.text


def test_a_closed_tip_gives_no_proposal(client: Client, company: Company) -> None:
    tip_id = proposals.send_tip(company)
    page = f"/proposals/tips/{tip_id}"
    sign_in(client, company, "manager").get(page)
    bare = client.post(f"{page}/close", {**client.page.values(f"{page}/close"), "note": ""})
    assert bare.status_code == 422
    assert (
        client.post(f"{page}/close", {**client.page.values(f"{page}/close"), "note": "口头表扬"}).status_code
        == 303
    )
    client.get(page)
    assert "口头表扬" in client.page.text
    assert client.get(f"/proposals/new?tip={tip_id}").status_code == 404


def test_a_penalty_out_of_range_is_told_on_the_page(client: Client, company: Company) -> None:
    number = proposals.draft(company)
    with unit_of_work():
        ranges.set_range(company.clause, actor=company.actor("manager"), least=None, most=Decimal(100))
    sign_in(client, company, "manager").get(f"/proposals/{number}")
    assert "《车辆管理办法》第一条规定的幅度是 ≤ 100.00 元" in client.page.text


def test_an_appeal_nobody_may_decide_says_so_until_the_settings_name_somebody(
    client: Client, company: Company
) -> None:
    number = proposals.brought_to(company, "served")
    proposals.step(company, number, "appeal", "reader", appeal="门卫可以作证")
    address = f"/proposals/{number}"
    assert "奖惩第二决定人" in sign_in(client, company, "reader").get(address).get_data(as_text=True)
    with unit_of_work():
        settings.put("proposals.second_decider", company.finance.id)
    with clock.frozen(clock.now().replace(hour=2)):
        actions.remind({})
    assert [task.user_id for task in open_tasks("proposal", number)] == [company.finance.id]
    assert "奖惩第二决定人" not in client.get(address).get_data(as_text=True)


def test_serving_offers_no_witness_to_do_without_before_the_person_signed(
    client: Client, company: Company
) -> None:
    number = proposals.brought_to(company, "decided")
    sign_in(client, company, "personnel")
    for first in ("请选择", "当事人已签收，不用见证人"):
        client.get(f"/proposals/{number}/serve")
        empty = [each.text for each in client.page.all("option") if not each.attributes["value"]]
        assert empty == [first]
        if first == "请选择":
            proposals.step(company, number, "acknowledge", "reader")
