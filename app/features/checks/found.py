"""Findings of the system itself, kept as checks in the transaction in which they happened.

A finding belongs to the clause bound to the indicator whose exception it is; of several clauses in force the one bound
first. Where no clause in force is bound there is no rule it would be held against, and nothing is kept.
"""

from sqlalchemy import select

from app.core import clock, findings, modules, search, timeline
from app.core.db import session
from app.core.findings import Finding
from app.core.numbering import next_number
from app.core.permissions import SYSTEM
from app.features.checks.enums import CLAUSE_CHECK, MODULE, CheckResult
from app.features.checks.flow import FLOW, concerned
from app.features.checks.models import ClauseCheck
from app.features.people.models import Department, User
from app.features.rules.queries import ClausePlace, places_in_force
from app.features.supervision.queries import clauses_bound_to


def clause_for(finding: Finding) -> ClausePlace | None:
    """Return the clause in force a finding is held against; None where there is none."""
    bound = clauses_bound_to(findings.kind(finding.kind).indicator)
    places = places_in_force(bound)
    return next((places[clause_id] for clause_id in bound if clause_id in places), None)


def keep(finding: Finding) -> ClauseCheck | None:
    """Keep a finding as a check recorded by the system, once; None where no clause asks for it."""
    if not modules.is_on(MODULE):
        return None
    known = select(ClauseCheck.id).where(ClauseCheck.finding_key == finding.key)
    place = clause_for(finding)
    person = session.get(User, finding.person_id)
    if place is None or person is None or session.execute(known).first() is not None:
        return None
    check = ClauseCheck(
        status=FLOW.initial,
        owner_id=None,
        clause_id=place.clause_id,
        rule_version_id=place.version_id,
        rule_title=place.title,
        clause_name=place.name,
        subject_id=person.id,
        department_id=finding.department_id,
        result=CheckResult.DEVIATING,
        note="",
        finding_kind=finding.kind,
        finding_key=finding.key,
        doc_type=finding.doc_type,
        doc_id=finding.doc_id,
        doc_number=finding.number,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    check.subject, check.department = person, session.get_one(Department, finding.department_id)
    check.number = next_number(CLAUSE_CHECK, "JC")
    session.add(check)
    session.flush()
    FLOW.sync_tasks(check)
    told = [each for each in concerned(check) if each is not None]
    timeline.record(CLAUSE_CHECK, check.id, "clause_check:find", SYSTEM, to_status=check.status, tell=told)
    search.put(
        CLAUSE_CHECK,
        check.id,
        f"{check.number} {check.rule_title} {check.clause_name}",
        f"{check.subject_name} {check.doc_number}",
    )
    return check
