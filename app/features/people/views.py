"""The directory of people and their accounts."""

from flask import Blueprint, Response, flash, request, url_for

from app.core import timeline
from app.core.db import session
from app.core.errors import Invalid, NotVisible, Problem, Stale
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.permissions import ROLE_LABELS, Role, can
from app.core.uow import unit_of_work
from app.features.people import actions, leaving, panels, passwords, queries
from app.features.people.enums import USER, PeoplePerm
from app.features.people.forms import NewPersonForm, PersonForm, ResetPasswordForm, RoleForm
from app.features.people.listing import people_list
from app.features.people.models import RoleAssignment, User
from app.web import documents, fragments, guard
from app.web.forms import once
from app.web.lists import show_list

blueprint = Blueprint("people_directory", __name__)

MANAGES = guard.requires(PeoplePerm.MANAGE, PeoplePerm.MANAGE_ROLES)
FIELDS = ("staff_number", "name", "department_id", "position", "phone", "email")


def person_or_404(person_id: int) -> User:
    """Return a person the one who acts may see; raises NotVisible."""
    user = queries.visible_user(guard.current_actor(), person_id)
    if user is None:
        raise NotVisible()
    return user


def trail(user: User | None = None) -> list[tuple[str, str]]:
    """Return the way back from a page of the directory."""
    steps = [(_("人员"), url_for("people_directory.index"))]
    if user is not None:
        steps.append((user.name, url_for("people_directory.show", person_id=user.id)))
    return steps


@blueprint.get("/people")
@guard.requires(PeoplePerm.VIEW)
def index() -> Response:
    actor = guard.current_actor()
    manages = can(actor, PeoplePerm.MANAGE)
    listing = people_list(actor, request.args.to_dict(), request.path)
    return show_list(
        listing,
        _("人员"),
        template="people/index.html",
        new_url=url_for("people_directory.new") if manages else "",
        new_label=_("开通账号"),
    )


@blueprint.get("/people/<int:person_id>")
@guard.requires(PeoplePerm.VIEW)
def show(person_id: int) -> Response:
    user = person_or_404(person_id)
    actor = guard.current_actor()
    manages = can(actor, PeoplePerm.MANAGE)
    manages_roles = can(actor, PeoplePerm.MANAGE_ROLES)
    told = manages or manages_roles or actor.id == user.id
    return fragments.page(
        "people/show.html",
        heading=user.name,
        trail=trail(),
        person=user,
        department=actions.department_name(user.department_id),
        roles=queries.roles_of(user.id),
        role_labels=ROLE_LABELS,
        delegations=queries.running_delegations(user.id),
        manages=manages,
        manages_roles=manages_roles,
        told=told,
        panels=panels.render(user, actor),
        events=documents.timeline_rows(timeline.events_for(USER, user.id)[:50]) if told else [],
    )


@blueprint.route("/people/new", methods=["GET", "POST"])
@guard.requires(PeoplePerm.MANAGE)
def new() -> Response:
    form = NewPersonForm()
    form.department_id.choices = queries.department_choices()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return fragments.go(_create(form))
            except Problem as problem:
                status = form.refuse(problem)
    return fragments.page(
        "people/new.html",
        fragment="form",
        status=status,
        heading=_("开通账号"),
        form=form,
        trail=trail(),
        cancel_url=url_for("people_directory.index"),
    )


def _create(form: NewPersonForm) -> str:
    passwords.check_new(
        form.password.data, name=form.name.data, staff_number=form.staff_number.data, field="password"
    )
    hashed = passwords.hash_password(form.password.data)
    actor = guard.current_actor()

    def make() -> str:
        values = {name: form[name].data for name in FIELDS}
        user = actions.create_user(**values, password_hash=hashed, actor=actor)
        return url_for("people_directory.show", person_id=user.id)

    with unit_of_work():
        address = once(form, make)
    flash(_("账号已开通，请把初始密码当面告诉本人，首次登录时须修改"))
    return address


@blueprint.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@guard.requires(PeoplePerm.MANAGE)
def edit(person_id: int) -> Response:
    user = person_or_404(person_id)
    form = PersonForm(obj=user)
    form.department_id.choices = queries.department_choices()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with unit_of_work():
                    actions.edit_user(
                        person_or_404(person_id),
                        {name: form[name].data for name in FIELDS},
                        version=form.version.data,
                        actor=guard.current_actor(),
                    )
            except (Invalid, Stale) as problem:
                status = form.refuse(problem, version=person_or_404(person_id).version)
            else:
                flash(_("已保存"))
                return fragments.go(url_for("people_directory.show", person_id=person_id))
    return fragments.page(
        "people/edit.html",
        fragment="form",
        status=status,
        heading=_("修改资料"),
        form=form,
        trail=trail(user),
        cancel_url=url_for("people_directory.show", person_id=person_id),
    )


