"""Binding a clause to what shows whether it is kept."""

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Denied, Invalid, Stale
from app.core.i18n import lazy
from app.core.permissions import Actor, directory, who_may
from app.core.workflow import lock
from app.features.rules.enums import RULE_VERSION, RulePerm
from app.features.supervision import queries
from app.features.supervision.models import ClauseBinding

UNBOUND = 0


def bind_clause(clause_id: int, *, actor: Actor, target: str, version: int | None = None) -> ClauseBinding:
    """Bind a clause to an indicator or a flow, or to nothing; it holds for every version of the clause.

    ``version`` is that of the binding the form was made from, UNBOUND where there was none. Raises NotVisible for a
    clause the actor may not see, Denied without the right, Stale where somebody was faster, Invalid at ``target``.
    """
    rule_version, text = queries.place_of(actor, clause_id)
    if not queries.may_bind(actor, rule_version):
        raise Denied(
            "core:denied", what=lazy("绑定执行指标"), who=who_may(RulePerm.DRAFT, rule_version.department_id)
        )
    row = queries.binding_of(clause_id)
    if row is None:
        row = ClauseBinding(clause_id=clause_id, target="", bound_by_id=int(actor.id or 0))
        session.add(row)
        session.flush()
    else:
        lock(row)
        if version not in (None, row.version):
            raise stale(row)
    if target and target not in queries.targets():
        raise Invalid(fields={"target": lazy("请从列表中选择")})
    before, row.target, row.bound_by_id = row.target, target, int(actor.id or 0)
    row.touch()
    session.flush()
    if before != target:
        timeline.record(
            RULE_VERSION,
            rule_version.id,
            "rule_version:bind",
            actor,
            data={"clause": text.cited, "changes": timeline.diff({"binding": before}, {"binding": target})},
        )
    return row


def stale(row: ClauseBinding) -> Stale:
    """Return the refusal of a form that was made from an older binding, naming who changed it and when."""
    person = directory().people([row.bound_by_id])[row.bound_by_id]
    return Stale(person.name, clock.to_local(row.updated_at).strftime("%m-%d %H:%M"))
