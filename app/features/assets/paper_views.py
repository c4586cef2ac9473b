"""Papers of equipment: labels, sheets to be signed by hand, the blank form."""

from typing import Any

from flask import Response, request, url_for
from sqlalchemy import select

from app.core.db import session
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.features.assets import labels as label_papers
from app.features.assets import lists, page, queries, sheets
from app.features.assets.enums import AssetPerm, ItemStatus
from app.features.assets.models import AssetItem
from app.features.assets.views import blueprint
from app.features.people.models import Department
from app.web import forms, fragments
from app.web.guard import current_actor, requires, signed_in
from app.web.papers import company_name, send_paper

SHEET, SINGLE = "sheet", "single"
KEPT_FILTERS = ("q", "status", "category", "place", "keeper", "department", "item")


class LabelForm(forms.BaseForm):
    """How labels are printed."""

    layout = forms.RadioField(
        lazy("标签纸"),
        choices=[(SHEET, lazy("A4 标签纸，每张 3×8 枚")), (SINGLE, lazy("标签打印机，每枚 40×30 毫米"))],
        default=SHEET,
    )
    start = forms.WholeNumberField(lazy("从第几枚开始"), least=1, most=label_papers.PER_SHEET, default=1)


@blueprint.get("/labels")
@requires(AssetPerm.KEEP)
def labels() -> Response:
    rows = chosen()
    return fragments.page(
        "assets/labels.html",
        heading=_("打印标签"),
        trail=page.trail(current_actor()),
        facts=[_("共 %(count)s 枚", count=len(rows))],
        form=LabelForm(formdata=None),
        kept=kept_arguments(),
        action=url_for("assets.labels_paper"),
        empty=not rows,
        cancel_url=url_for("assets.index"),
    )


def kept_arguments() -> list[tuple[str, str]]:
    """Return what says in the address which labels are meant."""
    return [(key, value) for key in KEPT_FILTERS for value in request.args.getlist(key) if value]


def chosen() -> list[label_papers.Label]:
    """Return the labels of the items the address names, or of those its filters leave; scrapped ones have none."""
    actor = current_actor()
    wanted = request.args.getlist("item", type=int)
    if wanted:
        statement = queries.visible_ids(actor).where(AssetItem.id.in_(wanted[: label_papers.MOST_LABELS]))
        ids = list(session.execute(statement).scalars())
        if len(ids) != len(set(wanted[: label_papers.MOST_LABELS])):
            raise NotVisible
    else:
        shown = lists.open_items(actor, request.args, request.path)
        ids = [row.row_id for row in shown.all_rows(label_papers.MOST_LABELS)]
    statement_of_labels = (
        select(AssetItem.label_code, AssetItem.number, AssetItem.name, Department.name.label("department"))
        .join(Department, Department.id == AssetItem.department_id)
        .where(AssetItem.id.in_(ids), AssetItem.status != ItemStatus.SCRAPPED)
        .order_by(AssetItem.number)
    )
    return [
        label_papers.Label(row.label_code, row.number or "", row.name, row.department)
        for row in session.execute(statement_of_labels)
    ]


@blueprint.get("/labels.pdf")
@requires(AssetPerm.KEEP)
def labels_paper() -> Response:
    form = LabelForm(formdata=request.args, meta={"csrf": False})
    rows = chosen()
    if not rows:
        raise NotVisible("asset_item:no-labels")
    start: Any = form.start.data if form.start.validate(form) else 1
    if form.layout.data == SINGLE:
        content = label_papers.singles(rows, company_name())
    else:
        content = label_papers.sheet(rows, company_name(), start=start or 1)
    return send_paper(content, f"{_('设备标签')}.pdf")


@blueprint.get("/hand-overs/<int:hand_over_id>/sheet.pdf")
@signed_in
def unsigned_sheet(hand_over_id: int) -> Response:
    hand_over = queries.get_hand_over(current_actor(), hand_over_id)
    name = _("设备交接单 %(number)s", number=hand_over.number)
    return send_paper(sheets.sheet(hand_over, None, company_name()), f"{name}.pdf")


@blueprint.get("/hand-overs/blank.pdf")
@signed_in
def blank_sheet() -> Response:
    return send_paper(sheets.blank_sheet(company_name()), f"{_('设备交接单')}.pdf")
