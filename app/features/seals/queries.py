"""Reading seals: which an actor may see, which they may use, and the register's rows they may read."""

from sqlalchemy import ColumnElement, Select, false, func, or_, select

from app.core import clock, settings
from app.core.db import one_visible, session
from app.core.permissions import Actor, can, departments_of
from app.core.timeline import Event
from app.features.seals.enums import KIND_LABELS, RequestStatus, SealForm, SealKind, SealPerm, SealStatus
from app.features.seals.models import LegalEntity, Seal, SealRequest, SealUse

LATEST_EVENTS = 50
REQUESTS_OVER = (RequestStatus.CLOSED, RequestStatus.REFUSED, RequestStatus.CANCELLED)


def latest_events(doc_type: str, doc_id: int) -> list[Event]:
    """Return the newest events of a seal, a company or the key; a seal much used has thousands."""
    statement = (
        select(Event)
        .where(Event.doc_type == doc_type, Event.doc_id == doc_id)
        .order_by(Event.seq.desc())
        .limit(LATEST_EVENTS)
    )
    return list(session.execute(statement).scalars())


def legal_entities(*, only_active: bool = True) -> list[LegalEntity]:
    """Return the companies of this installation, the first registered first."""
    statement = select(LegalEntity).order_by(LegalEntity.id)
    if only_active:
        statement = statement.where(LegalEntity.active)
    return list(session.execute(statement).scalars())


def visible_to(actor: Actor) -> Select[Seal]:
    """Return the SELECT of the seals an actor may see: all with the right, else the ones they keep."""
    statement = select(Seal)
    if can(actor, SealPerm.VIEW):
        return statement
    return statement.where(Seal.keeper_id == actor.id)


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the seals an actor may see."""
    return visible_to(actor).with_only_columns(Seal.id)


def titles(ids: list[int]) -> dict[int, str]:
    """Return company and purpose or kind of seals, for notices and the log."""
    statement = (
        select(Seal.id, Seal.purpose, Seal.kind, LegalEntity.short_name, LegalEntity.name)
        .join(LegalEntity, LegalEntity.id == Seal.legal_entity_id)
        .where(Seal.id.in_(ids))
    )
    return {
        row.id: f"{row.short_name or row.name} {row.purpose or KIND_LABELS[SealKind(row.kind)]}"
        for row in session.execute(statement)
    }


def kept_by(user_id: int) -> Select[int]:
    """Return the SELECT of how many seals in use a person keeps."""
    return select(func.count()).where(Seal.keeper_id == user_id, Seal.status == SealStatus.ACTIVE)


def requests_open_for(user_id: int) -> Select[int]:
    """Return the SELECT of how many open requests a person made, or takes a seal out for."""
    going = (SealRequest.owner_id, SealRequest.first_companion_id, SealRequest.second_companion_id)
    return select(func.count()).where(
        or_(*(column == user_id for column in going)), SealRequest.status.not_in(REQUESTS_OVER)
    )


def may_use(actor: Actor, seal: Seal) -> bool:
    """Tell whether an actor holds the right to use this seal: its keeper, or a holder of the use right."""
    return actor.id is not None and (seal.keeper_id == actor.id or can(actor, SealPerm.USE))


def drawable_seals_for(actor: Actor) -> list[Seal]:
    """Return the seals that the system may draw today and that the actor may use."""
    statement = (
        select(Seal)
        .join(Seal.legal_entity)
        .where(
            Seal.status == SealStatus.ACTIVE,
            Seal.form == SealForm.DRAWN,
            Seal.printing_authorised_at.is_not(None),
            LegalEntity.active,
        )
        .order_by(Seal.id)
    )
    return [seal for seal in session.execute(statement).scalars() if may_use(actor, seal)]


def usable_seals_for(actor: Actor) -> list[Seal]:
    """Return all seals in use that the actor may use, wet ones too (a paper form is stamped by hand)."""
    statement = (
        select(Seal)
        .join(Seal.legal_entity)
        .where(Seal.status == SealStatus.ACTIVE, LegalEntity.active)
        .order_by(Seal.id)
    )
    return [seal for seal in session.execute(statement).scalars() if may_use(actor, seal)]


def uses_visible_to(actor: Actor) -> Select[SealUse]:
    """Return the SELECT of the register's rows an actor may read.

    The auditor and the leader read all; others the uses they made and those of the seals they keep.
    """
    statement = select(SealUse)
    if reads_all_uses(actor):
        return statement
    kept = select(Seal.id).where(Seal.keeper_id == actor.id)
    return statement.where(or_(SealUse.used_by_id == actor.id, SealUse.seal_id.in_(kept)))


def reads_all_uses(actor: Actor) -> bool:
    """Tell whether an actor reads the whole register, for all seals and people."""
    return can(actor, SealPerm.AUDIT) or can(actor, SealPerm.AUTHORISE)


def may_read_uses(actor: Actor) -> bool:
    """Tell whether the register of uses is open to an actor: by a right over uses, or as keeper of a seal."""
    if any(can(actor, permission) for permission in (SealPerm.AUDIT, SealPerm.AUTHORISE, SealPerm.USE)):
        return True
    return session.execute(select(Seal.id).where(Seal.keeper_id == actor.id).limit(1)).first() is not None


def uses_of(doc_type: str, doc_id: int) -> list[SealUse]:
    """Return the register's rows of one document, oldest first."""
    statement = (
        select(SealUse).where(SealUse.doc_type == doc_type, SealUse.doc_id == doc_id).order_by(SealUse.id)
    )
    return list(session.execute(statement).scalars())


