"""Departments as a tree, and who acts for whom from when to when."""

from flask import Blueprint, Response, flash, request, url_for

from app.core.db import session
from app.core.errors import Invalid, NotVisible, Problem, Stale
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.permissions import can
from app.core.uow import unit_of_work
from app.features.people import actions, queries
from app.features.people.enums import PeoplePerm
from app.features.people.forms import DelegationForm, DepartmentForm, EditDepartmentForm
from app.features.people.models import Delegation, Department, User
from app.web import fragments, guard
from app.web.forms import once

blueprint = Blueprint("people_structure", __name__)


@blueprint.get("/departments")
@guard.requires(PeoplePerm.VIEW)
def departments() -> Response:
    actor = guard.current_actor()
    return fragments.page(
        "people/departments.html",
        heading=pgettext("list", "部门"),
        trail=[(_("人员"), url_for("people_directory.index"))],
        departments=queries.departments(),
        manages=can(actor, PeoplePerm.MANAGE),
    )


@blueprint.route("/departments/new", methods=["GET", "POST"])
@guard.requires(PeoplePerm.MANAGE)
def new_department() -> Response:
    form = DepartmentForm()
    form.parent_id.choices = queries.department_choices()
    if request.method != "POST":
        form.parent_id.data = request.args.get("parent", type=int)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return fragments.go(_create_department(form))
            except Invalid as problem:
                status = form.refuse(problem)
    return _department_page(form, status, _("新增部门"))


def _create_department(form: DepartmentForm) -> str:
    actor = guard.current_actor()
    address = url_for("people_structure.departments")

    def make() -> str:
        actions.create_department(name=form.name.data, parent_id=form.parent_id.data, actor=actor)
        return address

    with unit_of_work():
        once(form, make)
    flash(_("部门已新增"))
    return address


@blueprint.route("/departments/<int:department_id>/edit", methods=["GET", "POST"])
@guard.requires(PeoplePerm.MANAGE)
def edit_department(department_id: int) -> Response:
    department = department_or_404(department_id)
    form = EditDepartmentForm(obj=department)
    form.parent_id.choices = queries.department_choices()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with unit_of_work():
                    actions.edit_department(
                        department_or_404(department_id),
                        name=form.name.data,
                        parent_id=form.parent_id.data,
                        version=form.version.data,
                        actor=guard.current_actor(),
                    )
            except (Invalid, Stale) as problem:
                status = form.refuse(problem, version=department_or_404(department_id).version)
            else:
                flash(_("已保存"))
                return fragments.go(url_for("people_structure.departments"))
    return _department_page(form, status, _("修改部门"))


def _department_page(form: DepartmentForm | EditDepartmentForm, status: int, heading: str) -> Response:
    address = url_for("people_structure.departments")
    return fragments.page(
        "people/department.html",
        fragment="form",
        status=status,
        heading=heading,
        form=form,
        trail=[(_("人员"), url_for("people_directory.index")), (pgettext("list", "部门"), address)],
        cancel_url=address,
    )


def department_or_404(department_id: int) -> Department:
    """Return a department; raises NotVisible."""
    department = session.get(Department, department_id)
    if department is None:
        raise NotVisible()
    return department


@blueprint.route("/delegations", methods=["GET", "POST"])
@guard.requires(PeoplePerm.DELEGATE)
def delegations() -> Response:
    actor = guard.current_actor()
    form = DelegationForm()
    form.to_user_id.choices = queries.active_people(exclude=actor.id)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return fragments.go(_delegate(form))
            except Problem as problem:
                status = form.refuse(problem)
    return fragments.page(
        "people/delegations.html",
        fragment="form",
        status=status,
        heading=_("委托代办"),
        form=form,
        delegations=queries.delegations_of(int(actor.id or 0)),
        own_id=actor.id,
    )


def _delegate(form: DelegationForm) -> str:
    actor = guard.current_actor()
    address = url_for("people_structure.delegations")

    def make() -> str:
        actions.delegate(
            to=session.get_one(User, form.to_user_id.data),
            from_date=form.from_date.data,
            to_date=form.to_date.data,
            note=form.note.data,
            actor=actor,
        )
        return address

    with unit_of_work():
        once(form, make)
    flash(_("委托已保存"))
    return address


@blueprint.post("/delegations/<int:delegation_id>/revoke")
@guard.signed_in
def revoke_delegation(delegation_id: int) -> Response:
    actor = guard.current_actor()
    with unit_of_work():
        delegation = session.get(Delegation, delegation_id)
        concerned = delegation is not None and actor.id in (delegation.from_user_id, delegation.to_user_id)
        if delegation is None or not (concerned or can(actor, PeoplePerm.MANAGE_ROLES)):
            raise NotVisible()
        actions.revoke_delegation(delegation, actor=actor)
    flash(_("委托已收回"))
    return fragments.go(url_for("people_structure.delegations"))
