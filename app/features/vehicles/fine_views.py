"""Pages of traffic fines: the list, entering one, its page, who drove, how it ended."""

from typing import Any

from flask import request, url_for

from app.core import documents as core_documents
from app.core import timeline
from app.core.errors import Denied
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import can, who_may
from app.features.people.queries import active_people
from app.features.vehicles import fines, forms, page, queries
from app.features.vehicles.answering import answer
from app.features.vehicles.enums import FINE, FINE_LABELS, FINE_TONES, FineStatus, VehiclePerm
from app.features.vehicles.lists import FineList
from app.features.vehicles.models import Vehicle, VehicleFine
from app.features.vehicles.views import blueprint, kept, show_form, trail
from app.web import document_panels, documents, filters, fragments
from app.web.guard import current_actor, requires
from app.web.lists import show_list


@blueprint.get("/fines")
@requires(VehiclePerm.VIEW)
def fine_list() -> Any:
    actor = current_actor()
    return show_list(
        FineList(actor, request.args, request.path),
        _("交通违章"),
        trail=trail(),
        new_url=url_for("vehicles.new_fine") if can(actor, VehiclePerm.MANAGE) else "",
        new_label=_("登记违章"),
        empty_text=_("没有违章"),
        empty_hint=_("收到处罚决定书后登记，系统按出车记录找到当时的驾驶人"),
        sign_labels=(_("车辆管理员"), _("部门经理")),
    )


@blueprint.route("/fines/new", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def new_fine() -> Any:
    actor, form = current_actor(), forms.NewFineForm()
    form.vehicle_id.choices = queries.plates(actor)
    if request.method == "GET":
        form.vehicle_id.data = request.args.get("vehicle", type=int)

    def save(_given: None) -> str:
        vehicle = queries.get(actor, int(form.vehicle_id.data or 0))
        made = fines.enter_fine(vehicle, actor=actor, values=form.values)
        return url_for("vehicles.show_fine", fine_id=made.id)

    return answer(
        form,
        show=lambda form, status: show_form("vehicles/form.html", _("登记违章"), None, form, status),
        save=save,
        said=lazy("已登记，驾驶人见下"),
    )


@blueprint.get("/fines/<int:fine_id>")
@requires(VehiclePerm.VIEW)
def show_fine(fine_id: int) -> Any:
    actor = current_actor()
    fine = queries.get_fine(actor, fine_id)
    vehicle = queries.get(actor, fine.vehicle_id)
    is_open = fine.status == FineStatus.PENDING
    return fragments.page(
        "vehicles/fine.html",
        heading=_("%(plate)s 的违章", plate=vehicle.plate),
        trail=[*trail(), (_("交通违章"), url_for("vehicles.fine_list"))],
        state=FINE_LABELS[fine.status],
        tone=FINE_TONES[fine.status],
        facts=[fine.offence, filters.moment_text(fine.happened_at)],
        fine=fine,
        said=page.fine_facts(fine, vehicle),
        trip=trip_of(fine),
        may_name=is_open and fines.may_name(actor, vehicle, fine),
        may_end=is_open and queries.may_manage(actor, vehicle),
        events=documents.timeline_rows(timeline.events_for(FINE, fine.id)),
        further=document_panels.beside(FINE, fine.id, actor),
    )


def trip_of(fine: VehicleFine) -> core_documents.DocumentLink | None:
    """Return the trip on which a fine happened, as far as the reader may open it."""
    if fine.doc_type is None or fine.doc_id is None:
        return None
    key = (fine.doc_type, fine.doc_id)
    visible = core_documents.visible_keys(current_actor(), [key])
    return core_documents.links(visible).get(key)


@blueprint.route("/fines/<int:fine_id>/edit", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def edit_fine(fine_id: int) -> Any:
    fine = queries.get_fine(current_actor(), fine_id)
    form = forms.filled_fine(fine) if request.method == "GET" else forms.FineForm()

    def do(vehicle: Vehicle, row: VehicleFine) -> None:
        fines.update_fine(vehicle, row, actor=current_actor(), version=form.version.data, values=form.values)

    return answer_fine(fine, form, _("修改违章"), do)


@blueprint.route("/fines/<int:fine_id>/driver", methods=["GET", "POST"])
@requires(VehiclePerm.VIEW)
def name_driver(fine_id: int) -> Any:
    actor, form = current_actor(), forms.DriverForm()
    fine = queries.get_fine(actor, fine_id)
    vehicle = queries.get(actor, fine.vehicle_id)
    if not fines.may_name(actor, vehicle, fine):
        who = who_may(VehiclePerm.MANAGE, vehicle.department_id)
        raise Denied("core:denied", what=lazy("指明驾驶人"), who=who)
    form.driver_id.choices = active_people()

    def do(car: Vehicle, row: VehicleFine) -> None:
        fines.name_driver(car, row, actor=actor, version=form.version.data, driver_id=form.driver_id.data)

    return answer_fine(fine, form, _("指明驾驶人"), do)


@blueprint.route("/fines/<int:fine_id>/settle", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def settle_fine(fine_id: int) -> Any:
    return end_fine(fine_id, FineStatus.SETTLED, _("登记已处理"))


@blueprint.route("/fines/<int:fine_id>/lift", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def lift_fine(fine_id: int) -> Any:
    return end_fine(fine_id, FineStatus.LIFTED, _("登记已撤销"))


def end_fine(fine_id: int, status: FineStatus, heading: str) -> Any:
    """Answer the form by which a fine ends."""
    form = forms.EndFineForm()
    fine = queries.get_fine(current_actor(), fine_id)

    def do(vehicle: Vehicle, row: VehicleFine) -> None:
        fines.end_fine(
            vehicle,
            row,
            actor=current_actor(),
            version=form.version.data,
            status=status,
            note=form.note.data,
        )

    kept(fine.vehicle_id)
    return answer_fine(fine, form, heading, do)


def answer_fine(fine: VehicleFine, form: Any, heading: str, do: Any) -> Any:
    """Answer one of the forms of a fine."""
    actor, fine_id = current_actor(), fine.id
    vehicle = queries.get(actor, fine.vehicle_id)
    if request.method == "GET":
        form.version.data = fine.version

    def save(_given: None) -> str:
        row = queries.get_fine(actor, fine_id)
        do(queries.get(actor, row.vehicle_id), row)
        return url_for("vehicles.show_fine", fine_id=fine_id)

    return answer(
        form,
        show=lambda form, status: show_form("vehicles/form.html", heading, vehicle, form, status),
        save=save,
        said=lazy("已保存"),
        version=lambda: queries.get_fine(actor, fine_id).version,
    )
