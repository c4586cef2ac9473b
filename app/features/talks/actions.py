"""Planning a talk, writing agenda and notes, saying that what was agreed on is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import Actor, permission_info, who_may
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.people.models import User
from app.features.talks import keeping, queries
from app.features.talks.enums import TALK, TalkPerm, TalkStatus
from app.features.talks.flow import FLOW, soon_enough
from app.features.talks.models import Talk


@dataclass(frozen=True)
class TalkValues:
    """A talk to plan: with whom, when, where, about what; who besides may read it, which both are told."""

    other_id: int | None
    starts_at: datetime | None
    place: str = ""
    agenda: str = ""
    leader_id: int | None = None


def plan(*, actor: Actor, values: TalkValues) -> Talk:
    """Ask a colleague for a talk. Raises Denied without the right in one's own name, Invalid at the fields."""
    if not queries.may_lead(actor):
        raise Denied("core:denied", what=permission_info(TalkPerm.LEAD).label, who=who_may(TalkPerm.LEAD))
    check_written(values.agenda, "agenda")
    faults: dict[str, LazyText | str] = {}
    if values.other_id not in {row.id for row in queries.people_led_by(actor)}:
        faults["other_id"] = lazy("请选择自己负责的部门的同事")
    if not soon_enough(values.starts_at):
        faults["starts_at"] = lazy("请填写谈话的时间，从现在起一年之内")
    readers = {person.id for person in queries.open_readers(int(actor.id or 0), int(values.other_id or 0))}
    if values.leader_id is not None and values.leader_id not in readers:
        faults["leader_id"] = lazy("这个人不能看别人的谈话，请另选或不选")
    if faults:
        raise Invalid(fields=faults)
    return make(
        actor=actor,
        other_id=int(values.other_id or 0),
        leader_id=values.leader_id,
        starts_at=values.starts_at,
        place=values.place.strip(),
        agenda=values.agenda.strip(),
    )


def make(*, actor: Actor, other_id: int, **values: Any) -> Talk:
    """Enter a talk and tell the other."""
    talk = Talk(
        status=FLOW.initial,
        owner_id=actor.id,
        owner=session.get_one(User, actor.id),
        other_id=other_id,
        other=session.get_one(User, other_id),
        created_at=clock.now(),
        updated_at=clock.now(),
        agreements=[],
        number=next_number(TALK, "TH"),
        **values,
    )
    session.add(talk)
    session.flush()
    FLOW.sync_tasks(talk)
    timeline.record(TALK, talk.id, "talk:plan", actor, to_status=talk.status, tell=[other_id])
    keeping.index(talk)
    return talk


def opened(talk: Talk, actor: Actor, version: int | None, what: LazyText) -> None:
    """Lock a talk for one of the two. Raises Denied for the leader who may only read, Stale, Conflict if cancelled."""
    lock(talk)
    if actor.id not in talk.pair:
        raise Denied("core:denied", what=what, who=f"{talk.owner.name}、{talk.other.name}")
    check_version(TALK, talk, version)
    if talk.status == TalkStatus.CANCELLED:
        raise Conflict("core:wrong-state", state=FLOW.state(talk.status).label, step=what)


def write(talk: Talk, *, actor: Actor, version: int | None, agenda: str | None, notes: str) -> None:
    """Write the agenda, which is of both and ends with the talk (None leaves it), and one's own notes.

    Raises Denied, Stale, Conflict, Invalid for characters nobody can see.
    """
    opened(talk, actor, version, lazy("写谈话记录"))
    check_written(notes, "notes")
    check_written(agenda or "", "agenda")
    if agenda is not None and talk.status == TalkStatus.PLANNED:
        talk.agenda = agenda.strip()
    if actor.id == talk.owner_id:
        talk.owner_notes = notes.strip()
    else:
        talk.other_notes = notes.strip()
    talk.touch()
    session.flush()
    timeline.record(TALK, talk.id, "talk:write", actor)


def settle(talk: Talk, agreement_id: int, *, actor: Actor, version: int | None) -> None:
    """Say that something agreed on is done. Raises Denied, Stale, NotVisible for none of it, Conflict if done."""
    opened(talk, actor, version, lazy("办完约定的事"))
    agreement = next((row for row in talk.agreements if row.id == agreement_id), None)
    if agreement is None:
        raise NotVisible
    if agreement.done_at is not None:
        raise Conflict("talk:done-already")
    agreement.done_at = clock.now()
    talk.touch()
    session.flush()
    FLOW.sync_tasks(talk)
    other = talk.other_id if actor.id == talk.owner_id else talk.owner_id
    timeline.record(TALK, talk.id, "talk:settle", actor, tell=[other])


def fire(
    talk: Talk,
    step: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a talk; where a next day was named the next talk is planned. Raises what ``Flow.fire`` raises."""
    FLOW.fire(talk, step, actor, version=version, note=note, data=data)
    if step == "hold" and talk.next_on is not None:
        at = clock.to_local(talk.starts_at).time()
        left = [row.text for row in talk.agreements if row.done_at is None]
        make(
            actor=actor,
            other_id=talk.other_id,
            leader_id=talk.leader_id,
            starts_at=clock.from_local(datetime.combine(talk.next_on, at)),
            place=talk.place,
            agenda="\n".join(left),
        )
