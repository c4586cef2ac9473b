"""Checks and the proposals made of them: how a check ends with its proposal, and who reads it as evidence."""

import io
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import false

from app.core import documents, search, settings
from app.core.db import session
from app.core.errors import Conflict, Denied, NotVisible
from app.core.files import files_for
from app.core.permissions import Actor, Role, can
from app.core.tasks import open_tasks
from app.core.timeline import describe, events_for, who_acted
from app.core.uow import unit_of_work
from app.features.checks import queries as check_queries
from app.features.checks.actions import may_propose
from app.features.checks.enums import CLAUSE_CHECK, CheckPerm
from app.features.checks.flow import FLOW
from app.features.people.models import User
from app.features.proposals import pdf, queries
from app.features.proposals.actions import MODULE
from app.web import documents as files_of_documents
from tests import factories
from tests.client import Client
from tests.features.checks import desk as checks
from tests.features.proposals import desk as proposals
from tests.features.proposals.desk import Company
from tests.features.rules import rulebook


@pytest.fixture
def company() -> Company:
    return proposals.company()


def deviating(company: Company, place: str = "explained") -> int:
    """A check that was explained, or guided after that."""
    check_id = checks.record(company.desk, company.clause, photo=rulebook.picture())
    checks.explained(company.desk, check_id)
    if place == "guided":
        checks.guided(company.desk, check_id)
    return check_id


def waiting(check_id: int) -> list[str]:
    return [task.kind for task in open_tasks(CLAUSE_CHECK, check_id)]


# How a check ends with its proposal


@pytest.mark.parametrize(("place", "task"), [("explained", "check:guide"), ("guided", "check:look-again")])
@pytest.mark.parametrize("submitted", [False, True])
def test_a_check_whose_proposal_is_withdrawn_goes_on_where_it_stood(
    company: Company, place: str, task: str, submitted: bool
) -> None:
    check_id = deviating(company, place)
    number = proposals.draft(company, check_id=check_id)
    assert waiting(check_id) == []
    if submitted:
        proposals.step(company, number, "submit", "manager")
    proposals.step(company, number, "withdraw", "manager", note="先指导")
    check = checks.load(check_id)
    assert (check.status, waiting(check_id)) == (place, [task])
    assert proposals.load(number).check_id is None
    assert [row.doc_id for row in proposals.load(number).evidence if row.doc_id] == [check_id]
    newest = events_for(CLAUSE_CHECK, check_id)[0]
    assert (who_acted(newest), describe(newest)) == ("系统自动", "奖惩建议已撤回，检查恢复办理")
    # What was taken back may be proposed again, or settled in the usual way.
    again = proposals.draft(company, check_id=check_id)
    assert proposals.load(again).check_id == check_id
    proposals.step(company, again, "withdraw", "manager", note="不提了")
    assert checks.step(company.desk, check_id, "close", "manager", conclusion="已改").status == "closed"


def test_a_check_nobody_explained_in_time_waits_for_its_explanation_again(company: Company, at: Any) -> None:
    check_id = checks.record(company.desk, company.clause)
    at(2026, 12, 31, 9, 0)
    number = proposals.draft(company, check_id=check_id)
    proposals.step(company, number, "withdraw", "manager", note="再等一等")
    assert (checks.load(check_id).status, waiting(check_id)) == ("recorded", ["check:explain"])


def test_good_practice_is_closed_again_and_may_become_another_reward(company: Company) -> None:
    check_id = checks.record(company.desk, company.clause, result="conforming")
    number = proposals.draft(company, kind="reward", check_id=check_id)
    assert checks.load(check_id).status == "proposed"
    proposals.step(company, number, "withdraw", "manager", note="写得不全")
    assert (checks.load(check_id).status, waiting(check_id)) == ("closed", [])
    assert may_propose(checks.load(check_id), company.actor("manager"))
    proposals.draft(company, kind="reward", check_id=check_id)


