"""Opening resolutions, saying how far one is, and reminding."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core import clock, documents, modules, notices, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import SYSTEM, Actor, require
from app.core.uow import unit_of_work
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.people.models import User
from app.features.resolutions import assigning, queries
from app.features.resolutions.enums import MODULE, RESOLUTION, ResolutionPerm, ResolutionStatus
from app.features.resolutions.flow import FLOW
from app.features.resolutions.models import Resolution


@dataclass(frozen=True)
class ResolutionValues:
    """What is decided, who carries it out, until the end of which day."""

    text: str
    responsible_id: int | None
    due_on: date | None


def decide(
    *, actor: Actor, values: ResolutionValues, doc_type: str | None = None, doc_id: int | None = None
) -> Resolution:
    """Open a resolution of one's own, of a document where one is named.

    Raises Denied without the right to decide, NotVisible for a document the actor may not see, Invalid at the fields.
    """
    require(actor, ResolutionPerm.DECIDE)
    if doc_type is not None and not documents.is_visible(actor, doc_type, int(doc_id or 0)):
        raise NotVisible
    return open_resolution(actor=actor, values=values, doc_type=doc_type, doc_id=doc_id)


def open_resolution(
    *, actor: Actor, values: ResolutionValues, doc_type: str | None = None, doc_id: int | None = None
) -> Resolution:
    """Open a resolution whose right to decide was asked for already, such as those in the minutes of a meeting.

    Raises Invalid at the fields ``text``, ``responsible_id`` and ``due_on``.
    """
    check_written(values.text, "text")
    faults = faults_of(actor, values)
    if faults:
        raise Invalid(fields=faults)
    now = clock.now()
    due_on = values.due_on or clock.today()
    resolution = Resolution(
        status=FLOW.initial,
        owner_id=actor.id,
        owner=session.get_one(User, actor.id),
        text=values.text.strip(),
        decided_on=clock.today(),
        due_on=due_on,
        first_due_on=due_on,
        doc_type=doc_type,
        doc_id=doc_id,
        created_at=now,
        updated_at=now,
        number=next_number(RESOLUTION, "LS"),
    )
    assigning.assign(resolution, int(values.responsible_id or 0))
    session.add(resolution)
    session.flush()
    FLOW.sync_tasks(resolution)
    timeline.record(
        RESOLUTION,
        resolution.id,
        "resolution:decide",
        actor,
        data={"responsible": resolution.responsible.name, "due": due_on.isoformat()},
        to_status=resolution.status,
        tell=[resolution.responsible_id],
    )
    assigning.index(resolution)
    return resolution


def faults_of(actor: Actor, values: ResolutionValues) -> dict[str, LazyText | str]:
    """Return what is wrong with a resolution, by field."""
    faults: dict[str, LazyText | str] = {}
    if not values.text.strip():
        faults["text"] = lazy("请写明要落实的事")
    person = assigning.fault_of_person(values.responsible_id, actor.id)
    if person is not None:
        faults["responsible_id"] = person
    day = assigning.fault_of_day(values.due_on)
    if day is not None:
        faults["due_on"] = day
    return faults


def note_progress(resolution: Resolution, *, actor: Actor, version: int | None, text: str) -> None:
    """Say how far a resolution is. Raises Denied for anybody but who carries it out, Stale, Conflict, Invalid."""
    lock(resolution)
    if actor.id != resolution.responsible_id:
        raise Denied("core:denied", what=lazy("登记进展"), who=resolution.responsible.name)
    check_version(RESOLUTION, resolution, version)
    if resolution.status != ResolutionStatus.OPEN:
        state = FLOW.state(resolution.status).label
        raise Conflict("core:wrong-state", state=state, step=lazy("登记进展"))
    check_written(text, "text")
    if not text.strip():
        raise Invalid(fields={"text": lazy("请写明办到哪一步")})
    resolution.progress, resolution.progress_at = text.strip(), clock.now()
    resolution.touch()
    session.flush()
    timeline.record(
        RESOLUTION,
        resolution.id,
        "resolution:progress",
        actor,
        reason=resolution.progress,
        tell=[resolution.owner_id],
    )


def fire(
    resolution: Resolution,
    step: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a resolution; raises what ``Flow.fire`` raises."""
    FLOW.fire(resolution, step, actor, version=version, note=note, data=data)


def remind(payload: dict[str, Any]) -> None:
    """Remind once a day of what is nearly due; of what is overdue whoever decided it is told too.

    Only between eight and six; running it again tells nobody twice.
    """
    if not modules.is_on(MODULE) or not clock.is_daytime():
        return
    found = queries.soon_due()
    session.rollback()
    if found:
        with unit_of_work():
            for number in found:
                remind_of(session.get_one(Resolution, number))


def remind_of(resolution: Resolution) -> None:
    """Tell those concerned how many days are left."""
    people = [resolution.responsible_id, *([resolution.owner_id] if resolution.is_late else [])]
    fresh = notices.not_yet_reminded(RESOLUTION, resolution.id, people)
    if fresh:
        verb = "resolution:remind-late" if resolution.is_late else "resolution:remind"
        data = {"due": resolution.due_on.isoformat()}
        timeline.record(RESOLUTION, resolution.id, verb, SYSTEM, data=data, tell=fresh)
