"""Pages of customers."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, request, url_for

from app.core import timeline
from app.core.errors import Conflict, Invalid, Stale
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.permissions import can
from app.core.uow import unit_of_work
from app.features.customers import actions, forms, lists, panels, queries
from app.features.customers.enums import KIND_LABELS, LEVEL_LABELS, CustomerPerm
from app.features.customers.models import Customer
from app.web import documents, fragments
from app.web import lists as list_pages
from app.web.forms import once
from app.web.guard import current_actor, requires

HAND_OVER_FILTERS = ("q", "owner", "region", "kind", "level", "use")

blueprint = Blueprint("customers", __name__, url_prefix="/customers")


@blueprint.get("")
@requires(CustomerPerm.VIEW)
def index() -> Response:
    actor = current_actor()
    may_create = can(actor, CustomerPerm.CREATE)
    return list_pages.show_list(
        lists.open_list(actor, request.args, request.path),
        pgettext("list", "客户"),
        new_url=url_for("customers.new") if may_create else "",
        new_label=_("新建客户"),
        empty_text=_("还没有客户"),
        empty_hint=_("先登记一个客户，之后就能为他登记询价"),
        template="customers/list.html",
        import_url=url_for("customers.import_new") if may_create else "",
        imports_url=url_for("customers.import_index") if may_create else "",
        hand_over_url=hand_over_url() if can(actor, CustomerPerm.HAND_OVER) else "",
    )


def hand_over_url() -> str:
    """Return the address where customers are chosen for a hand-over, filtered like the list one looks at."""
    kept: dict[str, Any] = {
        key: value for key, value in request.args.items() if key in HAND_OVER_FILTERS and value
    }
    return url_for("customers.hand_over_many", **kept)


@blueprint.get("/options")
@requires(CustomerPerm.VIEW)
def options() -> Response:
    found = queries.options(current_actor(), request.args.get("q", ""))
    return jsonify(
        options=[
            {
                "value": item.id,
                "label": f"{item.number} {item.name}",
                "fields": {"contact_name": item.contact_name, "contact_phone": item.contact_phone},
            }
            for item in found
        ]
    )


@blueprint.get("/<int:customer_id>")
@requires(CustomerPerm.VIEW)
def show(customer_id: int) -> Response:
    actor = current_actor()
    customer = queries.get(actor, customer_id)
    return fragments.page(
        "customers/show.html",
        heading=customer.name,
        customer=customer,
        kind_label=KIND_LABELS[customer.kind],
        level_label=LEVEL_LABELS.get(customer.level, "—"),
        contacts=customer.contacts,
        trail=trail(),
        state=_("使用中") if customer.active else _("已停用"),
        tone="ok" if customer.active else "neutral",
        facts=[customer.number, _("负责人：%(name)s", name=customer.owner.name)],
        may_edit=queries.may_edit(actor, customer),
        may_hand_over=can(actor, CustomerPerm.HAND_OVER, customer.department_id),
        panels=panels.render(customer, actor),
        events=documents.timeline_rows(timeline.events_for(actions.DOC_TYPE, customer.id)),
    )


def trail(customer: Customer | None = None) -> list[tuple[str, str]]:
    path = [(pgettext("list", "客户"), url_for("customers.index"))]
    if customer is not None:
        path.append((customer.name, url_for("customers.show", customer_id=customer.id)))
    return path


@blueprint.get("/new")
@requires(CustomerPerm.CREATE)
def new() -> Response:
    return show_new(forms.NewCustomerForm())


@blueprint.post("/new")
@requires(CustomerPerm.CREATE)
def create() -> Response:
    form = forms.NewCustomerForm()
    if not form.validate():
        return show_new(form, 422)

    def make() -> str:
        customer = actions.create_customer(
            actor=current_actor(), values=form.values, accept_similar=form.accept_similar.data
        )
        return url_for("customers.show", customer_id=customer.id)

    try:
        with unit_of_work():
            url = once(form, make)
    except Invalid as problem:
        return show_new(form, form.refuse(problem))
    flash(_("已保存客户“%(name)s”", name=form.name.data), "ok")
    return fragments.go(url)


def show_new(form: forms.NewCustomerForm, status: int = 200) -> Response:
    return fragments.page(
        "customers/form.html",
        fragment="form",
        status=status,
        heading=_("新建客户"),
        form=form,
        twins=twins_of(form),
        trail=trail(),
        cancel_url=url_for("customers.index"),
    )


def twins_of(form: Any, besides: int | None = None) -> list[queries.Similar]:
    """Return whom a refused form would have doubled, as far as its reader may be told."""
    if "accept_similar" not in form or not form.asks_about_similar:
        return []
    return queries.similar(
        current_actor(),
        name=form.name.data or "",
        credit_code=form.credit_code.data or "",
        phone=form.phone.data or "",
        contact_phone=form.contact_phone.data or "",
        besides=besides,
    )


@blueprint.get("/similar")
@requires(CustomerPerm.CREATE)
def similar() -> Response:
    typed = {
        key: request.args.get(key, "")[:200] for key in ("name", "credit_code", "phone", "contact_phone")
    }
    found = []
    if any(typed.values()):
        found = queries.similar(
            current_actor(),
            name=typed["name"],
            credit_code=typed["credit_code"].strip().upper(),
            phone=typed["phone"],
            contact_phone=typed["contact_phone"],
        )
    besides = request.args.get("besides", 0, type=int)
    return fragments.page(
        "customers/similar.html",
        fragment="twins",
        heading=_("可能重复的客户"),
        twins=[item for item in found if item.id != besides],
        trail=trail(),
    )


@blueprint.get("/<int:customer_id>/edit")
@requires(CustomerPerm.VIEW)
def edit(customer_id: int) -> Response:
    customer = queries.get(current_actor(), customer_id)
    actions.check_may_edit(current_actor(), customer)
    return show_form("customers/form.html", _("修改客户资料"), forms.filled_from(customer), customer)


@blueprint.post("/<int:customer_id>/edit")
@requires(CustomerPerm.VIEW)
def update(customer_id: int) -> Response:
    actor = current_actor()
    customer = queries.get(actor, customer_id)
    actions.check_may_edit(actor, customer)
    form = forms.CustomerForm()
    heading = _("修改客户资料")
    if not form.validate():
        return show_form("customers/form.html", heading, form, customer, 422)
    try:
        with unit_of_work():
            actions.update_customer(
                queries.get(actor, customer_id),
                actor=actor,
                version=form.version.data,
                values=form.values,
                accept_similar=form.accept_similar.data,
            )
    except (Invalid, Stale) as problem:
        customer = queries.get(actor, customer_id)
        status = form.refuse(problem, version=customer.version if isinstance(problem, Stale) else None)
        return show_form("customers/form.html", heading, form, customer, status)
    flash(_("已保存"), "ok")
    return fragments.go(url_for("customers.show", customer_id=customer_id))


@blueprint.get("/<int:customer_id>/deactivate")
@requires(CustomerPerm.VIEW)
def confirm_deactivation(customer_id: int) -> Response:
    customer = queries.get(current_actor(), customer_id)
    actions.check_may_edit(current_actor(), customer)
    form = forms.DeactivateForm()
    form.version.data = customer.version
    return show_form("customers/deactivate.html", _("停用客户"), form, customer)


@blueprint.post("/<int:customer_id>/deactivate")
@requires(CustomerPerm.VIEW)
def deactivate(customer_id: int) -> Response:
    actor = current_actor()
    form = forms.DeactivateForm()
    customer = queries.get(actor, customer_id)
    if not form.validate():
        return show_form("customers/deactivate.html", _("停用客户"), form, customer, 422)
    try:
        with unit_of_work():
            actions.deactivate_customer(
                queries.get(actor, customer_id),
                actor=actor,
                version=form.version.data,
                reason=form.reason.data,
            )
    except (Invalid, Conflict) as problem:
        return refused("customers/deactivate.html", _("停用客户"), form, customer_id, problem)
    flash(_("已停用，新单据里不再出现这个客户"), "ok")
    return fragments.go(url_for("customers.show", customer_id=customer_id))


@blueprint.post("/<int:customer_id>/activate")
@requires(CustomerPerm.VIEW)
def activate(customer_id: int) -> Response:
    actor = current_actor()
    with unit_of_work():
        actions.activate_customer(
            queries.get(actor, customer_id), actor=actor, version=documents.typed_step().version
        )
    flash(_("已恢复使用"), "ok")
    return fragments.go(url_for("customers.show", customer_id=customer_id))


def refused(
    template: str, heading: str, form: Any, customer_id: int, problem: Invalid | Conflict
) -> Response:
    customer = queries.get(current_actor(), customer_id)
    status = form.refuse(problem, version=customer.version if isinstance(problem, Stale) else None)
    return show_form(template, heading, form, customer, status)


def show_form(template: str, heading: str, form: Any, customer: Customer, status: int = 200) -> Response:
    return fragments.page(
        template,
        fragment="form",
        status=status,
        heading=heading,
        form=form,
        customer=customer,
        twins=twins_of(form, customer.id),
        trail=trail(customer),
        cancel_url=url_for("customers.show", customer_id=customer.id),
    )
