"""Recording a check of a clause, and letting one become a proposal."""

from dataclasses import dataclass

from app.core import clock, files, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.files import CheckedFile
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import SYSTEM, Actor, require
from app.core.written import check_written
from app.features.checks.enums import CLAUSE_CHECK, CheckPerm, CheckResult
from app.features.checks.flow import FLOW, concerned, ready_to_propose
from app.features.checks.models import ClauseCheck
from app.features.people.models import Department, User
from app.features.rules.queries import places_in_force

PHOTO = "photo"


@dataclass(frozen=True)
class CheckValues:
    """What was found: of which clause, at a person or a department, with what result."""

    clause_id: int
    result: str
    note: str
    subject_id: int | None = None
    department_id: int | None = None


def record_check(*, actor: Actor, values: CheckValues, photo: CheckedFile | None = None) -> ClauseCheck:
    """Record a check of a clause in force, with a photo where there is one; what conformed is closed at once.

    Raises Denied without the right in the department, Conflict for a clause that is not in force and where nobody
    could explain, Invalid at the fields.
    """
    require(actor, CheckPerm.RECORD)
    place = places_in_force([values.clause_id]).get(values.clause_id)
    if place is None:
        raise Conflict("check:not-in-force")
    person, department = whom(actor, values, photo)
    require(actor, CheckPerm.RECORD, department.id)
    check_written(values.note, "note")
    check = ClauseCheck(
        status=FLOW.initial,
        owner_id=actor.id,
        clause_id=values.clause_id,
        rule_version_id=place.version_id,
        rule_title=place.title,
        clause_name=place.name,
        result=str(CheckResult(values.result)),
        note=values.note.strip(),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    check.owner = session.get_one(User, actor.id)
    check.subject, check.department = person, department
    check.subject_id, check.department_id = (person.id if person is not None else None), department.id
    if not check.is_conforming and not concerned(check):
        raise Conflict("check:nobody-explains")
    check.number = next_number(CLAUSE_CHECK, "JC")
    session.add(check)
    session.flush()
    if photo is not None:
        files.attach(photo, CLAUSE_CHECK, check.id, actor, kind=PHOTO, legal_hold=True)
    FLOW.sync_tasks(check)
    told = [each for each in concerned(check) if each is not None]
    timeline.record(CLAUSE_CHECK, check.id, "clause_check:record", actor, to_status=check.status, tell=told)
    search.put(
        CLAUSE_CHECK,
        check.id,
        f"{check.number} {check.rule_title} {check.clause_name}",
        f"{check.subject_name} {check.note}",
    )
    if check.is_conforming:
        FLOW.fire(check, "close", actor, version=None, quiet=True)
    return check


def may_propose(check: ClauseCheck, actor: Actor) -> bool:
    """Tell whether an actor may make a proposal of a check now."""
    item = FLOW.step("propose")
    return (
        check.status in item.sources
        and item.allowed.test(check, actor) is not None
        and ready_to_propose(check, actor, {}) is None
    )


def propose(check: ClauseCheck, *, actor: Actor) -> None:
    """Let a check become a reward or penalty proposal, in the transaction that drafts it."""
    FLOW.fire(check, "propose", actor, version=None)


def end_proposal(check_id: int, *, withdrawn: bool) -> None:
    """Let a check go on where it stood once its proposal is withdrawn, or close it with what was decided.

    The system does it, in the transaction that ends the proposal.
    """
    check = session.get_one(ClauseCheck, check_id)
    FLOW.fire(check, "reopen" if withdrawn else "settle", SYSTEM, version=None)


def whom(actor: Actor, values: CheckValues, photo: CheckedFile | None) -> tuple[User | None, Department]:
    """Return the person, if it is about one, and the department a check is about; raises Invalid at the fields."""
    faults: dict[str, LazyText | str] = {}
    person = session.get(User, values.subject_id) if values.subject_id is not None else None
    number = person.department_id if person is not None else values.department_id
    department = session.get(Department, number) if number is not None else None
    if (values.subject_id is None) == (values.department_id is None):
        faults["subject_id"] = lazy("请选择一个人，或一个部门，两者选一")
    elif values.subject_id == actor.id:
        faults["subject_id"] = lazy("不能检查自己，请同事或上级来记录")
    elif values.subject_id is not None and (person is None or not person.active or department is None):
        faults["subject_id"] = lazy("请选择在职并有部门的人员")
    elif department is None:
        faults["department_id"] = lazy("请从列表中选择")
    if values.result not in set(CheckResult):
        faults["result"] = lazy("请选择符合或不符合")
    if not values.note.strip():
        faults["note"] = lazy("请写明看到了什么：时间、地点、情况")
    if photo is not None and not photo.media_type.startswith("image/"):
        faults["file"] = lazy("请上传照片（JPG 或 PNG）")
    if faults or department is None:
        raise Invalid(fields=faults)
    return person, department
