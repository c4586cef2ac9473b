"""Pages of cars: the list, the card, papers, services, costs."""

from typing import Any

from flask import Blueprint, request, url_for

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import lazy, pgettext
from app.core.permissions import Actor, can, require
from app.features.people.queries import active_people, department_choices
from app.features.vehicles import actions, costs, forms, page, panels, papers, queries, readings, services
from app.features.vehicles.answering import answer
from app.features.vehicles.enums import VEHICLE, VehiclePerm
from app.features.vehicles.lists import CostList, VehicleList
from app.features.vehicles.models import Vehicle, VehicleCost, VehiclePaper
from app.web import document_panels, documents, fragments
from app.web.guard import current_actor, requires
from app.web.lists import show_list

blueprint = Blueprint("vehicles", __name__, url_prefix="/vehicles")


def trail(vehicle: Vehicle | None = None) -> list[tuple[str, str]]:
    """Return the trail of the pages below the list, and below a car."""
    path = [(pgettext("list", "车辆"), url_for("vehicles.index"))]
    if vehicle is not None:
        path.append((vehicle.plate, url_for("vehicles.show", vehicle_id=vehicle.id)))
    return path


def kept(vehicle_id: int) -> Vehicle:
    """Return a car the actor keeps; raises NotVisible, and Denied for who only sees it."""
    vehicle = queries.get(current_actor(), vehicle_id)
    require(current_actor(), VehiclePerm.MANAGE, vehicle.department_id)
    return vehicle


def back_to(vehicle_id: int, part: str | None = None) -> str:
    """Return the address of a car's page, at one of its parts."""
    return url_for("vehicles.show", vehicle_id=vehicle_id, _anchor=part)


def show_form(
    template: str, heading: str, vehicle: Vehicle | None, form: Any, status: int, **context: Any
) -> Any:
    """Render one of the forms below a car, or below the list."""
    return fragments.page(
        template,
        fragment="form",
        status=status,
        heading=heading,
        form=form,
        trail=trail(vehicle),
        facts=(vehicle.name,) if vehicle is not None else (),
        cancel_url=back_to(vehicle.id) if vehicle is not None else url_for("vehicles.index"),
        **context,
    )


# Cars


@blueprint.get("")
@requires(VehiclePerm.VIEW)
def index() -> Any:
    actor = current_actor()
    manages = can(actor, VehiclePerm.MANAGE)
    return show_list(
        VehicleList(actor, request.args, request.path),
        pgettext("list", "车辆"),
        template="vehicles/list.html",
        new_url=url_for("vehicles.new") if manages else "",
        new_label=_("登记车辆"),
        ways=ways_of(actor),
        empty_text=_("还没有车辆"),
        empty_hint=_("登记车辆后才能约车、记里程和费用"),
        sign_labels=(_("车辆管理员"), _("部门经理")),
    )


def ways_of(actor: Actor) -> list[tuple[str, str]]:
    """Return the other lists a reader may open."""
    ways = [(_("驾驶证"), url_for("vehicles.licence_list")), (_("违章"), url_for("vehicles.fine_list"))]
    if can(actor, VehiclePerm.VIEW_COSTS):
        ways.append((pgettext("vehicle", "费用"), url_for("vehicles.cost_list")))
    return ways


