"""The versions of a rule with all that is said of each, by one statement."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, select
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from app.core.db import session
from app.core.prepared_objects import Part, columns, read_objects
from app.features.people.models import Department, User
from app.features.rules.models import Rule, RuleVersion


@cache
def parts() -> tuple[Part, ...]:
    """Return what a row of the statement holds: the version, its rule, owner, department and who approved it."""
    return (
        Part(RuleVersion),
        Part(Rule),
        Part(User),
        Part(Department),
        Part(User, alias=aliased(User)),
    )


@cache
def _plain(*, beside: bool) -> Select[RuleVersion]:
    return select(RuleVersion).where(_of_rule(beside=beside)).order_by(RuleVersion.sequence)


def _of_rule(*, beside: bool) -> ColumnElement[bool]:
    given = bindparam("given", type_=Integer)
    if not beside:
        return RuleVersion.rule_id == given
    named = aliased(RuleVersion)
    return RuleVersion.rule_id == select(named.rule_id).where(named.id == given).scalar_subquery()


@cache
def statement(*, beside: bool) -> Select[Any]:
    """Return the SELECT of the versions of a rule, or of those ``beside`` a version; its id is ``given``."""
    approver = parts()[-1].source
    return (
        select(*columns(parts()))
        .select_from(RuleVersion)
        .join(Rule, Rule.id == RuleVersion.rule_id)
        .join(User, User.id == RuleVersion.owner_id)
        .join(Department, Department.id == RuleVersion.department_id)
        .outerjoin(approver, approver.id == RuleVersion.approved_by_id)
        .where(_of_rule(beside=beside))
        .order_by(RuleVersion.sequence)
    )


def versions(given: int, *, beside: bool) -> list[RuleVersion]:
    """Return all versions of a rule, or of the rule of a version, the oldest first; they know one another by it."""
    return _known_to_rule(list(session.execute(_plain(beside=beside), {"given": given}).unique().scalars()))


def shown(given: int, *, beside: bool) -> list[RuleVersion]:
    """Return the same versions for a page that changes none of them, by a prepared statement."""
    found = []
    for version, rule, owner, department, approver in read_objects(
        parts(), statement(beside=beside), {"given": given}
    ):
        set_committed_value(version, "rule", rule)
        set_committed_value(version, "owner", owner)
        set_committed_value(version, "department", department)
        set_committed_value(version, "approved_by", approver)
        found.append(version)
    return _known_to_rule(found)


def _known_to_rule(found: list[RuleVersion]) -> list[RuleVersion]:
    """Return the versions of one rule, which knows all of them from here on."""
    if found:
        set_committed_value(found[0].rule, "versions", found)
    return found
