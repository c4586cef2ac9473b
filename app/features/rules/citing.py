"""Which clauses of rules cite which: what is lost to others when a clause goes or a rule is made void."""

from collections.abc import Collection

from sqlalchemy import Text, and_, cast, or_, select

from app.core import clock
from app.core.db import session
from app.features.rules import queries
from app.features.rules.enums import VersionStatus
from app.features.rules.models import ClauseText, Rule, RuleClause, RuleVersion, is_in_force
from app.features.rules.queries import ClausePlace


def cited_by(rule: Rule) -> list[ClausePlace]:
    """Return the clauses of other rules that link to clauses of this one, in force or approved for a day to come."""
    own = session.execute(select(RuleClause.id).where(RuleClause.rule_id == rule.id)).scalars()
    return citing(rule, set(own))


def bereft_by(version: RuleVersion) -> list[ClausePlace]:
    """Return the clauses of other rules whose links lead nowhere once this draft replaces what is in force.

    A clause that is deleted in a revision takes them along; nothing is asked where none is.
    """
    current = version.rule.in_force
    if current is None or current is version:
        return []
    gone = {text.clause_id for text in current.clauses} - {text.clause_id for text in version.clauses}
    return citing(version.rule, gone) if gone else []


def citing(rule: Rule, clauses: Collection[int]) -> list[ClausePlace]:
    """Return the clauses of other rules that link to one of these clauses, in the order of rules and texts."""
    coming = and_(RuleVersion.status == VersionStatus.APPROVED, RuleVersion.effective_on > clock.today())
    rows = session.execute(
        select(ClauseText, RuleVersion.rule_id, RuleVersion.title)
        .join(RuleVersion, RuleVersion.id == ClauseText.version_id)
        .where(
            RuleVersion.rule_id != rule.id,
            or_(is_in_force(), coming),
            # The few texts with a link at all are looked into; the database tells them by their writing.
            cast(ClauseText.plain, Text).contains('"clause"'),
        )
        .order_by(ClauseText.version_id, ClauseText.position)
    )
    return [
        ClausePlace(text.clause_id, rule_id, text.version_id, title, text.cited)
        for text, rule_id, title in rows
        if not queries.linked_of(text).isdisjoint(clauses)
    ]
