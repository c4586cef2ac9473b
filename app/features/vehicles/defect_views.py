"""Pages of defects: reporting one, its page, mending it."""

from typing import Any

from flask import request, url_for

from app.core import timeline
from app.core.files import CheckedFile, files_for
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.features.vehicles import defects, forms, page, queries
from app.features.vehicles.answering import answer
from app.features.vehicles.enums import DEFECT, VehiclePerm
from app.features.vehicles.models import Vehicle, VehicleDefect
from app.features.vehicles.views import back_to, blueprint, kept, show_form, trail
from app.web import document_panels, documents, filters, fragments
from app.web.guard import current_actor, requires
from app.web.uploads import read_photos

MOST_PHOTOS = 9


@blueprint.route("/<int:vehicle_id>/defects/new", methods=["GET", "POST"])
@requires(VehiclePerm.VIEW)
def new_defect(vehicle_id: int) -> Any:
    actor, form = current_actor(), forms.DefectForm()
    vehicle = queries.get(actor, vehicle_id)

    def save(photos: list[CheckedFile]) -> str:
        made = defects.report_defect(
            queries.get(actor, vehicle_id),
            actor=actor,
            text=form.text.data,
            grounds=form.grounds.data,
            is_damage=form.is_damage.data,
            photos=photos,
        )
        return url_for("vehicles.show_defect", defect_id=made.id)

    return answer(
        form,
        show=lambda form, status: show_form("vehicles/upload.html", _("报告故障"), vehicle, form, status),
        prepare=lambda: read_photos(form.file.data, MOST_PHOTOS),
        save=save,
        said=lazy("已报告车辆管理员"),
    )


@blueprint.get("/defects/<int:defect_id>")
@requires(VehiclePerm.VIEW)
def show_defect(defect_id: int) -> Any:
    actor = current_actor()
    defect = queries.get_defect(actor, defect_id)
    vehicle = queries.get(actor, defect.vehicle_id)
    state, tone = page.defect_state(defect)
    is_open = defect.mended_at is None
    events = timeline.events_for(DEFECT, defect.id)
    return fragments.page(
        "vehicles/defect.html",
        heading=_("%(plate)s 的故障", plate=vehicle.plate),
        trail=trail(vehicle),
        state=state,
        tone=tone,
        facts=[defect.reported_by.name, filters.moment_text(defect.reported_at)],
        defect=defect,
        said=page.defect_facts(defect, sees_who=queries.sees_who(actor, vehicle, defect)),
        may_mend=is_open and queries.may_manage(actor, vehicle),
        files=documents.file_rows(files_for(DEFECT, defect.id), events=events),
        events=documents.timeline_rows(events),
        further=document_panels.beside(DEFECT, defect.id, actor),
    )


@blueprint.route("/defects/<int:defect_id>/mend", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def mend_defect(defect_id: int) -> Any:
    def save(vehicle: Vehicle, defect: VehicleDefect, form: forms.ReasonForm) -> None:
        defects.mend_defect(
            vehicle, defect, actor=current_actor(), version=form.version.data, note=form.note.data
        )

    return answer_defect(defect_id, _("登记修复"), save)


@blueprint.route("/defects/<int:defect_id>/judge", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def judge_defect(defect_id: int) -> Any:
    def save(vehicle: Vehicle, defect: VehicleDefect, form: forms.ReasonForm) -> None:
        defects.judge_defect(
            vehicle,
            defect,
            actor=current_actor(),
            version=form.version.data,
            grounds=not defect.grounds,
            note=form.note.data,
        )

    grounds = queries.get_defect(current_actor(), defect_id).grounds
    return answer_defect(defect_id, _("改为可以继续开") if grounds else _("改为停驶"), save)


def answer_defect(defect_id: int, heading: str, do: Any) -> Any:
    """Answer the form by which a keeper decides on a defect, with a reason."""
    actor, form = current_actor(), forms.ReasonForm()
    defect = queries.get_defect(actor, defect_id)
    vehicle = kept(defect.vehicle_id)
    if request.method == "GET":
        form.version.data = defect.version

    def save(_given: None) -> str:
        row = queries.get_defect(actor, defect_id)
        do(queries.get(actor, row.vehicle_id), row, form)
        return back_to(row.vehicle_id, "defects")

    return answer(
        form,
        show=lambda form, status: show_form("vehicles/form.html", heading, vehicle, form, status),
        save=save,
        said=lazy("已保存"),
        version=lambda: queries.get_defect(actor, defect_id).version,
    )
