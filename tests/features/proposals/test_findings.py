"""What the system itself finds: kept once at the bound clause, explained, guided, closed or proposed."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.core import findings, settings
from app.core.db import session
from app.core.errors import Denied
from app.core.findings import Finding
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.checks.enums import CLAUSE_CHECK
from app.features.checks.models import ClauseCheck
from app.features.inquiries.flow import LATE_REPORT
from app.features.rules.enums import RULE_VERSION
from app.features.supervision import actions as supervision
from tests.features.checks import desk as checks
from tests.features.proposals import desk as proposals
from tests.features.proposals.desk import Company


@pytest.fixture
def company() -> Company:
    return proposals.company()


def finding(company: Company, **changed: Any) -> Finding:
    usual = Finding(
        LATE_REPORT,
        RULE_VERSION,
        company.version_id,
        "XJ-2026-0009",
        company.ident("reader"),
        company.desk.department.id,
    )
    return replace(usual, **changed)


def found(company: Company, **changed: Any) -> list[ClauseCheck]:
    with unit_of_work():
        findings.report(finding(company, **changed))
    return list(session.execute(select(ClauseCheck).order_by(ClauseCheck.id)).unique().scalars())


def bind(company: Company, clause_id: int | None = None) -> None:
    with unit_of_work():
        supervision.bind_clause(
            clause_id or company.clause, actor=company.actor("manager"), target="inquiries-reported-in-time"
        )


def test_a_finding_of_the_system_is_kept_once_at_the_bound_clause(company: Company) -> None:
    assert found(company) == []
    bind(company, checks.clause(company.version_id, "第二条"))
    bind(company)
    for _time in range(2):
        rows = found(company)
    (check,) = rows
    assert (check.clause_name, check.owner_id, check.subject_id) == ("第二条", None, company.ident("reader"))
    assert (check.recorder_name, check.told) == ("系统自动", "系统记录：询价 XJ-2026-0009 上报超过时限")
    assert len(found(company, occurrence="2026-11-24")) == 2
    assert len(found(company, person_id=999)) == 2
    with unit_of_work():
        settings.put("modules.switches", {"checks": False})
    assert len(found(company, occurrence="2026-11-25")) == 2


def test_the_person_explains_a_finding_and_the_head_guides_closes_or_proposes(company: Company) -> None:
    bind(company)
    (check,) = found(company)
    assert open_tasks(CLAUSE_CHECK, check.id)[0].user_id == company.ident("reader")
    with pytest.raises(Denied):
        checks.explained(company.desk, check.id, "manager")
    checks.explained(company.desk, check.id)
    task = open_tasks(CLAUSE_CHECK, check.id)[0]
    assert (task.kind, task.permission, task.excluded_user_id) == (
        "check:guide",
        "checks:check:record",
        company.ident("reader"),
    )
    with pytest.raises(Denied) as denied:
        checks.step(company.desk, check.id, "close", "colleague", conclusion="x")
    assert "马经理" in denied.value.sentence()
    checks.guided(company.desk, check.id)
    assert open_tasks(CLAUSE_CHECK, check.id)[0].permission == "checks:check:record"
    number = proposals.draft(company, check_id=check.id)
    assert proposals.load(number).check_id == check.id


def test_a_head_who_is_late_is_guided_by_the_leader(company: Company) -> None:
    bind(company)
    (check,) = found(company, person_id=company.ident("manager"))
    checks.explained(company.desk, check.id, "manager")
    with pytest.raises(Denied):
        checks.guided(company.desk, check.id)
    assert checks.step(company.desk, check.id, "close", "leader", conclusion="属实").status == "closed"


def test_an_unknown_kind_of_finding_is_a_mistake_of_the_program(company: Company) -> None:
    with pytest.raises(KeyError), unit_of_work():
        findings.report(finding(company, kind="nothing"))