def test_a_check_is_closed_by_the_decision_against_its_proposal(company: Company) -> None:
    check_id = checks.record(company.desk, company.clause, result="conforming")
    number = proposals.draft(company, kind="reward", check_id=check_id)
    proposals.step(company, number, "submit", "manager")
    row = proposals.step(company, number, "decide", "leader", decision="refused", text="是本职工作")
    assert (row.status, row.check_id) == ("dismissed", check_id)
    assert (checks.load(check_id).status, waiting(check_id)) == ("closed", [])
    assert describe(events_for(CLAUSE_CHECK, check_id)[0]) == "奖惩建议已有结果，检查随之关闭"
    with pytest.raises(Conflict) as twice:
        proposals.draft(company, kind="reward", check_id=check_id)
    assert twice.value.code == "proposal:made-already"
    assert checks.load(check_id).status == "closed"


def test_a_check_is_closed_with_its_proposal_and_not_before(company: Company) -> None:
    check_id = deviating(company)
    number = proposals.draft(company, check_id=check_id)
    for name, who, data in proposals.ROAD:
        assert checks.load(check_id).status == "proposed"
        proposals.step(company, number, name, who, **data)
    check = checks.load(check_id)
    assert (check.status, check.closed_at is not None, check.conclusion) == ("closed", True, "")
    assert queries.proposal_of_check(company.actor("manager"), check_id) is not None


def test_nobody_ends_it_by_hand(company: Company) -> None:
    check_id = deviating(company)
    proposals.draft(company, check_id=check_id)
    for name in ("reopen", "settle"):
        for who in ("manager", "leader", "reader"):
            with pytest.raises(Denied):
                checks.step(company.desk, check_id, name, who)
    assert FLOW.open_steps(checks.load(check_id), company.actor("manager")) == []


def test_the_page_of_a_check_offers_no_second_proposal_of_what_was_decided(
    client: Client, company: Company
) -> None:
    check_id = checks.record(company.desk, company.clause, result="conforming")
    number = proposals.draft(company, "leader", kind="reward", check_id=check_id)
    with unit_of_work():
        settings.put("proposals.second_decider", company.finance.id)
    proposals.step(company, number, "submit", "leader")
    proposals.step(company, number, "decide", "finance", decision="refused", text="不予奖励")
    client.as_(company.desk.manager).get(f"/checks/{check_id}")
    assert not [a for a in client.page.all("a") if "/proposals/new" in a.attributes["href"]]
    assert client.get(f"/proposals/new?check={check_id}").status_code == 404


# Who reads it as evidence


@pytest.fixture
def judge(company: Company) -> User:
    """Somebody of another department without any right, named as the second decider."""
    person = factories.user("许峰", "v1", company.desk.elsewhere, [Role.DISPATCHER])
    with unit_of_work():
        settings.put("proposals.second_decider", person.id)
    return session.get_one(User, person.id)


def reads(actor: Actor, check_id: int) -> bool:
    """Whether somebody sees a check everywhere; that it is seen nowhere otherwise."""
    seen = documents.is_visible(actor, CLAUSE_CHECK, check_id)
    found = [hit.doc_id for group in search.find(actor, "车钥匙", only=CLAUSE_CHECK) for hit in group.hits]
    assert (check_id in found) == seen
    assert files_of_documents.may_read(actor, files_for(CLAUSE_CHECK, check_id)[0]) == seen
    try:
        check_queries.get_check(actor, check_id)
    except NotVisible:
        assert not seen
    else:
        assert seen
    return seen


def test_who_decides_reads_the_check_a_proposal_cites_and_no_other(
    client: Client, company: Company, judge: User
) -> None:
    cited, other = deviating(company), deviating(company)
    number = proposals.draft(company, check_id=cited)
    actor = factories.actor(judge)
    assert not reads(actor, cited)
    proposals.step(company, number, "submit", "manager")
    assert reads(actor, cited)
    assert not reads(actor, other)
    client.as_(judge).get(f"/proposals/{number}")
    assert client.page.all("a", href=f"/checks/{cited}")
    assert client.get(f"/checks/{cited}").status_code == 200
    assert "去接电话，忘了收好" in client.page.text
    assert client.get(f"/checks/{other}").status_code == 404
    photo = files_for(CLAUSE_CHECK, cited)[0]
    assert client.get(files_of_documents.file_url(photo)).status_code == 200
    assert client.get(files_of_documents.file_url(files_for(CLAUSE_CHECK, other)[0])).status_code == 404


