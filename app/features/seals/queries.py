"""Reading seals: which an actor may see, which they may use, and the register's rows they may read."""

from sqlalchemy import Select, func, or_, select

from app.core.db import session
from app.core.permissions import Actor, can
from app.core.timeline import Event
from app.features.seals.enums import SealForm, SealPerm, SealStatus
from app.features.seals.models import LegalEntity, Seal, SealUse

LATEST_EVENTS = 50


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
    """Return company and purpose of seals, for notices and the log."""
    statement = (
        select(Seal.id, Seal.purpose, LegalEntity.short_name, LegalEntity.name)
        .join(LegalEntity, LegalEntity.id == Seal.legal_entity_id)
        .where(Seal.id.in_(ids))
    )
    return {
        row.id: f"{row.short_name or row.name} {row.purpose}".strip() for row in session.execute(statement)
    }


def kept_by(user_id: int) -> int:
    """Return how many seals in use a person keeps."""
    statement = select(func.count()).where(Seal.keeper_id == user_id, Seal.status == SealStatus.ACTIVE)
    return session.execute(statement).scalar_one()


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
    if can(actor, SealPerm.AUDIT) or can(actor, SealPerm.AUTHORISE):
        return statement
    kept = select(Seal.id).where(Seal.keeper_id == actor.id)
    return statement.where(or_(SealUse.used_by_id == actor.id, SealUse.seal_id.in_(kept)))


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
