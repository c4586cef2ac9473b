"""Pages of corrections of the odometer: asking for one, its page with the steps."""

from typing import Any

from flask import url_for

from app.core import timeline
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.features.vehicles import corrections, forms, page, queries
from app.features.vehicles.answering import answer
from app.features.vehicles.enums import CORRECTION, VehiclePerm
from app.features.vehicles.flow import FLOW
from app.features.vehicles.models import OdometerCorrection, OdometerReading
from app.features.vehicles.views import blueprint, kept, part_of, show_form, trail
from app.web import documents, fragments
from app.web.documents import Refusal
from app.web.guard import current_actor, requires
from app.web.step_pages import StepPages

TEMPLATE = "vehicles/correction.html"


@blueprint.route("/<int:vehicle_id>/readings/<int:reading_id>/correct", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def correct(vehicle_id: int, reading_id: int) -> Any:
    actor, vehicle, form = current_actor(), kept(vehicle_id), forms.CorrectionForm()
    reading = part_of(OdometerReading, vehicle_id, reading_id)

    def save(_given: None) -> str:
        made = corrections.request_correction(
            queries.get(actor, vehicle_id),
            part_of(OdometerReading, vehicle_id, reading_id),
            actor=actor,
            kilometres=form.kilometres.data,
            reason=form.reason.data,
        )
        return url_for("vehicles.show_correction", correction_id=made.id)

    return answer(
        form,
        show=lambda form, status: show_form(
            "vehicles/form.html",
            _("申请更正读数"),
            vehicle,
            form,
            status,
            hints={"kilometres": page.reading_hint(reading)},
        ),
        save=save,
        said=lazy("已提交，等部门经理同意"),
    )


@blueprint.get("/corrections/<int:correction_id>")
@requires(VehiclePerm.MANAGE, VehiclePerm.AGREE)
def show_correction(correction_id: int) -> Any:
    return show_page(queries.get_correction(current_actor(), correction_id))


def show_page(correction: OdometerCorrection, refusal: Refusal | None = None) -> Any:
    """Render the page of a correction."""
    state, events = FLOW.state(correction.status), timeline.events_for(CORRECTION, correction.id)
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal is not None else 200,
        heading=str(correction.number),
        trail=trail(correction.vehicle),
        state=state.label,
        tone=state.tone,
        facts=[correction.vehicle.plate, correction.owner.name],
        said=page.correction_facts(correction),
        stations=documents.stations(FLOW, correction.status, events),
        events=documents.timeline_rows(events),
        refusal=refusal,
        **buttons(correction, current_actor()),
    )


def buttons(correction: OdometerCorrection, actor: Any) -> dict[str, Any]:
    """Return what the buttons of the steps need."""
    return {
        "steps": FLOW.open_steps(correction, actor),
        "action": url_for("vehicles.show_correction", correction_id=correction.id),
        "version": correction.version,
    }


PAGES = StepPages(
    flow=FLOW,
    load=queries.get_correction,
    fire=FLOW.fire,
    address=lambda correction: url_for("vehicles.show_correction", correction_id=correction.id),
    show=show_page,
    template=TEMPLATE,
    buttons=buttons,
)


@blueprint.route("/corrections/<int:correction_id>/<step>", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE, VehiclePerm.AGREE)
def step_of_correction(correction_id: int, step: str) -> Any:
    return PAGES.answer(step, correction_id)
