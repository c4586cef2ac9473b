"""The list of the terms library."""

from typing import Any

from sqlalchemy import Row, Select

from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.features.inquiries.enums import KIND_LABELS
from app.features.quotations.enums import PAYMENT_LABELS
from app.features.quotations.terms.models import TermsSet
from app.features.quotations.terms.queries import everything
from app.features.seals.models import LegalEntity

KINDS = {str(code): label for code, label in KIND_LABELS.items()}
STATES = {"True": lazy("使用中"), "False": lazy("已停用")}


def kind_text(row: Row[Any]) -> str:
    """Return for what kind a set is meant."""
    return str(KINDS[row.kind]) if row.kind else _("全部类别")


def entity_text(row: Row[Any]) -> str:
    """Return for which legal entity a set is meant."""
    return row.entity or _("全部主体")


class TermsList(Listing):
    """All sets, those in use first."""

    columns = (
        Column(
            "name",
            lazy("名称"),
            TermsSet.name,
            kind="link",
            href=lambda row: f"/quotations/terms/{row.row_id}",
        ),
        Column("kind", lazy("适用类别"), TermsSet.kind, text=kind_text),
        Column("entity", lazy("适用公司主体"), LegalEntity.short_name, text=entity_text),
        Column(
            "is_default",
            lazy("默认"),
            TermsSet.is_default,
            text=lambda row: _("是") if row.is_default else "",
        ),
        Column(
            "payment_term",
            lazy("付款方式"),
            TermsSet.payment_term,
            labels={str(code): label for code, label in PAYMENT_LABELS.items()},
        ),
        Column("warranty", lazy("质保期"), TermsSet.warranty),
        Column(
            "active",
            lazy("状态"),
            TermsSet.active,
            kind="status",
            labels=STATES,
            tones={"True": "ok", "False": "neutral"},
        ),
        Column("updated_at", lazy("最近修改"), TermsSet.updated_at, kind="datetime"),
    )
    filters = (
        Filter(
            "active",
            lazy("状态"),
            options=tuple(STATES.items()),
            condition=lambda value: TermsSet.active.is_(value == "True"),
        ),
        Filter("kind", lazy("适用类别"), TermsSet.kind, options=tuple(KINDS.items())),
    )
    searched = (TermsSet.name, TermsSet.payment_other, TermsSet.warranty, TermsSet.other_terms)
    default_sort = "name"
    row_id = TermsSet.id


def base() -> Select[Any]:
    """Return the SELECT of all sets with their legal entities."""
    return everything().outerjoin(LegalEntity, LegalEntity.id == TermsSet.legal_entity_id)
