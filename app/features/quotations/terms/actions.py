"""What the manager does with the terms library: add a set, change it, put it away."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor, require
from app.core.workflow import check_version, lock
from app.features.quotations.enums import PaymentTerm, QuotationPerm
from app.features.quotations.terms.models import TERM_FIELDS, TermsSet

DOC_TYPE = "terms_set"
FIELDS = ("name", "kind", "legal_entity_id", "is_default", *TERM_FIELDS)


def create(*, actor: Actor, values: Mapping[str, Any]) -> TermsSet:
    """Add a set of terms; ``values`` maps FIELDS. Raises Denied, Invalid for a set without name or terms."""
    require(actor, QuotationPerm.MANAGE_TERMS)
    check(values)
    row = TermsSet(active=True, created_at=clock.now(), updated_at=clock.now())
    put(row, values)
    session.add(row)
    session.flush()
    only_default(row)
    timeline.record(DOC_TYPE, row.id, "terms:create", actor, data={"name": row.name})
    return row


def change(row: TermsSet, *, actor: Actor, version: int, values: Mapping[str, Any]) -> None:
    """Change a set; quotations already made keep what they have. Raises Denied, Stale, Invalid."""
    lock(row)
    require(actor, QuotationPerm.MANAGE_TERMS)
    check_version(DOC_TYPE, row, version)
    check(values)
    before = facts(row)
    put(row, values)
    row.touch()
    session.flush()
    only_default(row)
    changes = timeline.diff(before, facts(row))
    if changes:
        timeline.record(DOC_TYPE, row.id, "terms:change", actor, data={"name": row.name, "changes": changes})


def put_away(row: TermsSet, *, actor: Actor, version: int, active: bool) -> None:
    """Take a set out of use, or into use again; nothing is deleted. Raises Denied, Stale."""
    lock(row)
    require(actor, QuotationPerm.MANAGE_TERMS)
    check_version(DOC_TYPE, row, version)
    if row.active == active:
        return
    row.active = active
    row.touch()
    session.flush()
    verb = "terms:restore" if active else "terms:retire"
    timeline.record(DOC_TYPE, row.id, verb, actor, data={"name": row.name})


def check(values: Mapping[str, Any]) -> None:
    """Raise Invalid for a set without a name, without any term, or with an unwritten payment term."""
    wrong: dict[str, Any] = {}
    if not str(values.get("name") or "").strip():
        wrong["name"] = lazy("请填写名称，编制报价时按名称选择")
    if not any(values.get(field) for field in TERM_FIELDS):
        wrong["payment_term"] = lazy("请至少填写一项条款")
    if values.get("payment_term") == PaymentTerm.OTHER and not str(values.get("payment_other") or "").strip():
        wrong["payment_other"] = lazy("付款方式选“其他”时请写明")
    if wrong:
        raise Invalid(fields=wrong)


def put(row: TermsSet, values: Mapping[str, Any]) -> None:
    """Set the values of a set."""
    for field in ("name", *TERM_FIELDS):
        setattr(row, field, str(values.get(field) or "").strip())
    row.kind = values.get("kind") or None
    row.legal_entity_id = values.get("legal_entity_id") or None
    row.is_default = bool(values.get("is_default"))


def facts(row: TermsSet) -> dict[str, Any]:
    """Return what a change is told by."""
    shown = {field: getattr(row, field) for field in FIELDS if field not in ("legal_entity_id", "is_default")}
    return {**shown, "is_default": "✓" if row.is_default else ""}


def only_default(row: TermsSet) -> None:
    """Let a new default take the place of the one before it, of the same legal entity and kind."""
    if not row.is_default:
        return
    others = select(TermsSet).where(
        TermsSet.id != row.id,
        TermsSet.is_default.is_(True),
        TermsSet.legal_entity_id.is_not_distinct_from(row.legal_entity_id),
        TermsSet.kind.is_not_distinct_from(row.kind),
    )
    for other in session.execute(others).unique().scalars():
        other.is_default = False
        other.touch()
    session.flush()
