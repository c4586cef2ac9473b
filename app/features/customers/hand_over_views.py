"""Handing customers over: one from its page, many from a list, each a single act."""

from collections.abc import Callable, Mapping

from flask import Response, flash, request, url_for
from sqlalchemy import select

from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.i18n import lazy, ngettext
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.customers import actions, forms, lists, queries
from app.features.customers.enums import CustomerPerm
from app.features.customers.views import blueprint, refused, show_form, trail
from app.features.people.models import User
from app.web import fragments
from app.web import lists as list_pages
from app.web.forms import once
from app.web.guard import current_actor, requires

MOST_AT_ONCE = 2_000
ALL = "all"
ONE = "customers/hand_over.html"
Chosen = list[tuple[int, int | None]]


@blueprint.get("/<int:customer_id>/hand-over")
@requires(CustomerPerm.HAND_OVER)
def choose_owner(customer_id: int) -> Response:
    customer = queries.get(current_actor(), customer_id)
    form = hand_over_form()
    form.version.data = customer.version
    return show_form(ONE, _("移交客户"), form, customer)


@blueprint.post("/<int:customer_id>/hand-over")
@requires(CustomerPerm.HAND_OVER)
def hand_over(customer_id: int) -> Response:
    actor, form = current_actor(), hand_over_form()
    customer = queries.get(actor, customer_id)
    if not form.validate():
        return show_form(ONE, _("移交客户"), form, customer, 422)
    try:
        return given(form, actor, lambda: [(customer_id, form.version.data)])
    except (Invalid, Conflict) as problem:
        return refused(ONE, _("移交客户"), form, customer_id, problem)


@blueprint.get("/hand-over")
@requires(CustomerPerm.HAND_OVER)
def hand_over_many() -> Response:
    return show_many(hand_over_form())


@blueprint.post("/hand-over")
@requires(CustomerPerm.HAND_OVER)
def give_many() -> Response:
    actor, form = current_actor(), hand_over_form()
    ticked = frozenset(request.form.getlist("customer"))
    scope = request.form.get("scope", "")
    if not form.validate():
        return show_many(form, Invalid(), ticked)
    try:
        return given(form, actor, lambda: chosen_customers(actor, request.args, ticked, scope))
    except (Invalid, Conflict) as problem:
        return show_many(form, problem, ticked)


def hand_over_form() -> forms.HandOverForm:
    form = forms.HandOverForm()
    form.owner_id.choices = lists.owner_options()
    return form


def given(form: forms.HandOverForm, actor: Actor, chosen: Callable[[], Chosen]) -> Response:
    """Hand over the chosen customers in one transaction and go to the list of their new owner."""

    def make() -> str:
        count = actions.hand_over_customers(
            chosen(), actor=actor, owner_id=form.owner_id.data, note=form.note.data
        )
        name = session.execute(select(User.name).where(User.id == form.owner_id.data)).scalar_one()
        flash(_("已把 %(count)s 家客户移交给%(name)s，双方都会收到通知", count=count, name=name), "ok")
        return url_for("customers.index", owner=form.owner_id.data)

    with unit_of_work():
        target = once(form, make)
    return fragments.go(target)


def show_many(
    form: forms.HandOverForm,
    problem: Invalid | Conflict | None = None,
    chosen: frozenset[str] = frozenset(),
) -> Response:
    """Show the list to choose from, with what was chosen and a refusal above it."""
    shown = lists.open_hand_over(current_actor(), request.args, request.path)
    status = form.refuse(problem) if problem is not None else 200
    return list_pages.show_list(
        shown,
        _("批量移交客户"),
        template="_ui/hand_over.html",
        trail=trail(),
        form=form,
        field="customer",
        chosen=chosen,
        scope=request.form.get("scope", ""),
        status=status,
        post_url=shown.url(page=shown.page),
        submit_label=_("移交客户"),
        all_label=ngettext("符合筛选条件的全部 %(num)s 家", "符合筛选条件的全部 %(num)s 家", shown.total),
    )


def chosen_customers(
    actor: Actor, arguments: Mapping[str, str], ticked: frozenset[str], scope: str
) -> Chosen:
    """Return id and version of the customers to be handed over: those ticked, or all the filters leave."""
    if scope == ALL:
        rows = list(lists.open_hand_over(actor, arguments, "").all_rows(MOST_AT_ONCE + 1))
        if len(rows) > MOST_AT_ONCE:
            raise Invalid(fields={"customer": lazy("一次最多移交 %(most)s 家，请先筛选", most=MOST_AT_ONCE)})
        return [(row.row_id, None) for row in rows]
    found = list_pages.ticked_rows(ticked)
    if not found:
        raise Invalid(fields={"customer": lazy("请先勾选要移交的客户")})
    return list(found.items())
