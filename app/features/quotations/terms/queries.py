"""Which sets of terms there are, and which of them a new quotation begins with."""

from sqlalchemy import Select, case, or_, select

from app.core.db import session
from app.core.errors import NotVisible
from app.features.quotations.terms.models import TermsSet


def usable(legal_entity_id: int | None = None) -> list[TermsSet]:
    """Return the sets in use that are meant for a legal entity (for any, where none is named), by name."""
    statement = select(TermsSet).where(TermsSet.active.is_(True)).order_by(TermsSet.name, TermsSet.id)
    if legal_entity_id is not None:
        statement = statement.where(
            or_(TermsSet.legal_entity_id.is_(None), TermsSet.legal_entity_id == legal_entity_id)
        )
    return list(session.execute(statement).unique().scalars())


def default_for(legal_entity_id: int, kind: str) -> TermsSet | None:
    """Return the default set of a legal entity for a kind of inquiry; what is meant for just these comes first."""
    statement = (
        select(TermsSet)
        .where(
            TermsSet.active.is_(True),
            TermsSet.is_default.is_(True),
            or_(TermsSet.legal_entity_id.is_(None), TermsSet.legal_entity_id == legal_entity_id),
            or_(TermsSet.kind.is_(None), TermsSet.kind == kind),
        )
        .order_by(
            case((TermsSet.legal_entity_id.is_(None), 1), else_=0),
            case((TermsSet.kind.is_(None), 1), else_=0),
            TermsSet.id,
        )
        .limit(1)
    )
    return session.execute(statement).unique().scalar_one_or_none()


def get(terms_id: int) -> TermsSet:
    """Return a set by its id, in use or not; raises NotVisible."""
    row = session.get(TermsSet, terms_id)
    if row is None:
        raise NotVisible
    return row


def everything() -> Select[TermsSet]:
    """Return the SELECT of all sets: the library holds nothing secret."""
    return select(TermsSet)
