"""The register of seal use and the requests for wet seals as lists."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, Select, bindparam, case, func, literal
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import UTCDateTime, session
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.features.people.models import User
from app.features.seals import queries
from app.features.seals.enums import (
    KIND_LABELS,
    PAPER_KIND_LABELS,
    USE_FORM_LABELS,
    RequestStatus,
    SealKind,
    UseMode,
)
from app.features.seals.flow import FLOW
from app.features.seals.models import LegalEntity, Seal, SealRequest, SealUse

UsedBy = aliased(User)
ApprovedBy = aliased(User)

# A printed seal is filed as it is drawn; a pressed one when the scan is.
FILED = case(
    (SealUse.request_id.is_(None) | (SealRequest.status == RequestStatus.CLOSED), literal("filed")),
    else_=literal("waiting"),
)
FILED_LABELS = {"filed": lazy("已归档"), "waiting": lazy("待归档")}
FILED_TONES = {"filed": "ok", "waiting": "warn"}

SHORT_MODES = {str(UseMode.STAMP): lazy("盖章"), str(UseMode.TAKE_OUT): lazy("外带")}
OVERDUE = "overdue"
STATES = {str(state.code): state.label for state in FLOW.states} | {OVERDUE: lazy("逾期未还")}
TONES = {str(state.code): state.tone for state in FLOW.states} | {OVERDUE: "bad"}
NOW = bindparam("now", callable_=clock.now, type_=UTCDateTime)
SHOWN_STATE = case(
    ((SealRequest.status == RequestStatus.OUT) & (SealRequest.due_back < NOW), literal(OVERDUE)),
    else_=SealRequest.status,
)


def paper_address(row: Row[Any]) -> str | None:
    """Return where a use leads: to the request behind it; a printed seal's paper is found by its number."""
    return url_for("seals.show_request", request_id=row.request_id) if row.request_id else None


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
        Column("company", lazy("公司主体"), LegalEntity.short_name, below="kind"),
        Column("number", lazy("单据编号"), SealUse.number, href=paper_address),
        Column("title", lazy("文件名称"), SealUse.title),
        Column("revision", lazy("版次"), func.nullif(SealUse.revision, 0), "number", below="number"),
        Column(
            "form",
            lazy("形式"),
            SealUse.form,
            labels={str(code): label for code, label in USE_FORM_LABELS.items()},
            below="at",
        ),
        Column("copies", lazy("份数"), SealUse.copies, "number", total=True),
        Column("impressions", lazy("印数"), SealUse.impressions, "number", total=True),
        Column("purpose", lazy("用途"), SealUse.purpose, below="title"),
        Column("used_by", lazy("用印人"), UsedBy.name, "person"),
        Column("approved_by", lazy("审批人"), ApprovedBy.name, "person", below="used_by"),
        Column("filed", lazy("归档"), FILED, "status", labels=FILED_LABELS, tones=FILED_TONES),
        Column("seal_id", "", SealUse.seal_id, hidden=True),
        Column("request_id", "", SealUse.request_id, hidden=True),
        Column("doc_type", "", SealUse.doc_type, hidden=True),
        Column("doc_id", "", SealUse.doc_id, hidden=True),
    )
    searched = (SealUse.number, SealUse.title, SealUse.purpose, UsedBy.name)
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
                "use_form",
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
            .outerjoin(SealRequest, SealRequest.id == SealUse.request_id)
        )
        super().__init__(joined, arguments, path, filters=filters)


def option_text(seal: Seal) -> str:
    """Return how a seal is named in the filter."""
    return f"{seal.legal_entity.short_name or seal.legal_entity.name} {KIND_LABELS[SealKind(seal.kind)]}"


def request_address(row: Row[Any]) -> str:
    """Return the address of a row's request."""
    return url_for("seals.show_request", request_id=row.row_id)


def made_of_approved(row: Row[Any]) -> str:
    """Return what was pressed of what was approved: 2 / 3."""
    made = "—" if row.impressions_made is None else row.impressions_made
    return f"{made} / {row.impressions}"


def state_condition(code: str) -> ColumnElement[bool]:
    """Return the condition of a chosen state; what is overdue and what is open is derived."""
    if code == OVERDUE:
        return queries.overdue_condition()
    if code == "open":
        return SealRequest.status.not_in(queries.REQUESTS_OVER)
    return SealRequest.status == code


class SealRequestList(Listing):
    """The requests for wet seals the reader may see; newest first."""

    columns = (
        Column("number", lazy("编号"), SealRequest.number, "link", href=request_address),
        Column("title", lazy("文件名称"), SealRequest.title),
        Column(
            "kind",
            lazy("印章"),
            Seal.kind,
            labels={str(code): label for code, label in KIND_LABELS.items()},
        ),
        Column("mode", lazy("用印方式"), SealRequest.mode, labels=SHORT_MODES, below="kind"),
        Column("status", lazy("状态"), SHOWN_STATE, "status", labels=STATES, tones=TONES,
               sort_by=SealRequest.status),
        Column("impressions", lazy("印数"), SealRequest.impressions, "number", shown_by=made_of_approved),
        Column("impressions_made", "", SealRequest.impressions_made, hidden=True),
        Column("due_back", lazy("应还时间"), SealRequest.due_back, "datetime",
               tone=lambda row: "bad" if row.status == OVERDUE else ""),
        Column("owner", lazy("申请人"), UsedBy.name, "person"),
        Column("created_at", lazy("申请时间"), SealRequest.created_at, "datetime"),
    )  # fmt: skip
    filters = (
        Filter(
            "status",
            lazy("状态"),
            options=(("open", lazy("办理中")), *STATES.items()),
            condition=state_condition,
        ),
        Filter(
            "kind",
            lazy("印章"),
            Seal.kind,
            options=[(str(code), label) for code, label in KIND_LABELS.items()],
        ),
        Filter(
            "paper",
            lazy("文件类别"),
            SealRequest.paper_kind,
            options=[(str(code), label) for code, label in PAPER_KIND_LABELS.items()],
        ),
        Filter("created_at", lazy("申请时间"), SealRequest.created_at, "date_range"),
    )
    searched = (
        SealRequest.number,
        SealRequest.title,
        SealRequest.doc_number,
        SealRequest.purpose,
        UsedBy.name,
    )
    default_sort = "-created_at"
    row_id = SealRequest.id

    def __init__(self, base: Select[Any], arguments: Mapping[str, str], path: str) -> None:
        joined = base.join(Seal, Seal.id == SealRequest.seal_id).join(
            UsedBy, UsedBy.id == SealRequest.owner_id
        )
        super().__init__(joined, arguments, path)