@blueprint.route("/people/<int:person_id>/reset-password", methods=["GET", "POST"])
@guard.requires(PeoplePerm.MANAGE_ROLES, confirmed=True)
def reset_password(person_id: int) -> Response:
    user = person_or_404(person_id)
    form = ResetPasswordForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                passwords.check_new(form.password.data, name=user.name, staff_number=user.staff_number)
                hashed = passwords.hash_password(form.password.data)
                with unit_of_work():
                    actions.reset_password(
                        person_or_404(person_id), password_hash=hashed, actor=guard.current_actor()
                    )
            except Invalid as problem:
                status = form.refuse(problem)
            else:
                flash(_("密码已重置，请当面告诉本人，下次登录时须修改"))
                return fragments.go(url_for("people_directory.show", person_id=person_id))
    return fragments.page(
        "people/reset.html",
        fragment="form",
        status=status,
        heading=_("重置密码"),
        form=form,
        trail=trail(user),
        cancel_url=url_for("people_directory.show", person_id=person_id),
    )


@blueprint.route("/people/<int:person_id>/deactivate", methods=["GET", "POST"])
@guard.requires(PeoplePerm.MANAGE)
def deactivate(person_id: int) -> Response:
    user = person_or_404(person_id)
    problem = None
    if request.method == "POST":
        try:
            with unit_of_work():
                actions.deactivate(
                    person_or_404(person_id),
                    version=request.form.get("version", default=-1, type=int),
                    actor=guard.current_actor(),
                )
        except Problem as refused:
            problem = refused
        else:
            flash(_("账号已停用"))
            return fragments.go(url_for("people_directory.show", person_id=person_id))
    return fragments.page(
        "people/deactivate.html",
        status=problem.status if problem else 200,
        heading=pgettext("button", "停用账号"),
        person=person_or_404(person_id),
        findings=leaving.matters_for(user, guard.current_actor()),
        tasks=leaving.tasks_for(user, guard.current_actor()),
        problem=problem,
        trail=trail(user),
    )


@blueprint.post("/people/<int:person_id>/activate")
@guard.requires(PeoplePerm.MANAGE_ROLES)
def activate(person_id: int) -> Response:
    with unit_of_work():
        actions.activate(
            person_or_404(person_id),
            version=request.form.get("version", default=-1, type=int),
            actor=guard.current_actor(),
        )
    flash(_("账号已恢复"))
    return fragments.go(url_for("people_directory.show", person_id=person_id))


@blueprint.route("/people/<int:person_id>/roles", methods=["GET", "POST"])
@guard.requires(PeoplePerm.MANAGE_ROLES, confirmed=True)
def roles(person_id: int) -> Response:
    user = person_or_404(person_id)
    form = RoleForm()
    form.role.choices = [(role.value, label) for role, label in ROLE_LABELS.items()]
    form.department_id.choices = queries.department_choices()
    status = 200
    if request.method != "POST":
        form.department_id.data = user.department_id
        form.from_date.data = queries.today()
    else:
        status = 422
        if form.validate():
            try:
                return fragments.go(_assign(form, person_id))
            except Problem as problem:
                status = form.refuse(problem)
    return fragments.page(
        "people/roles.html",
        fragment="form",
        status=status,
        heading=pgettext("list", "角色"),
        person=user,
        form=form,
        roles=queries.roles_of(person_id),
        role_labels=ROLE_LABELS,
        trail=trail(user),
    )


def _assign(form: RoleForm, person_id: int) -> str:
    actor = guard.current_actor()
    address = url_for("people_directory.roles", person_id=person_id)

    def make() -> str:
        actions.assign_role(
            person_or_404(person_id),
            Role(str(form.role.data)),
            actor=actor,
            department_id=form.department_id.data,
            with_children=form.with_children.data,
            from_date=form.from_date.data,
            to_date=form.to_date.data,
        )
        return address

    with unit_of_work():
        once(form, make)
    flash(_("角色已分配"))
    return address


@blueprint.post("/people/<int:person_id>/roles/<int:assignment_id>/end")
@guard.requires(PeoplePerm.MANAGE_ROLES, confirmed=True)
def end_role(person_id: int, assignment_id: int) -> Response:
    with unit_of_work():
        assignment = session.get(RoleAssignment, assignment_id)
        if assignment is None or assignment.user_id != person_or_404(person_id).id:
            raise NotVisible()
        actions.end_role(assignment, actor=guard.current_actor())
    flash(_("角色已结束"))
    return fragments.go(url_for("people_directory.roles", person_id=person_id))
