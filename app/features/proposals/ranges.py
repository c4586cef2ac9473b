"""The range of penalties kept at a clause, between two amounts in yuan. It belongs to the identity of the clause."""

from decimal import Decimal

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Denied, Invalid, Stale
from app.core.i18n import lazy
from app.core.permissions import Actor, directory, who_may
from app.core.workflow import lock
from app.features.proposals import queries
from app.features.proposals.models import ClauseRange
from app.features.rules.enums import RULE_VERSION, RulePerm
from app.features.rules.models import RuleVersion
from app.features.rules.queries import get_version, may_handle

UNSET = 0


def may_set(actor: Actor, version: RuleVersion) -> bool:
    """Tell whether an actor may say between which amounts penalties lie: who answers for the rule, or works on it."""
    return version.rule.owner_id == actor.id or may_handle(actor, version)


def set_range(
    clause_id: int, *, actor: Actor, least: Decimal | None, most: Decimal | None, version: int | None = None
) -> ClauseRange:
    """Keep the range of a clause in force; two empty amounts take it away.

    ``version`` is that of the range the form was made from, UNSET where there was none. Raises NotVisible, Denied,
    Stale, and Invalid at ``most``.
    """
    rule_version, cited = clause_in_force(clause_id, actor)
    if not may_set(actor, rule_version):
        raise Denied(
            "core:denied", what=lazy("设定处罚幅度"), who=who_may(RulePerm.DRAFT, rule_version.department_id)
        )
    row = queries.range_of(clause_id)
    if row is not None:
        lock(row)
    known = UNSET if row is None else row.version
    if version not in (None, known):
        raise stale(row)
    if least is not None and most is not None and most < least:
        raise Invalid(fields={"most": lazy("上限不能低于下限")})
    before = {"least": row.least, "most": row.most} if row is not None else {}
    if row is None:
        row = ClauseRange(clause_id=clause_id)
        session.add(row)
    row.least, row.most, row.set_by_id = least, most, int(actor.id or 0)
    if before:
        row.touch()
    session.flush()
    changes = timeline.diff(before, {"least": least, "most": most})
    if changes:
        timeline.record(
            RULE_VERSION,
            rule_version.id,
            "rule_version:set-range",
            actor,
            data={"clause": cited, "changes": changes},
        )
    return row


def clause_in_force(clause_id: int, actor: Actor) -> tuple[RuleVersion, str]:
    """Return the version in force in which a clause stands, and how it is cited there; raises NotVisible."""
    place = queries.clause_on(clock.today(), clause_id)
    return get_version(actor, place.version_id if place is not None else 0), place.name if place else ""


def stale(row: ClauseRange | None) -> Stale:
    """Return the refusal of a form that was made from an older range, naming who changed it and when."""
    if row is None:
        return Stale("—", "—")
    person = directory().people([row.set_by_id])[row.set_by_id]
    return Stale(person.name, clock.to_local(row.updated_at).strftime("%m-%d %H:%M"))
