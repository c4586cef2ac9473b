"""The register of seal use as a list."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import Select
from sqlalchemy.orm import aliased

from app.core.db import session
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.features.people.models import User
from app.features.seals.enums import KIND_LABELS, USE_FORM_LABELS, SealKind
from app.features.seals.models import LegalEntity, Seal, SealUse

UsedBy = aliased(User)
ApprovedBy = aliased(User)


class SealUseList(Listing):
    """Each use of a seal the reader may know of; newest first."""

    columns = (
        Column("at", lazy("时间"), SealUse.at, "datetime"),
        Column(
            "kind",
            lazy("印章"),
            Seal.kind,
            labels={str(code): label for code, label in KIND_LABELS.items()},
            href=lambda row: url_for("seals.show", seal_id=row.seal_id),
        ),
        Column("company", lazy("公司主体"), LegalEntity.short_name),
        Column("number", lazy("单据编号"), SealUse.number),
        Column("revision", lazy("版次"), SealUse.revision, "number"),
        Column(
            "form",
            lazy("形式"),
            SealUse.form,
            labels={str(code): label for code, label in USE_FORM_LABELS.items()},
        ),
        Column("copies", lazy("份数"), SealUse.copies, "number", total=True),
        Column("impressions", lazy("印数"), SealUse.impressions, "number", total=True),
        Column("purpose", lazy("用途"), SealUse.purpose),
        Column("used_by", lazy("用印人"), UsedBy.name, "person"),
        Column("approved_by", lazy("审批人"), ApprovedBy.name, "person"),
        Column("seal_id", "", SealUse.seal_id, hidden=True),
    )
    searched = (SealUse.number, SealUse.purpose, UsedBy.name)
    default_sort = "-at"
    row_id = SealUse.id

    def __init__(
        self,
        base: Select[Any],
        arguments: Mapping[str, str],
        path: str,
        *,
        seals: Select[Seal],
    ) -> None:
        known = session.execute(seals.order_by(Seal.id)).scalars()
        filters = (
            Filter(
                "seal",
                lazy("印章"),
                options=[(str(seal.id), option_text(seal)) for seal in known],
                condition=lambda value: SealUse.seal_id == int(value),
            ),
            Filter(
                "form",
                lazy("形式"),
                SealUse.form,
                options=[(str(code), label) for code, label in USE_FORM_LABELS.items()],
            ),
            Filter("at", lazy("时间"), SealUse.at, "date_range"),
        )
        joined = (
            base.join(Seal, Seal.id == SealUse.seal_id)
            .join(LegalEntity, LegalEntity.id == Seal.legal_entity_id)
            .join(UsedBy, UsedBy.id == SealUse.used_by_id)
            .join(ApprovedBy, ApprovedBy.id == SealUse.approved_by_id)
        )
        super().__init__(joined, arguments, path, filters=filters)


def option_text(seal: Seal) -> str:
    """Return how a seal is named in the filter."""
    return f"{seal.legal_entity.short_name or seal.legal_entity.name} {KIND_LABELS[SealKind(seal.kind)]}"
