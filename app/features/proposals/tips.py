"""Sending a tip: what somebody of the staff saw of a colleague, put to the head of the colleague's department."""

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import Actor
from app.core.written import check_written
from app.features.people.models import User
from app.features.proposals.enums import TIP, ProposalKind
from app.features.proposals.models import ProposalTip
from app.features.proposals.tip_flow import FLOW, heads


def send_tip(
    *, actor: Actor, kind: str, subject_id: int | None, text: str, clause_id: int | None = None
) -> ProposalTip:
    """Put a tip to the heads of a colleague's department; raises Invalid at the fields, Conflict without heads."""
    check_written(text, "text")
    person = session.get(User, subject_id) if subject_id is not None else None
    faults: dict[str, LazyText | str] = {}
    if kind not in set(ProposalKind):
        faults["kind"] = lazy("请选择奖励或处罚")
    if person is None or not person.active or person.department_id is None:
        faults["subject_id"] = lazy("请选择在职并有部门的人员")
    elif person.id == actor.id:
        faults["subject_id"] = lazy("线索说的是同事，不能是自己")
    if not text.strip():
        faults["text"] = lazy("请写明时间、地点和看到的情况")
    if faults or person is None:
        raise Invalid(fields=faults)
    tip = ProposalTip(
        status=FLOW.initial,
        owner_id=actor.id,
        kind=kind,
        clause_id=clause_id,
        text=text.strip(),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    tip.owner, tip.subject = session.get_one(User, actor.id), person
    tip.subject_id, tip.department_id = person.id, int(person.department_id or 0)
    people = [head.id for head in heads(tip) if head.id != actor.id]
    if not people:
        raise Conflict("proposal_tip:nobody-answers")
    tip.number = next_number(TIP, "XS")
    session.add(tip)
    session.flush()
    FLOW.sync_tasks(tip)
    timeline.record(TIP, tip.id, "proposal_tip:send", actor, to_status=tip.status, tell=people)
    return tip
