"""The pages of upkeep: lists, repairs, reporting loss and damage, asking to scrap, self-checks."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core import clock
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import can, who_may
from app.core.uow import unit_of_work
from app.features.assets import queries as asset_queries
from app.features.assets.enums import AssetPerm
from app.features.assets.hand_over_views import read_photos
from app.features.assets.models import AssetItem
from app.features.assets.upkeep import incidents, page, queries, repairs, scrapping, self_checks
from app.features.assets.upkeep.enums import READERS, IncidentKind
from app.features.assets.upkeep.forms import BackForm, IncidentForm, ItemForm, ScrapForm, SendForm
from app.features.assets.upkeep.incidents import IncidentValues
from app.features.assets.upkeep.lists import (
    IncidentList,
    OverdueList,
    RepairList,
    ScrappingList,
    SelfCheckList,
)
from app.features.assets.upkeep.models import AssetRepair
from app.web import fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list

blueprint = Blueprint("upkeep", __name__, url_prefix="/assets")


# Lists


@blueprint.get("/repairs")
@requires(*READERS)
def repair_list() -> Any:
    return show_list(
        RepairList(current_actor(), request.args, request.path),
        _("设备维修"),
        template="upkeep/list.html",
        tabs=page.tabs("repairs"),
        empty_text=_("还没有送修过设备"),
        empty_hint=_("在设备的页面上点“送修”，修回时登记费用和结果"),
        sign_labels=(_("资产管理员"),),
    )


@blueprint.get("/incidents")
@requires(*READERS)
def incident_list() -> Any:
    return show_list(
        IncidentList(current_actor(), request.args, request.path),
        _("报失报损"),
        template="upkeep/list.html",
        tabs=page.tabs("incidents"),
        empty_text=_("还没有报失报损"),
        empty_hint=_("责任人或资产管理员在设备的页面上报告"),
        sign_labels=(_("资产管理员"), _("公司主管领导")),
    )


@blueprint.get("/scrappings")
@requires(*READERS)
def scrapping_list() -> Any:
    return show_list(
        ScrappingList(current_actor(), request.args, request.path),
        _("设备报废"),
        template="upkeep/list.html",
        tabs=page.tabs("scrappings"),
        empty_text=_("还没有申请过报废"),
        empty_hint=_("在库或已报失的设备，在它的页面上点“申请报废”"),
        sign_labels=(_("资产管理员"), _("公司主管领导")),
    )


@blueprint.get("/overdue")
@requires(*READERS)
def overdue_list() -> Any:
    return show_list(
        OverdueList(current_actor(), request.args, request.path),
        _("逾期未还"),
        template="upkeep/list.html",
        tabs=page.tabs("overdue"),
        empty_text=_("没有逾期未还的设备"),
        empty_hint=_("借出的设备过了应还日期会列在这里，每天提醒借用人"),
        sign_labels=(_("资产管理员"),),
    )


@blueprint.get("/self-checks")
@requires(*READERS)
def self_check_list() -> Any:
    return show_list(
        SelfCheckList(current_actor(), request.args, request.path),
        _("设备自查"),
        template="upkeep/list.html",
        tabs=page.tabs("self_checks"),
        empty_text=_("还没有发出过自查"),
        empty_hint=_("类别里填写了自查天数的设备，到期由系统发给责任人"),
        sign_labels=(_("资产管理员"),),
    )


# Forms about an item


def answer_form(
    form: ItemForm,
    item: AssetItem,
    template: str,
    heading: str,
    make: Callable[[AssetItem], str],
) -> Any:
    """Answer GET and POST of a form about an item; ``make`` does it inside the unit of work, once."""
    actor = current_actor()
    if request.method != "POST":
        form.version.data = item.version
        return show_form(form, item, template, heading, 200)
    if not form.validate():
        return show_form(form, item, template, heading, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: make(asset_queries.get_item(actor, item.id)))
    except (Conflict, Invalid) as problem:
        row = asset_queries.get_item(actor, item.id)
        return show_form(form, row, template, heading, form.refuse(problem, version=row.version))
    return fragments.go(address)


def show_form(form: Any, item: AssetItem, template: str, heading: str, status: int) -> Any:
    """Show a form about an item."""
    return fragments.page(
        template,
        fragment="form",
        status=status,
        heading=heading,
        trail=page.trail_to_item(item),
        facts=page.item_facts(item),
        form=form,
        action=request.path,
        submit_label=heading,
        cancel_url=page.item_url(item.id),
    )


def kept_item(item_id: int) -> AssetItem:
    """Return an item whose equipment the reader keeps; raises NotVisible and Denied."""
    item = asset_queries.get_item(current_actor(), item_id)
    if not can(current_actor(), AssetPerm.KEEP, item.department_id):
        raise Denied(
            "core:denied", what=lazy("管理这件设备"), who=who_may(AssetPerm.KEEP, item.department_id)
        )
    return item


@blueprint.route("/<int:item_id>/repair", methods=["GET", "POST"])
@requires(AssetPerm.KEEP)
def send_to_repair(item_id: int) -> Any:
    """Send an item to be repaired."""
    item, form = kept_item(item_id), SendForm()

    def send(row: AssetItem) -> str:
        repairs.send(
            row,
            actor=current_actor(),
            version=form.version.data,
            vendor=form.vendor.data,
            fault=form.fault.data,
        )
        flash(_("%(item)s已登记送修", item=row.name), "ok")
        return page.item_url(row.id)

    return answer_form(form, item, "upkeep/send.html", _("送修"), send)


@blueprint.get("/<int:item_id>/repair/back")
@requires(AssetPerm.KEEP)
def back_of_item(item_id: int) -> Any:
    """Lead to the form of the repair an item is in; there is none for an item that is in none."""
    running = repairs.running(kept_item(item_id).id)
    if running is None:
        raise NotVisible
    return fragments.go(url_for("upkeep.back_from_repair", repair_id=running.id))


@blueprint.route("/repairs/<int:repair_id>/back", methods=["GET", "POST"])
@requires(AssetPerm.KEEP)
def back_from_repair(repair_id: int) -> Any:
    """Take an item back from its repair."""
    actor, form = current_actor(), BackForm()
    repair = queries.get_repair(actor, repair_id)
    kept_item(repair.item_id)
    if request.method != "POST":
        form.version.data = repair.version
        return show_back(form, repair, 200)
    if not form.validate():
        return show_back(form, repair, 422)
    try:
        with unit_of_work():
            repairs.take_back(
                queries.get_repair(actor, repair_id),
                actor=actor,
                version=form.version.data,
                outcome=form.outcome.data or "",
                cost=form.cost.data,
                note=form.note.data,
            )
    except (Conflict, Invalid) as problem:
        row = queries.get_repair(actor, repair_id)
        return show_back(form, row, form.refuse(problem, version=row.version))
    flash(_("%(item)s已登记修回", item=repair.item.name), "ok")
    return fragments.go(page.item_url(repair.item_id))


def show_back(form: BackForm, repair: AssetRepair, status: int) -> Any:
    """Show the form of an item that is back from its repair."""
    return fragments.page(
        "upkeep/back.html",
        fragment="form",
        status=status,
        heading=_("登记修回"),
        trail=page.trail_to_item(repair.item),
        facts=(*page.item_facts(repair.item), repair.vendor),
        fault=repair.fault,
        form=form,
        action=request.path,
        submit_label=_("登记修回"),
        cancel_url=page.item_url(repair.item_id),
    )


@blueprint.route("/<int:item_id>/incident", methods=["GET", "POST"])
@signed_in
def report_incident(item_id: int) -> Any:
    """Report loss or damage of an item."""
    actor, form = current_actor(), IncidentForm()
    item = asset_queries.get_item(actor, item_id)
    if not incidents.may_report(actor, item):
        raise Denied("core:denied", what=lazy("报失报损"), who=incidents.who_may_report(item))
    if request.method != "POST":
        asked = request.args.get("kind", "")
        form.kind.data = asked if asked in set(IncidentKind) else None
        form.happened_at.data = clock.now()
        form.place.data = item.place.name if item.place is not None else ""
    try:
        photos = read_photos() if request.method == "POST" else []
    except Invalid as problem:
        return show_form(form, item, "upkeep/incident.html", _("报失报损"), form.refuse(problem))

    def report(row: AssetItem) -> str:
        made = incidents.report(
            row,
            actor=actor,
            version=form.version.data,
            values=IncidentValues(
                form.kind.data or "", form.happened_at.data, form.place.data, form.account.data
            ),
            photos=photos,
        )
        flash(_("%(number)s 已报告", number=made.number), "ok")
        return url_for("upkeep.show_incident", incident_id=made.id)

    return answer_form(form, item, "upkeep/incident.html", _("报失报损"), report)


@blueprint.route("/<int:item_id>/scrap", methods=["GET", "POST"])
@requires(AssetPerm.KEEP)
def ask_to_scrap(item_id: int) -> Any:
    """Ask to scrap an item."""
    item, form = kept_item(item_id), ScrapForm()
    known = scrapping.of_item(item_id)
    if known is not None and request.method != "POST":
        return fragments.go(url_for("upkeep.show_scrapping", scrapping_id=known.id))

    def ask(row: AssetItem) -> str:
        made = scrapping.request(
            row,
            actor=current_actor(),
            version=form.version.data,
            reason=form.reason.data,
            residual=form.residual.data,
        )
        flash(_("报废单 %(number)s 已交主管领导审批", number=made.number), "ok")
        return url_for("upkeep.show_scrapping", scrapping_id=made.id)

    return answer_form(form, item, "upkeep/scrap.html", _("申请报废"), ask)


@blueprint.get("/self-checks/mine")
@signed_in
def my_self_check() -> Any:
    """Lead to the question one has not answered; there is none where nothing is due."""
    known = self_checks.open_request(int(current_actor().id or 0))
    if known is None:
        raise NotVisible("asset_self_check_request:nothing-due")
    return fragments.go(url_for("upkeep.self_check_step", request_id=known.id, name="answer"))
