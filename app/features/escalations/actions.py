"""Reporting a matter or asking for help, keeping what was said about a document, and reminding up the line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core import clock, documents, modules, notices, settings, timeline, workdays
from app.core.db import session
from app.core.errors import Invalid, NotVisible
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import SYSTEM, Actor, directory
from app.core.uow import unit_of_work
from app.core.written import check_written
from app.features.escalations import queries, telling
from app.features.escalations.enums import (
    ESCALATION,
    GRAVE_HOURS,
    MEANS_LABELS,
    MODULE,
    REQUEST_DAYS,
    EscalationKind,
    EscalationPerm,
    Means,
)
from app.features.escalations.flow import FLOW
from app.features.escalations.models import Escalation
from app.features.people.models import User

LONGEST_AGO = timedelta(days=31)


@dataclass(frozen=True)
class EscalationValues:
    """What is reported: to whom, what, known since when (now without), of which document (of none without)."""

    kind: str
    to_id: int | None
    text: str
    known_at: datetime | None = None
    doc_type: str | None = None
    doc_id: int | None = None


def due_of(kind: str, known_at: datetime) -> datetime:
    """Return until when a matter known since then has to be answered, by the company's working clock."""
    if kind == EscalationKind.GRAVE:
        return workdays.add_working_hours(known_at, settings.get(GRAVE_HOURS))
    return workdays.add_working_days(known_at, settings.get(REQUEST_DAYS))


def report(*, actor: Actor, values: EscalationValues) -> Escalation:
    """Put a matter to a leader or to another department; numbered at once, the time to answer begins to run.

    Raises Invalid at the fields, NotVisible for a document the actor may not see.
    """
    check_written(values.text, "text")
    now = clock.now()
    known_at = values.known_at or now
    faults = faults_of(actor, values, known_at)
    if faults:
        raise Invalid(fields=faults)
    check_document(actor, values.doc_type, values.doc_id)
    owner = session.get_one(User, actor.id)
    escalation = Escalation(
        status=FLOW.initial,
        owner_id=owner.id,
        owner=owner,
        department_id=owner.department_id,
        kind=values.kind,
        text=values.text.strip(),
        doc_type=values.doc_type,
        doc_id=values.doc_id,
        known_at=known_at,
        # Time that had passed before anybody was told is not taken from whoever has to answer.
        due_at=due_of(values.kind, now),
        created_at=now,
        updated_at=now,
        told=[],
        to_id=values.to_id,
        number=next_number(ESCALATION, "HB"),
    )
    session.add(escalation)
    telling.put_to(escalation, int(values.to_id or 0))
    session.flush()
    FLOW.sync_tasks(escalation)
    timeline.record(
        ESCALATION,
        escalation.id,
        "escalation:report",
        actor,
        data={"to": escalation.to.name},
        to_status=escalation.status,
        tell=[escalation.to_id],
    )
    telling.index(escalation)
    return escalation


def faults_of(actor: Actor, values: EscalationValues, known_at: datetime) -> dict[str, LazyText | str]:
    """Return what is wrong with a report, by field."""
    faults: dict[str, LazyText | str] = {}
    if values.kind not in set(EscalationKind):
        faults["kind"] = lazy("请选择重大问题汇报或部门协办")
    elif values.to_id is None or values.to_id == actor.id:
        faults["to_id"] = lazy("请选择向谁汇报或请谁协办，不能是自己")
    elif not telling.may_receive(values.kind, values.to_id):
        faults["to_id"] = (
            lazy("重大问题向部门经理或公司主管领导汇报，请另选一人")
            if values.kind == EscalationKind.GRAVE
            else lazy("协办请找其他部门的负责人，请另选一人")
        )
    if not values.text.strip():
        faults["text"] = lazy("请写明是什么事、要对方做什么，一句话也行")
    if not clock.now() - LONGEST_AGO <= known_at <= clock.now() + timedelta(minutes=1):
        faults["known_at"] = lazy("知道的时间应在最近一个月之内，不晚于现在")
    return faults


def check_document(actor: Actor, doc_type: str | None, doc_id: int | None) -> None:
    """Raise NotVisible for a document that does not exist for the actor."""
    if doc_type is not None and not documents.is_visible(actor, doc_type, int(doc_id or 0)):
        raise NotVisible


def note_talk(*, actor: Actor, doc_type: str, doc_id: int, means: str, whom: str, text: str) -> None:
    """Keep in one line what was said with whom about a document, in the record of that document.

    Raises NotVisible for a document the actor may not see, Invalid at the fields.
    """
    check_document(actor, doc_type, doc_id)
    check_written(whom, "whom")
    faults: dict[str, LazyText | str] = {}
    if means not in set(Means):
        faults["means"] = lazy("请选择怎样沟通的")
    if not whom.strip():
        faults["whom"] = lazy("请填写和谁沟通的")
    if not text.strip():
        faults["text"] = lazy("请用一句话写明说了什么")
    if faults:
        raise Invalid(fields=faults)
    data = {"means": means, "whom": whom.strip()}
    timeline.record(doc_type, doc_id, "document:spoke", actor, data=data, reason=text.strip())


def talk_in_words(data: Any) -> dict[str, Any]:
    """Return the data of a talk in words."""
    return {"whom": data["whom"], "means": MEANS_LABELS[Means(data["means"])]}


def fire(
    escalation: Escalation,
    step: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a report; raises what ``Flow.fire`` raises."""
    FLOW.fire(escalation, step, actor, version=version, note=note, data=data)


# Reminders


def remind(payload: dict[str, Any]) -> None:
    """Remind of what is not answered in time: the one it was put to, once a day, and the line above at the first time.

    Only between eight and six; running it again tells nobody twice.
    """
    if not modules.is_on(MODULE) or not clock.is_daytime():
        return
    if not workdays.is_working_day(clock.today()):
        return
    found = queries.overdue()
    session.rollback()
    if found:
        with unit_of_work():
            for number in found:
                remind_of(session.get_one(Escalation, number))


def remind_of(escalation: Escalation) -> None:
    """Tell whoever has to answer, and once the line above them, that the time is over."""
    above = line_above(escalation)
    people = [
        *notices.not_yet_reminded(ESCALATION, escalation.id, [escalation.to_id]),
        *(person for person in above if telling.tell(escalation, person, because_late=True)),
    ]
    if people:
        timeline.record(
            ESCALATION,
            escalation.id,
            "escalation:remind",
            SYSTEM,
            data={"until": clock.to_local(escalation.due_at).strftime("%Y-%m-%d %H:%M")},
            tell=people,
        )


def line_above(escalation: Escalation) -> list[int]:
    """Return who looks over the department of whoever has to answer, the two people themselves apart."""
    apart = frozenset({escalation.to_id, escalation.owner_id})
    holders = directory().holders(str(EscalationPerm.OVERSEE), escalation.to_department_id, apart)
    return [person.id for person in holders]
