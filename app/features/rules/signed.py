"""How far a version was signed, for its page: by one statement, made once for each scope."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, select, true

from app.core.prepared import read
from app.features.people.audience import Scope, people_within
from app.features.rules.models import RuleSignature, RuleVersion
from app.features.rules.queries import scope_of

KEPT_STATEMENTS = 64


@dataclass(frozen=True)
class ReadingState:
    """How many have signed of how many, and when the person asking signed which version, if at all."""

    signed: int
    of: int
    own_version: int | None
    own_at: datetime | None


def reading_state(version: RuleVersion, user_id: int | None) -> ReadingState:
    """Return how far a version was signed, and by the person asking, by one statement."""
    values = {"of_rule": version.rule_id, "of_edition": version.edition, "of_person": user_id}
    return ReadingState(*read(_reading_statement(scope_of(version)), values)[0])


@lru_cache(KEPT_STATEMENTS)
def _reading_statement(scope: Scope | None) -> Select[*tuple[Any, ...]]:
    edition = (
        select(RuleVersion.id)
        .where(
            RuleVersion.rule_id == bindparam("of_rule", type_=Integer),
            RuleVersion.edition == bindparam("of_edition", type_=Integer),
        )
        .scalar_subquery()
    )
    signed_it = RuleSignature.version_id.in_(edition)
    people = people_within(scope).subquery()
    own = (
        select(RuleSignature.version_id, RuleSignature.signed_at)
        .where(RuleSignature.user_id == bindparam("of_person", type_=Integer), signed_it)
        .order_by(RuleSignature.id.desc())
        .limit(1)
        .subquery()
    )
    signed = func.count().filter(people.c.id.in_(select(RuleSignature.user_id).where(signed_it)))
    counts = select(signed.label("signed"), func.count().label("concerned")).select_from(people).subquery()
    return select(counts.c.signed, counts.c.concerned, own.c.version_id, own.c.signed_at).outerjoin(
        own, true()
    )
