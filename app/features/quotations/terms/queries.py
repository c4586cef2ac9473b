"""Which sets of terms there are, and which of them a new quotation begins with."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, and_, bindparam, case, or_, select

from app.core import prepared
from app.core.db import session
from app.core.errors import NotVisible
from app.features.quotations.terms.models import TermsSet
from app.features.seals.models import LegalEntity


def usable() -> list[TermsSet]:
    """Return the sets in use, by name."""
    statement = select(TermsSet).where(TermsSet.active.is_(True)).order_by(TermsSet.name, TermsSet.id)
    return list(session.execute(statement).unique().scalars())


class Named(NamedTuple):
    """What is chosen in a list: its id and its name."""

    id: int
    name: str


def with_companies(legal_entity_id: int) -> tuple[list[Named], list[Named]]:
    """Return what a quotation of a legal entity may choose from, by one query: companies, and sets of terms.

    The companies are those in use and the quotation's own, the sets those in use that are meant for it or for any.
    """
    rows = prepared.read(_with_companies(), {"of_company": legal_entity_id})
    companies = {row.company: Named(row.company, row.company_name) for row in rows}
    sets = {row.terms: Named(row.terms, row.terms_name) for row in rows if row.terms is not None}
    return list(companies.values()), list(sets.values())


@cache
def _with_companies() -> Select[*tuple[Any, ...]]:
    own = bindparam("of_company", type_=Integer)
    meant = or_(TermsSet.legal_entity_id.is_(None), TermsSet.legal_entity_id == own)
    return (
        select(
            LegalEntity.id.label("company"),
            LegalEntity.name.label("company_name"),
            TermsSet.id.label("terms"),
            TermsSet.name.label("terms_name"),
        )
        .select_from(LegalEntity)
        .outerjoin(TermsSet, and_(TermsSet.active.is_(True), meant))
        .where(or_(LegalEntity.active.is_(True), LegalEntity.id == own))
        .order_by(LegalEntity.id, TermsSet.name, TermsSet.id)
    )


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
