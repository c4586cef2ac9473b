"""What is read of bindings, figures and exceptions, and who may see names."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true

from app.core import configuration, documents, indicators, modules, workflow
from app.core.db import in_departments, session
from app.core.errors import NotVisible
from app.core.i18n import LazyText
from app.core.permissions import Actor, can, departments_of
from app.features.rules.models import ClauseText, Rule, RuleVersion, is_in_force
from app.features.rules.queries import may_handle, visible_to
from app.features.supervision.enums import FLOW_PREFIX, SupervisionPerm
from app.features.supervision.models import ClauseBinding


def targets() -> dict[str, LazyText]:
    """Return what a clause can be bound to: the indicators, then the lives of documents."""
    found = {indicator.key: indicator.label for indicator in indicators.registered()}
    return found | {f"{FLOW_PREFIX}{doc_type}": flow.label for doc_type, flow in flows().items()}


def flows() -> dict[str, workflow.Flow]:
    """Return the lives of the kinds of documents this installation shows."""
    hidden = set(modules.hidden_documents())
    return {
        doc_type: flow
        for doc_type, flow in workflow.flows().items()
        if documents.is_registered(doc_type) and doc_type not in hidden
    }


def bindings(clause_ids: Iterable[int]) -> dict[int, str]:
    """Return what clauses are bound to, by the identity of the clause; those bound to nothing are left out."""
    known = configuration.kept("clause bindings", _read_bindings)
    return {clause_id: known[clause_id] for clause_id in clause_ids if clause_id in known}


def any_bound() -> bool:
    """Tell whether any clause is bound to anything."""
    return bool(configuration.kept("clause bindings", _read_bindings))


def _read_bindings() -> dict[int, str]:
    rows = session.execute(
        select(ClauseBinding.clause_id, ClauseBinding.target).where(ClauseBinding.target != "")
    )
    return {row.clause_id: row.target for row in rows}


def clauses_bound_to(target: str) -> list[int]:
    """Return the clauses bound to a target, by their identity, the one bound first before the others."""
    statement = (
        select(ClauseBinding.clause_id).where(ClauseBinding.target == target).order_by(ClauseBinding.id)
    )
    return list(session.execute(statement).scalars())


def exceptions_address(key: str) -> str:
    """Return the address of the list of what an indicator does not count as kept."""
    return f"/supervision/exceptions/{key}"


def binding_of(clause_id: int) -> ClauseBinding | None:
    """Return the binding of a clause; None where it never had one."""
    return session.execute(
        select(ClauseBinding).where(ClauseBinding.clause_id == clause_id)
    ).scalar_one_or_none()


def bound_targets() -> list[str]:
    """Return what clauses in force are bound to, each once."""
    statement = (
        select(ClauseBinding.target)
        .join(ClauseText, ClauseText.clause_id == ClauseBinding.clause_id)
        .join(RuleVersion, RuleVersion.id == ClauseText.version_id)
        .where(ClauseBinding.target != "", is_in_force())
        .distinct()
    )
    return sorted(session.execute(statement).scalars())


def place_of(actor: Actor, clause_id: int) -> tuple[RuleVersion, ClauseText]:
    """Return the newest version an actor may see in which a clause stands, and its text there; raises NotVisible."""
    statement = (
        visible_to(actor)
        .join(ClauseText, ClauseText.version_id == RuleVersion.id)
        .where(ClauseText.clause_id == clause_id)
        .add_columns(ClauseText)
        .order_by(RuleVersion.sequence.desc())
        .limit(1)
    )
    row = session.execute(statement).unique().first()
    if row is None:
        raise NotVisible
    return row[0], row[1]


def may_bind(actor: Actor, version: RuleVersion) -> bool:
    """Tell whether an actor may bind clauses of a rule: who answers for it, and who works on it or decides."""
    return version.rule.owner_id == actor.id or may_handle(actor, version)


# Names


def sees_case(
    actor: Actor, person_id: ColumnElement[int], department_id: ColumnElement[int]
) -> ColumnElement[bool]:
    """Return the condition that an actor sees an exception by name: the person, the head, the leader and H."""
    if sees_all(actor):
        return true()
    of_department = in_departments(department_id, departments_of(actor, SupervisionPerm.BOARD))
    return func.coalesce(or_(person_id == actor.id, of_department), false())


def sees_all(actor: Actor) -> bool:
    """Tell whether no exception is hidden from an actor."""
    return (
        actor.is_system
        or can(actor, SupervisionPerm.ALL)
        or departments_of(actor, SupervisionPerm.BOARD) is None
    )


def bound_clauses() -> Select[int]:
    """Return the SELECT of the bindings whose clause stands in a version in force, with its place."""
    return (
        select(ClauseBinding.id)
        .join(ClauseText, ClauseText.clause_id == ClauseBinding.clause_id)
        .join(RuleVersion, RuleVersion.id == ClauseText.version_id)
        .join(Rule, Rule.id == RuleVersion.rule_id)
        .where(ClauseBinding.target != "", is_in_force())
    )