def test_who_reads_it_as_evidence_does_nothing_with_it(client: Client, company: Company, judge: User) -> None:
    check_id = deviating(company)
    number = proposals.draft(company)
    with unit_of_work():
        row = proposals.load(number)
        from_check = check_queries.get_check(company.actor("manager"), check_id)
        assert row.subject_id == from_check.subject_id
        proposals.actions.add_evidence(row, actor=company.actor("manager"), version=None, check_id=check_id)
    proposals.step(company, number, "submit", "manager")
    actor = factories.actor(judge)
    assert reads(actor, check_id)
    assert FLOW.open_steps(checks.load(check_id), actor) == []
    assert not may_propose(checks.load(check_id), actor)
    client.as_(judge)
    for name in ("guide", "close", "explain"):
        assert client.get(f"/checks/{check_id}/{name}").status_code == 403
    assert client.get("/checks").status_code == 403
    assert client.get(f"/proposals/new?check={check_id}").status_code == 403


@pytest.mark.parametrize("own", [True, False])
def test_who_hears_reads_the_evidence_of_the_own_departments_alone(
    company: Company, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    check_id = deviating(company)
    number = proposals.draft(company, check_id=check_id)
    desk = company.desk
    hearer = factories.user("综合人事", "h2", desk.department if own else desk.elsewhere, [Role.PEOPLE])
    # Without the right to see all checks, which personnel has by default, the proposal alone counts.
    monkeypatch.setattr(
        check_queries,
        "can",
        lambda actor, code, *rest: code != CheckPerm.VIEW_ALL and can(actor, code, *rest),
    )
    monkeypatch.setattr(check_queries, "within", lambda actor, permission: false())
    actor = factories.actor(hearer)
    assert not reads(actor, check_id)
    proposals.step(company, number, "submit", "manager")
    assert reads(actor, check_id) == own
    for who in ("colleague", "finance"):
        assert not reads(company.actor(who), check_id)


def test_nobody_reads_a_check_by_proposals_whose_module_is_off(company: Company, judge: User) -> None:
    check_id = deviating(company)
    proposals.brought_to(company, "proposed", check_id=check_id)
    assert reads(factories.actor(judge), check_id)
    with unit_of_work():
        settings.put("modules.switches", {MODULE: False})
    assert not reads(factories.actor(judge), check_id)


# On paper


def test_the_paper_lists_the_evidence_of_every_kind(company: Company) -> None:
    check_id = deviating(company)
    number = proposals.draft(company, check_id=check_id)
    event = events_for(CLAUSE_CHECK, check_id)[-1]
    with unit_of_work():
        proposals.actions.add_evidence(
            proposals.load(number),
            actor=company.actor("manager"),
            version=None,
            event_seq=event.seq,
            file=rulebook.picture(),
            note="现场",
        )
    row = proposals.step(company, number, "submit", "manager")
    lines = pdf.evidence_lines(row)
    assert lines[0] == f"1. 执行检查：{checks.load(check_id).number} 《车辆管理办法》第一条"
    assert lines[1] == "2. 系统内的页面：/rules"
    assert lines[2].startswith("3. 办理记录：")
    assert lines[2].endswith("马经理 记录检查（现场）")
    assert lines[3] == "4. 文件、照片：sheet.png（现场）"
    pages = PdfReader(io.BytesIO(pdf.proposal_paper(row, "章程公司"))).pages
    drawn = "".join("".join(page.extract_text() for page in pages).split())
    assert all("".join(line.split()) in drawn for line in lines)
