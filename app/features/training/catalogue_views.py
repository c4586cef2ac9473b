"""The pages of subjects and providers."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.uow import unit_of_work
from app.features.training import catalogue, page, queries
from app.features.training.enums import TrainingPerm
from app.features.training.forms import (
    EditProviderForm,
    EditSubjectForm,
    NewProviderForm,
    NewSubjectForm,
)
from app.features.training.lists import ProviderList
from app.features.training.models import TrainingProvider, TrainingSubject
from app.web import fragments
from app.web.forms import once
from app.web.guard import current_actor, requires
from app.web.lists import show_list

blueprint = Blueprint("training_catalogue", __name__, url_prefix="/training")


# Subjects


@blueprint.get("/subjects")
@requires(TrainingPerm.MANAGE)
def subjects() -> Any:
    rows = queries.all_subjects()
    return fragments.page(
        "training/subjects.html",
        heading=_("培训科目"),
        trail=page.trail(),
        new_url=url_for("training_catalogue.new_subject"),
        provide_url=url_for("training_catalogue.provide_subjects") if queries.lacks_subjects() else "",
        subjects=[
            {
                "name": row.name,
                "description": row.description,
                "active": row.active,
                "url": url_for("training_catalogue.edit_subject", subject_id=row.id),
            }
            for row in rows
        ],
    )


@blueprint.post("/subjects/provide")
@requires(TrainingPerm.MANAGE)
def provide_subjects() -> Any:
    """Create the six subjects that come with the product, those that are missing."""
    with unit_of_work():
        count = catalogue.provide_subjects(actor=current_actor())
    flash(_("已建立 %(count)s 个科目，名称可以改", count=count), "ok")
    return fragments.go(url_for("training_catalogue.subjects"))


@blueprint.route("/subjects/new", methods=["GET", "POST"])
@requires(TrainingPerm.MANAGE)
def new_subject() -> Any:
    """Enter a subject."""
    form = NewSubjectForm()
    return entering(form, _("新增科目"), "training_catalogue.subjects", kept_subject)


def kept_subject(form: Any, actor: Actor) -> None:
    """Enter the subject of a valid form."""
    catalogue.keep_subject(
        None, actor=actor, name=form.name.data, description=form.description.data, active=form.active.data
    )


def entering(form: Any, heading: str, back: str, keep: Any) -> Any:
    """Answer the form of a new subject or provider."""
    if request.method != "POST":
        form.active.data = True
        return show_form(form, heading, back, 200)
    if not form.validate():
        return show_form(form, heading, back, 422)

    def make() -> str:
        keep(form, current_actor())
        return url_for(back)

    try:
        with unit_of_work():
            address = once(form, make)
    except (Conflict, Invalid) as problem:
        return show_form(form, heading, back, form.refuse(problem))
    flash(_("已保存"), "ok")
    return fragments.go(address)


@blueprint.route("/subjects/<int:subject_id>/edit", methods=["GET", "POST"])
@requires(TrainingPerm.MANAGE)
def edit_subject(subject_id: int) -> Any:
    """Change a subject."""
    form = EditSubjectForm()

    def keep(row: Any) -> None:
        catalogue.keep_subject(
            row,
            actor=current_actor(),
            version=form.version.data,
            name=form.name.data,
            description=form.description.data,
            active=form.active.data,
        )

    return changing(TrainingSubject, subject_id, form, _("修改科目"), "training_catalogue.subjects", keep)


def changing(table: Any, row_id: int, form: Any, heading: str, back: str, keep: Any) -> Any:
    """Answer the form of a subject or provider that is changed."""
    row = session.get(table, row_id)
    if row is None:
        raise NotVisible
    if request.method != "POST":
        for field in form:
            if field.name != "csrf_token":
                field.data = getattr(row, field.name)
        return show_form(form, heading, back, 200)
    if not form.validate():
        return show_form(form, heading, back, 422)
    try:
        with unit_of_work():
            keep(session.get_one(table, row_id))
    except (Conflict, Invalid) as problem:
        row = session.get_one(table, row_id)
        return show_form(form, heading, back, form.refuse(problem, version=row.version))
    flash(_("已保存"), "ok")
    return fragments.go(url_for(back))


def show_form(form: Any, heading: str, back: str, status: int) -> Any:
    """Show a small form."""
    return fragments.page(
        "_ui/form.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=page.trail(),
        form=form,
        action=request.path,
        submit_label=_("保存"),
        cancel_url=url_for(back),
    )


# Providers


@blueprint.get("/providers")
@requires(TrainingPerm.MANAGE, TrainingPerm.VIEW_ALL)
def providers() -> Any:
    manages = can(current_actor(), TrainingPerm.MANAGE)
    return show_list(
        ProviderList(request.args, request.path, manages=manages),
        _("培训机构"),
        trail=page.trail(),
        new_url=url_for("training_catalogue.new_provider") if manages else "",
        new_label=_("新增机构"),
        empty_text=_("还没有培训机构"),
        empty_hint=_("外训的机构、厂家、老师；安排培训时选，费用和评价在这里汇总"),
    )


@blueprint.route("/providers/new", methods=["GET", "POST"])
@requires(TrainingPerm.MANAGE)
def new_provider() -> Any:
    """Enter a provider."""
    return entering(
        NewProviderForm(), _("新增机构"), "training_catalogue.providers", lambda form, actor: kept(None, form)
    )


def kept(row: Any, form: Any, version: int | None = None) -> None:
    """Keep the provider of a valid form."""
    catalogue.keep_provider(
        row,
        actor=current_actor(),
        version=version,
        name=form.name.data,
        contact=form.contact.data,
        remark=form.remark.data,
        active=form.active.data,
    )


@blueprint.route("/providers/<int:provider_id>/edit", methods=["GET", "POST"])
@requires(TrainingPerm.MANAGE)
def edit_provider(provider_id: int) -> Any:
    """Change a provider."""
    form = EditProviderForm()
    return changing(
        TrainingProvider,
        provider_id,
        form,
        _("修改机构"),
        "training_catalogue.providers",
        lambda row: kept(row, form, form.version.data),
    )