@blueprint.route("/new", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def new() -> Any:
    actor, form = current_actor(), forms.NewVehicleForm()
    form.department_id.choices = department_choices()
    form.person_id.choices = active_people()

    def save(_given: None) -> str:
        made = actions.register_vehicle(
            actor=actor, values=form.values, odometer=form.odometer.data, person_id=form.person_id.data
        )
        return back_to(made.id)

    return answer(
        form,
        show=lambda form, status: show_form("vehicles/form.html", _("登记车辆"), None, form, status),
        save=save,
        said=lazy("已登记，请接着登记交强险和年检"),
    )


@blueprint.route("/<int:vehicle_id>/edit", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def edit(vehicle_id: int) -> Any:
    actor, vehicle = current_actor(), kept(vehicle_id)
    form = forms.filled_card(vehicle) if request.method == "GET" else forms.VehicleForm()
    form.department_id.choices = department_choices()
    form.driver_id.choices = active_people()

    def save(_given: None) -> str:
        actions.update_vehicle(
            queries.get(actor, vehicle_id), actor=actor, version=form.version.data, values=form.values
        )
        return back_to(vehicle_id)

    return answer(
        form,
        show=lambda form, status: show_form(
            "vehicles/form.html", _("修改车辆资料"), queries.get(actor, vehicle_id), form, status
        ),
        save=save,
        said=lazy("已保存"),
        version=lambda: queries.get(actor, vehicle_id).version,
    )


@blueprint.get("/<int:vehicle_id>")
@requires(VehiclePerm.VIEW)
def show(vehicle_id: int) -> Any:
    actor = current_actor()
    car = queries.on_page(actor, vehicle_id)
    vehicle, manages = car.vehicle, queries.may_manage(actor, car.vehicle)
    sees_costs = queries.may_see_costs(actor, vehicle)
    links, found = readings.last_links(vehicle.id, page.SHOWN), queries.defects_of(vehicle.id)
    state, tone = page.state_of(vehicle, found)
    return fragments.page(
        "vehicles/show.html",
        heading=f"{vehicle.plate} {vehicle.name}",
        trail=trail(),
        state=state,
        tone=tone,
        facts=[_("责任人：%(name)s", name=vehicle.item.keeper.name), page.kilometres(vehicle.odometer)],
        vehicle=vehicle,
        manages=manages,
        item_url=page.item_address(car),
        file_url=url_for("vehicles.file_paper", vehicle_id=vehicle.id) if sees_costs else "",
        card=page.card_facts(vehicle),
        papers=page.paper_lines(vehicle, vehicle.papers, manages=manages),
        defects=page.defect_lines(found),
        service=page.service_facts(vehicle, car.daily),
        services=page.service_lines(vehicle),
        readings=page.reading_lines(vehicle, links, page.names_of(links), manages=manages),
        fines=page.fine_lines(queries.fines_of(actor, vehicle.id)),
        money=page.cost_context(car, manages=manages) if sees_costs else {},
        panels=panels.render(vehicle, actor),
        events=documents.timeline_rows(timeline.events_for(VEHICLE, vehicle.id)),
        further=document_panels.beside(VEHICLE, vehicle.id, actor),
    )


# Papers


@blueprint.route("/<int:vehicle_id>/papers/new", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def new_paper(vehicle_id: int) -> Any:
    actor, vehicle, form = current_actor(), kept(vehicle_id), forms.PaperForm()

    def save(scan: Any) -> str:
        papers.add_paper(queries.get(actor, vehicle_id), actor=actor, values=form.values, scan=scan)
        return back_to(vehicle_id, "papers")

    return answer(
        form,
        show=lambda form, status: show_form(
            "vehicles/upload.html", _("登记保险、年检"), vehicle, form, status
        ),
        prepare=lambda: documents.checked_upload(form.file.data),
        save=save,
        said=lazy("已登记"),
    )


@blueprint.route("/<int:vehicle_id>/papers/<int:paper_id>/remove", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def remove_paper(vehicle_id: int, paper_id: int) -> Any:
    actor, vehicle, form = current_actor(), kept(vehicle_id), forms.TakeBackForm()
    part_of(VehiclePaper, vehicle_id, paper_id)

    def save(_given: None) -> str:
        paper = part_of(VehiclePaper, vehicle_id, paper_id)
        papers.remove_paper(queries.get(actor, vehicle_id), paper, actor=actor, reason=form.reason.data)
        return back_to(vehicle_id, "papers")

    return answer(
        form,
        show=lambda form, status: show_form("vehicles/form.html", _("撤销登记"), vehicle, form, status),
        save=save,
        said=lazy("已撤销"),
    )


def part_of(model: Any, vehicle_id: int, part_id: int) -> Any:
    """Return a row that belongs to a car; raises NotVisible."""
    row = session.get(model, part_id)
    if row is None or row.vehicle_id != vehicle_id:
        raise NotVisible
    return row


# Services


@blueprint.route("/<int:vehicle_id>/services/new", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def new_service(vehicle_id: int) -> Any:
    actor, vehicle, form = current_actor(), kept(vehicle_id), forms.ServiceForm()
    if request.method == "GET":
        form.done_on.data, form.kilometres.data = clock.today(), vehicle.odometer

    def save(_given: None) -> str:
        services.add_service(
            queries.get(actor, vehicle_id),
            actor=actor,
            values=form.values,
            confirmed=form.accept_kilometres.data,
        )
        return back_to(vehicle_id, "services")

    return answer(
        form,
        show=lambda form, status: show_form(
            "vehicles/form.html", _("登记保养"), vehicle, form, status, hidden=unasked(form)
        ),
        save=save,
        said=lazy("已登记，下次保养从这次算起"),
    )


def unasked(form: Any) -> tuple[str, ...]:
    """Return the tick that is shown only where a reading was found too high."""
    asked = form.accept_kilometres.errors or form.accept_kilometres.data
    return () if asked else ("accept_kilometres",)


# Costs


@blueprint.get("/costs")
@requires(VehiclePerm.VIEW_COSTS)
def cost_list() -> Any:
    actor = current_actor()
    return show_list(
        CostList(actor, request.args, request.path),
        _("车辆费用"),
        trail=trail(),
        new_url=url_for("vehicles.new_cost") if can(actor, VehiclePerm.MANAGE) else "",
        new_label=_("登记费用"),
        empty_text=_("还没有费用"),
        empty_hint=_("还车时登记的加油、过路费也列在这里"),
        sign_labels=(_("车辆管理员"), _("财务")),
    )


@blueprint.route("/costs/new", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def new_cost() -> Any:
    actor, form = current_actor(), forms.CostForm()
    form.vehicle_id.choices = queries.plates(actor)
    if request.method == "GET":
        form.vehicle_id.data = request.args.get("vehicle", type=int)
        form.paid_on.data = clock.today()

    def save(receipt: Any) -> str:
        vehicle = queries.get(actor, int(form.vehicle_id.data or 0))
        costs.add_cost(vehicle, actor=actor, values=form.values, receipt=receipt)
        return back_to(vehicle.id, "costs")

    return answer(
        form,
        show=lambda form, status: show_form("vehicles/upload.html", _("登记费用"), None, form, status),
        prepare=lambda: documents.checked_upload(form.file.data),
        save=save,
        said=lazy("已登记"),
    )


@blueprint.route("/<int:vehicle_id>/costs/<int:cost_id>/remove", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def remove_cost(vehicle_id: int, cost_id: int) -> Any:
    actor, vehicle, form = current_actor(), kept(vehicle_id), forms.TakeBackForm()
    part_of(VehicleCost, vehicle_id, cost_id)

    def save(_given: None) -> str:
        cost = part_of(VehicleCost, vehicle_id, cost_id)
        costs.remove_cost(queries.get(actor, vehicle_id), cost, actor=actor, reason=form.reason.data)
        return back_to(vehicle_id, "costs")

    return answer(
        form,
        show=lambda form, status: show_form("vehicles/form.html", _("撤销费用"), vehicle, form, status),
        save=save,
        said=lazy("已撤销"),
    )
