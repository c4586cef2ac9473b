"""The contacts of a customer over HTTP."""

from typing import Any

from flask import Response, flash, url_for

from app.core.errors import Conflict, Invalid, Stale
from app.core.i18n import gettext as _
from app.core.uow import unit_of_work
from app.features.customers import actions, contacts, forms, queries
from app.features.customers.enums import CustomerPerm
from app.features.customers.models import Customer
from app.features.customers.views import blueprint, trail
from app.web import fragments
from app.web.forms import once
from app.web.guard import current_actor, requires


def load(customer_id: int) -> Customer:
    """Return a customer whose contacts the reader may change; raises NotVisible, Denied."""
    customer = queries.get(current_actor(), customer_id)
    actions.check_may_edit(current_actor(), customer)
    return customer


def page_of(customer: Customer) -> str:
    return f"{url_for('customers.show', customer_id=customer.id)}#contacts"


def show_contact(
    customer: Customer, form: Any, heading: str, status: int = 200, template: str = "customers/contact.html"
) -> Response:
    return fragments.page(
        template,
        fragment="form",
        status=status,
        heading=heading,
        form=form,
        customer=customer,
        trail=trail(customer),
        cancel_url=page_of(customer),
    )


@blueprint.get("/<int:customer_id>/contacts/new")
@requires(CustomerPerm.VIEW)
def new_contact(customer_id: int) -> Response:
    return show_contact(load(customer_id), forms.NewContactForm(), _("添加联系人"))


@blueprint.post("/<int:customer_id>/contacts/new")
@requires(CustomerPerm.VIEW)
def add_contact(customer_id: int) -> Response:
    customer, form = load(customer_id), forms.NewContactForm()
    if not form.validate():
        return show_contact(customer, form, _("添加联系人"), 422)

    def make() -> str:
        contacts.add_contact(customer, actor=current_actor(), values=form.values)
        return page_of(customer)

    try:
        with unit_of_work():
            customer = load(customer_id)
            target = once(form, make)
    except Invalid as problem:
        return show_contact(load(customer_id), form, _("添加联系人"), form.refuse(problem))
    flash(_("已保存联系人“%(name)s”", name=form.name.data), "ok")
    return fragments.go(target)


@blueprint.get("/<int:customer_id>/contacts/<int:contact_id>/edit")
@requires(CustomerPerm.VIEW)
def edit_contact(customer_id: int, contact_id: int) -> Response:
    customer = load(customer_id)
    form = forms.filled_from_contact(contacts.contact_of(customer, contact_id))
    return show_contact(customer, form, _("修改联系人"))


@blueprint.post("/<int:customer_id>/contacts/<int:contact_id>/edit")
@requires(CustomerPerm.VIEW)
def update_contact(customer_id: int, contact_id: int) -> Response:
    customer, form = load(customer_id), forms.ContactForm()
    contacts.contact_of(customer, contact_id)
    if not form.validate():
        return show_contact(customer, form, _("修改联系人"), 422)
    try:
        with unit_of_work():
            contacts.update_contact(
                load(customer_id),
                contact_id,
                actor=current_actor(),
                version=form.version.data,
                values=form.values,
            )
    except (Invalid, Stale) as problem:
        customer = load(customer_id)
        return show_contact(customer, form, _("修改联系人"), refuse(form, problem, customer, contact_id))
    flash(_("已保存"), "ok")
    return fragments.go(page_of(customer))


def refuse(form: Any, problem: Invalid | Conflict, customer: Customer, contact_id: int) -> int:
    """Take a refusal into the form; after Stale with the version the contact has now."""
    stale = isinstance(problem, Stale)
    version = contacts.contact_of(customer, contact_id).version if stale else None
    status: int = form.refuse(problem, version=version)
    return status


@blueprint.get("/<int:customer_id>/contacts/<int:contact_id>/remove")
@requires(CustomerPerm.VIEW)
def confirm_contact_removal(customer_id: int, contact_id: int) -> Response:
    customer, form = load(customer_id), forms.RemoveContactForm()
    contact = contacts.contact_of(customer, contact_id)
    form.version.data = contact.version
    heading = _("移除联系人“%(name)s”", name=contact)
    return show_contact(customer, form, heading, template="customers/remove_contact.html")


@blueprint.post("/<int:customer_id>/contacts/<int:contact_id>/remove")
@requires(CustomerPerm.VIEW)
def remove_contact(customer_id: int, contact_id: int) -> Response:
    customer, form = load(customer_id), forms.RemoveContactForm()
    contacts.contact_of(customer, contact_id)
    form.validate()
    try:
        with unit_of_work():
            contacts.remove_contact(
                load(customer_id), contact_id, actor=current_actor(), version=form.version.data
            )
    except Stale as problem:
        customer = load(customer_id)
        status = refuse(form, problem, customer, contact_id)
        heading = _("移除联系人“%(name)s”", name=contacts.contact_of(customer, contact_id))
        return show_contact(customer, form, heading, status, "customers/remove_contact.html")
    flash(_("已移除，其个人信息已删除"), "ok")
    return fragments.go(page_of(customer))