# Requests for wet seals


def second_approver() -> int | None:
    """Return the person of the setting "second approver of seal use", who decides for a leader's own requests."""
    person: int | None = settings.get("seals.second_approver")
    return person


def request_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a request.

    Their own, those of the seals they keep, those they go out with; of their departments for those who approve or
    file; all of them for leader and auditor.
    """
    if can(actor, SealPerm.AUDIT) or can(actor, SealPerm.APPROVE_AS_LEADER):
        return SealRequest.id.is_not(None)
    if actor.id is None:
        return false()
    stood_in_for = [grant.on_behalf_of for grant in actor.grants if grant.on_behalf_of is not None]
    kept = select(Seal.id).where(Seal.keeper_id.in_([actor.id, *stood_in_for]))
    choices: list[ColumnElement[bool]] = [
        SealRequest.owner_id == actor.id,
        SealRequest.first_companion_id == actor.id,
        SealRequest.second_companion_id == actor.id,
        SealRequest.seal_id.in_(kept),
    ]
    if actor.id == second_approver():
        choices.append(SealRequest.id.is_not(None))
    for permission in (SealPerm.APPROVE, SealPerm.FILE):
        departments = departments_of(actor, permission)
        if departments is None:
            return SealRequest.id.is_not(None)
        if departments:
            choices.append(SealRequest.department_id.in_(sorted(departments)))
    return or_(*choices)


def requests_visible_to(actor: Actor) -> Select[SealRequest]:
    """Return the SELECT of the requests an actor may see."""
    return select(SealRequest).where(request_condition(actor))


def visible_request_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the requests an actor may see."""
    return select(SealRequest.id).where(request_condition(actor))


def get_request(actor: Actor, request_id: int) -> SealRequest:
    """Return a request the actor may see; raises NotVisible."""
    statement = requests_visible_to(actor).where(SealRequest.id == request_id)
    return one_visible(statement)


def request_titles(ids: list[int]) -> dict[int, str]:
    """Return number and paper of requests, for tasks, notices and the log."""
    statement = select(SealRequest.id, SealRequest.number, SealRequest.title).where(SealRequest.id.in_(ids))
    return {row.id: f"{row.number} {row.title}" for row in session.execute(statement)}


def open_requests_of(seal_id: int) -> list[SealRequest]:
    """Return the requests for a seal that are not over."""
    open_ones = SealRequest.status.not_in(REQUESTS_OVER)
    statement = select(SealRequest).where(SealRequest.seal_id == seal_id, open_ones)
    return list(session.execute(statement).unique().scalars())


def requests_of(doc_type: str, doc_id: int, actor: Actor) -> list[tuple[SealRequest, bool]]:
    """Return the requests for the seal of one document, newest first, each with whether the actor may open it."""
    statement = (
        select(SealRequest, request_condition(actor).label("seen"))
        .where(SealRequest.doc_type == doc_type, SealRequest.doc_id == doc_id)
        .order_by(SealRequest.id.desc())
    )
    return [(row[0], bool(row[1])) for row in session.execute(statement).unique()]


def overdue_condition() -> ColumnElement[bool]:
    """Return the condition of being out beyond the promised time."""
    return (SealRequest.status == RequestStatus.OUT) & (SealRequest.due_back < clock.now())


def overdue_requests() -> list[SealRequest]:
    """Return the requests whose seal is out beyond the promised time."""
    statement = select(SealRequest).where(overdue_condition()).order_by(SealRequest.id)
    return list(session.execute(statement).unique().scalars())


def out_counts() -> tuple[int, int]:
    """Return how many seals are out of the house, and how many of them beyond the promised time."""
    late = func.count().filter(SealRequest.due_back < clock.now())
    row = session.execute(select(func.count(), late).where(SealRequest.status == RequestStatus.OUT)).one()
    return row[0], row[1]


def wet_seals() -> list[Seal]:
    """Return the seals that are pressed by hand and in use, of companies in use."""
    statement = (
        select(Seal)
        .join(Seal.legal_entity)
        .where(Seal.form == SealForm.WET, Seal.status == SealStatus.ACTIVE, LegalEntity.active)
        .order_by(Seal.id)
    )
    return list(session.execute(statement).scalars())
